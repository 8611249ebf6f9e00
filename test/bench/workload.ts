import { zipf } from './zipf';

/**
 * The workload of the stream benchmarks: N events of K users in arrival order, 100 a second; 69 % arrive within
 * 200 ms, 30 % within a minute (mostly early in it), 1 % one to ten minutes late.
 */
export interface Workload {
  n: number;
  keys: number;
  time: Float64Array;
  append: Float64Array;
  user: Float64Array;
  merchant: Float64Array;
  /** Cents. */
  amount: Float64Array;
}

export function workload(n: number, keys: number, { ordered = false, seed = 1 } = {}): Workload {
  const random = generator(seed);
  const pick = zipf(keys, 0.8, random);
  const time = new Float64Array(n);
  const append = new Float64Array(n);
  const user = new Float64Array(n);
  const merchant = new Float64Array(n);
  const amount = new Float64Array(n);
  for (let i = 0; i < n; i += 1) {
    time[i] = i * 10 + Math.floor(random() * 10);
    const kind = random();
    const share = random();
    const delay = ordered
      ? 0
      : kind < 0.69
        ? share * 200
        : kind < 0.99
          ? 60_000 * share * share * share
          : 60_000 + share * 540_000;
    append[i] = time[i] + Math.floor(delay);
    user[i] = pick();
    merchant[i] = Math.floor(random() * 2_000);
    amount[i] = 100 + Math.floor(random() * 20_000);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => append[a] - append[b] || a - b);
  const sorted = (column: Float64Array): Float64Array => Float64Array.from(order, (i) => column[i]);
  return {
    n,
    keys,
    time: sorted(time),
    append: sorted(append),
    user: sorted(user),
    merchant: sorted(merchant),
    amount: sorted(amount),
  };
}

function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

export interface BenchRow {
  name: string;
  ratio: number;
  note: string;
}

/** The fastest of each contender, taken in turns so that what disturbs one disturbs all. In ms. */
export function race(contenders: Record<string, () => unknown>, rounds: number): Record<string, number> {
  const best: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const begun = performance.now();
      run();
      best[name] = Math.min(best[name] ?? Infinity, performance.now() - begun);
    }
  }
  return best;
}
