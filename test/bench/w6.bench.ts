import { runBatch } from '../../src/engine/batch';
import { BIGINT, MONEY, TIMESTAMP, days as daysOf, field, makeColumn, type Schema, type Table } from '../../src/model';
import { plan, type Catalog } from '../../src/sql';
import { race, workload, type BenchRow } from './workload';

const EVENTS = 1_000_000;
const MERCHANTS = 2_000;
const DAYS = 7;
const ROUNDS = 20;
const RANGE = 4_096;
const DAY = daysOf(1);
const START = 20_000 * DAY;

const schema: Schema = [field('merchant', BIGINT), field('amount', MONEY), field('ts', TIMESTAMP)];
const catalog: Catalog = {
  payments: { node: 'scan', table: 'payments', schema, timeColumn: 2, watermark: null, primaryKey: [], options: {} },
};
const sql = `SELECT merchant, window_start, AVG(amount) AS mean, STDDEV_SAMP(amount) AS deviation, COUNT(*) AS n
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' DAY)) GROUP BY merchant, window_start, window_end`;

interface Result {
  groups: number;
  /** Sums over the groups, so that ways can be compared and nothing is optimised away. */
  averages: number;
  deviations: number;
}

/** The stream benchmarks' events, stretched over seven days. */
function payments(): Table {
  const data = workload(EVENTS, 10_000);
  const stretch = (DAYS * DAY) / (EVENTS * 10);
  const columns = schema.map((one) => makeColumn(one.type, 0));
  columns[0].data = data.merchant;
  columns[1].data = data.amount;
  columns[2].data = data.time.map((time) => START + Math.floor(time * stretch));
  return { schema, columns, length: EVENTS };
}

function engine(table: Table): () => Result {
  const { query } = plan(sql, catalog);
  return () => {
    const result = runBatch(query, () => table).table;
    const [averages, deviations] = result.columns.slice(2, 4).map(({ data, valid }) => {
      let sum = 0;
      for (let row = 0; row < result.length; row += 1) sum += valid === null || valid[row] === 1 ? data[row] : 0;
      return sum;
    });
    return { groups: result.length, averages, deviations };
  };
}

/** One fused loop over the columns, with state that is made once. */
function hand({ columns, length }: Table): () => Result {
  const [merchant, amount, ts] = columns.map((one) => one.data as Float64Array);
  // Constants of the module are loaded again for every row, as they might change; these are not.
  const [start, day, days] = [START, DAY, DAYS];
  const counts = new Float64Array(MERCHANTS * DAYS);
  const sums = new Float64Array(MERCHANTS * DAYS);
  const squares = new Float64Array(MERCHANTS * DAYS);
  const average = new Float64Array(MERCHANTS * DAYS);
  const deviation = new Float64Array(MERCHANTS * DAYS);
  // In ranges, as the engine: one loop over everything is sometimes compiled while it runs, and then stays slow.
  const add = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) {
      const group = (merchant[i] * days + Math.floor((ts[i] - start) / day)) | 0;
      const value = amount[i];
      counts[group] += 1;
      sums[group] += value;
      squares[group] += value * value;
    }
  };
  return () => {
    counts.fill(0);
    sums.fill(0);
    squares.fill(0);
    for (let from = 0; from < length; from += RANGE) add(from, Math.min(length, from + RANGE));
    const result = { groups: 0, averages: 0, deviations: 0 };
    for (let group = 0; group < counts.length; group += 1) {
      const n = counts[group];
      if (n === 0) continue;
      average[group] = sums[group] / (n * 100);
      deviation[group] = n < 2 ? 0 : Math.sqrt((squares[group] - (sums[group] * sums[group]) / n) / (n - 1)) / 100;
      result.groups += 1;
      result.averages += average[group];
      result.deviations += deviation[group];
    }
    return result;
  };
}

/** What a reader would write first: a Map of small objects. */
function plain({ columns, length }: Table): () => Result {
  const [merchant, amount, ts] = columns.map((one) => one.data);
  const [start, day, days] = [START, DAY, DAYS];
  return () => {
    const groups = new Map<number, { n: number; sum: number; squares: number }>();
    for (let i = 0; i < length; i += 1) {
      const key = merchant[i] * days + Math.floor((ts[i] - start) / day);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { n: 0, sum: 0, squares: 0 }));
      group.n += 1;
      group.sum += amount[i];
      group.squares += amount[i] * amount[i];
    }
    const result = { groups: groups.size, averages: 0, deviations: 0 };
    for (const { n, sum, squares } of groups.values()) {
      result.averages += sum / (n * 100);
      result.deviations += n < 2 ? 0 : Math.sqrt((squares - (sum * sum) / n) / (n - 1)) / 100;
    }
    return result;
  };
}

function near(a: Result, b: Result): boolean {
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-9 * Math.abs(y);
  return a.groups === b.groups && close(a.averages, b.averages) && close(a.deviations, b.deviations);
}

/**
 * W6: batch group-by merchant and day: average, standard deviation, count, over 1 M events (14,000 groups). The fastest
 * of each way in one run; the ratio is the hand loop's time over the other's.
 */
export async function bench(): Promise<BenchRow[]> {
  const table = payments();
  const ways = { hand: hand(table), engine: engine(table), plain: plain(table) };
  const wanted = ways.hand();
  for (const [name, run] of Object.entries(ways)) {
    const came = run();
    if (!near(came, wanted)) throw new Error(`${name} answers ${JSON.stringify(came)}, not ${JSON.stringify(wanted)}`);
  }
  const best = race(ways, ROUNDS);
  const note = (ms: number): string =>
    `${ms.toFixed(1)} ms, by hand ${best.hand.toFixed(1)} ms; ${wanted.groups} groups, without approximate distinct`;
  return [
    { name: 'W6 engine / hand', ratio: best.hand / best.engine, note: `${note(best.engine)}; aim 0.46` },
    { name: 'W6 plain Map / hand', ratio: best.hand / best.plain, note: note(best.plain) },
  ];
}
