import { openRun } from '../../src/engine/run/openRun';
import { makeContext } from '../../src/engine/run/runOperator';
import { IntervalJoinOperator } from '../../src/engine/nodes/join/intervalJoin';
import { topicOf } from '../../src/engine/log/topic';
import { DEFAULTS } from '../../src/engine/stream/options';
import { ResultLog } from '../../src/engine/stream/results';
import { BIGINT, field, makeBatch, makeColumn, MIN_TIME, MONEY, TIMESTAMP, type Schema } from '../../src/model';
import { type Expression, type IntervalJoin, type Scan } from '../../src/sql/plan';
import { race, workload, type BenchRow, type Workload } from './workload';

const SPAN = 5_000;

const schemaOf = (name: string): Schema => [
  field(`${name}_user`, BIGINT),
  field(`${name}_amount`, MONEY),
  field(`${name}_ts`, TIMESTAMP),
];

function topic(name: string, data: Workload): ReturnType<typeof topicOf> {
  const schema = schemaOf(name);
  const columns = schema.map((one) => makeColumn(one.type, 0));
  columns[0].data = data.user;
  columns[1].data = data.amount;
  columns[2].data = data.time;
  const table = { schema, columns, length: data.n };
  return topicOf({ name, table, time: data.time, append: data.append, partition: new Int32Array(data.n) }, 1);
}

const scan = (table: string): Scan => ({
  node: 'scan',
  table,
  schema: schemaOf(table),
  timeColumn: 2,
  watermark: null,
  primaryKey: [],
  options: {},
});

const user = (name: string): Expression => ({ op: 'column', index: 0, name: `${name}_user`, type: BIGINT });

/** Each label with the features of its user from the `SPAN` before it. */
const JOIN: IntervalJoin = {
  node: 'interval join',
  kind: 'inner',
  left: scan('labels'),
  right: scan('features'),
  leftKeys: [user('labels')],
  rightKeys: [user('features')],
  nullSafe: false,
  where: null,
  schema: [...schemaOf('labels'), ...schemaOf('features')],
  timeColumn: 2,
  timeOf: 'latest',
  lower: -SPAN,
  upper: 0,
};

/** The engine over two logs that are there: watermarks, join, result log. Returns pairs and the sum of what they hold. */
function engine(labels: Workload, features: Workload, wait = 0, plan = JOIN): () => [number, number] {
  const topics = [topic('labels', labels), topic('features', features)];
  const results = new ResultLog(plan.schema);
  const options = { ...DEFAULTS, wait, lookup: null, job: null, changes: [], rangeRows: 1_024 };
  return () => {
    openRun({ plan, topics, end: true, options: { ...options, results } }).advance(() => true);
    const amounts = results.rows.columns[1].data;
    const others = results.rows.columns[4].data;
    let sum = 0;
    for (let row = 0; row < results.length; row += 1) sum += amounts[row] * 2 + others[row];
    return [results.length, sum];
  };
}

/**
 * The operator alone, given ranges of rows of one side, as readers of two partitions hand them on: a row carries the
 * watermark that both sides have passed. The buffer for results is reused, as in the hand loop.
 */
function operator(labels: Workload, features: Workload, plan = JOIN, rangeRows = 256): () => [number, number] {
  const sides = [labels, features].map((data, port) => {
    const { table } = topic(['labels', 'features'][port], data);
    return { ...makeBatch(table.schema, 0), ...table, time: data.time, watermark: new Float64Array(data.n) };
  });
  const input = new Int32Array(labels.n);
  for (const side of sides) side.input = input;
  const counters = { rowsIn: 0, late: 0, dropped: 0, rowsOut: 0, rowsRead: 0, stateRows: 0, stateRowsMax: 0 };
  const context = makeContext(1, null, counters, () => 0, null);
  return () => {
    const join = new IntervalJoinOperator(plan, { ...DEFAULTS, lookup: null, job: null }, context);
    const next = [0, 0];
    let watermark = MIN_TIME;
    let pairs = 0;
    let sum = 0;
    const count = (): void => {
      const amounts = join.out.columns[1].data;
      const others = join.out.columns[4].data;
      for (let row = 0; row < join.out.length; row += 1) sum += amounts[row] * 2 + others[row];
      pairs += join.out.length;
      join.out.length = 0;
    };
    while (next[0] < labels.n || next[1] < features.n) {
      for (let port = 0; port < 2; port += 1) {
        const to = Math.min(labels.n, next[port] + rangeRows);
        sides[port].watermark.fill(watermark, next[port], to);
        join.process(sides[port], next[port], to, port);
        next[port] = to;
        count();
      }
      watermark = Math.min(labels.time[next[0] - 1], features.time[next[1] - 1]) - 1;
      join.advance(watermark, 0);
      count();
    }
    return [pairs, sum];
  };
}

/**
 * Two cursors over ordered input: what is kept of a user is a chain from its newest feature back, which ends where a
 * feature is too old. Labels are not kept, since every feature they can meet has come.
 */
function hand(labels: Workload, features: Workload): () => [number, number] {
  const last = new Int32Array(labels.keys);
  const previous = new Int32Array(features.n);
  const size = 4 * labels.n;
  const out = Array.from({ length: 7 }, () => new Float64Array(size));
  return () => {
    last.fill(-1);
    const [leftUser, leftAmount, leftTime, rightUser, rightAmount, rightTime, time] = out;
    let count = 0;
    let feature = 0;
    for (let label = 0; label < labels.n; label += 1) {
      const now = labels.time[label];
      for (; feature < features.n && features.time[feature] <= now; feature += 1) {
        const key = features.user[feature];
        previous[feature] = last[key];
        last[key] = feature;
      }
      const key = labels.user[label];
      for (let at = last[key]; at >= 0 && features.time[at] >= now - SPAN; at = previous[at]) {
        leftUser[count] = key;
        leftAmount[count] = labels.amount[label];
        leftTime[count] = now;
        rightUser[count] = key;
        rightAmount[count] = features.amount[at];
        rightTime[count] = features.time[at];
        time[count] = now;
        count += 1;
      }
    }
    let sum = 0;
    for (let row = 0; row < count; row += 1) sum += leftAmount[row] * 2 + rightAmount[row];
    return [count, sum];
  };
}

/** An interval join: labels with the features of their users, ordered input. */
export async function bench(): Promise<BenchRow[]> {
  const n = 500_000;
  const labels = workload(n, 10_000, { ordered: true, seed: 1 });
  const features = workload(n, 10_000, { ordered: true, seed: 2 });
  const contenders = {
    operator: operator(labels, features),
    engine: engine(labels, features),
    hand: hand(labels, features),
  };
  const [pairs, sum] = contenders.hand();
  for (const [name, run] of Object.entries(contenders)) {
    const [count, total] = run();
    if (count !== pairs || total !== sum) throw new Error(`${name}: ${count} pairs ${total}, not ${pairs} ${sum}`);
  }
  const best = race(contenders, 8);
  // As many partners, but a key remembers ten times as much, or a hundred times, outside of the interval.
  const behind = (spans: number): IntervalJoin => ({ ...JOIN, lower: -spans * SPAN, upper: (1 - spans) * SPAN });
  const small = [1, 2].map((seed) => workload(200_000, 1_000, { ordered: true, seed }));
  const [one, ten, hundred] = [1, 10, 100].map((spans) => operator(small[0], small[1], behind(spans)));
  const growth = race({ one, ten, hundred }, 8);
  const ns = (ms: number): string => `${Math.round((ms * 1e6) / (2 * n))} ns`;
  return [
    {
      name: 'interval join, operator / hand loop',
      ratio: best.hand / best.operator,
      note: `aim 0.5; ${ns(best.operator)} an event, hand ${ns(best.hand)}; ${pairs} pairs`,
    },
    {
      name: 'interval join, run / hand loop',
      ratio: best.hand / best.engine,
      note: `with watermarks and a result log; ${ns(best.engine)}`,
    },
    {
      name: 'interval join, history x 10 / x 1',
      ratio: growth.ten / growth.one,
      note: 'cost per event; aim at most 1.2',
    },
    {
      name: 'interval join, history x 100 / x 1',
      ratio: growth.hundred / growth.one,
      note: 'cost per event; the state outgrows caches',
    },
  ];
}
