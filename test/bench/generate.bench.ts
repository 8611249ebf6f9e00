import { type DataSpec, makeMartNow } from '../../src/data';
import { Random } from '../../src/sim/random';
import { race, type BenchRow } from './workload';

const ROUNDS = 7;

/** Best of some rounds, in ms. */
const fastest = (work: () => void): number => race({ work }, ROUNDS).work;

/** How many random values a mart draws: every `float` and every `bits`. */
function drawsOf(spec: DataSpec): number {
  const methods = Random.prototype as unknown as Record<'float' | 'bits', (this: Random) => number>;
  const { float, bits } = methods;
  let draws = 0;
  methods.float = function () {
    draws += 1;
    return float.call(this);
  };
  methods.bits = function () {
    draws += 1;
    return bits.call(this);
  };
  try {
    makeMartNow(spec);
  } finally {
    methods.float = float;
    methods.bits = bits;
  }
  return draws;
}

const VALUES = 4_000_000;

/** Making a mart beside a bare loop that draws as many random values and keeps them. */
export async function bench(): Promise<BenchRow[]> {
  const random = Random.of(1);
  const kept = new Float64Array(4_096);
  const bareOf = (): number =>
    fastest(() => {
      for (let i = 0; i < VALUES; i += 1) kept[i & 4_095] = random.float();
    });
  const timed = (['realistic', 'book'] as const).map((mode) => {
    const spec = { preset: 'lab', seed: 1, mode } as const;
    let rows = 0;
    const making = fastest(() => {
      rows = makeMartNow(spec).tables.credit_card_transactions.length;
    });
    return { spec, making, rows, bare: bareOf() };
  });
  // Counted last, because counting changes the generator.
  return timed.map(({ spec, making, rows, bare }) => {
    const draws = drawsOf(spec);
    const alone = (bare * draws) / VALUES;
    const perSecond = Math.round((rows / making) * 1_000);
    return {
      name: `lab data, ${spec.mode}`,
      ratio: alone / making,
      note: `${rows} rows in ${making.toFixed(0)} ms (${perSecond} rows/s), ${draws} random values alone ${alone.toFixed(0)} ms`,
    };
  });
}
