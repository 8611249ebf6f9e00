import { openRun } from '../../src/engine/run/openRun';
import { runBatch } from '../../src/engine/batch';
import { topicOf } from '../../src/engine/log/topic';
import { DEFAULTS } from '../../src/engine/stream/options';
import { ResultLog } from '../../src/engine/stream/results';
import { BIGINT, field, makeColumn, MONEY, TIMESTAMP, type Schema, type Table } from '../../src/model';
import { plan, type Catalog } from '../../src/sql';
import { race, workload, type BenchRow, type Workload } from './workload';

const schema: Schema = [field('user', BIGINT), field('amount', MONEY), field('ts', TIMESTAMP)];
const scan = (table: string): Catalog[string] => ({
  node: 'scan',
  table,
  schema,
  timeColumn: 2,
  watermark: null,
  primaryKey: [0],
  options: {},
});
const catalog: Catalog = { labels: scan('labels'), features: scan('features') };

const SELECT = 'SELECT l.user, l.ts, l.amount, f.amount AS feature FROM labels AS l';
const ASOF = `${SELECT} ASOF JOIN features AS f ON l.user = f.user AND l.ts >= f.ts`;
const TEMPORAL = `${SELECT} JOIN features FOR SYSTEM_TIME AS OF l.ts AS f ON l.user = f.user`;

/** How many labels found a feature, and a sum of what they found. */
type Answer = [labels: number, sum: number];

function tableOf({ n, user, amount, time }: Workload): Table {
  const columns = [user, amount, time].map((data, i) => ({ ...makeColumn(schema[i].type, 0), data }));
  return { schema, columns, length: n };
}

function answerOf({ columns, length }: Table): Answer {
  const amounts = columns[2].data;
  const features = columns[3].data;
  let sum = 0;
  for (let row = 0; row < length; row += 1) sum += 2 * amounts[row] + features[row];
  return [length, sum];
}

/** The plan as a batch job, over tables in order of time. */
function batch(labels: Workload, features: Workload): () => Answer {
  const { query } = plan(ASOF, catalog);
  const tables: Record<string, Table> = { labels: tableOf(labels), features: tableOf(features) };
  return () => answerOf(runBatch(query, (name) => tables[name]).table);
}

/** The same as a stream: a label waits for the watermark, then finds the version of its time (S9.1). */
function stream(labels: Workload, features: Workload): () => Answer {
  const { query } = plan(TEMPORAL, catalog);
  const topics = [labels, features].map((data, i) =>
    topicOf(
      {
        name: i === 0 ? 'labels' : 'features',
        table: tableOf(data),
        time: data.time,
        append: data.append,
        partition: new Int32Array(data.n),
      },
      1,
    ),
  );
  const results = new ResultLog(query.schema);
  const options = {
    ...DEFAULTS,
    wait: 0,
    lookup: null,
    job: null,
    changes: [],
    rangeRows: 1_024,
  };
  return () => {
    openRun({ plan: query, topics, end: true, options: { ...options, results } }).advance(() => true);
    return answerOf(results.rows);
  };
}

/** Two cursors, and per key the number of its newest feature; the buffers for results are reused. */
function hand(labels: Workload, features: Workload): () => Answer {
  const last = new Int32Array(labels.keys);
  const [user, time, amount, feature] = [0, 1, 2, 3].map(() => new Float64Array(labels.n));
  return () => {
    last.fill(-1);
    let count = 0;
    let next = 0;
    for (let label = 0; label < labels.n; label += 1) {
      const now = labels.time[label];
      for (; next < features.n && features.time[next] <= now; next += 1) last[features.user[next]] = next;
      const found = last[labels.user[label]];
      if (found < 0) continue;
      user[count] = labels.user[label];
      time[count] = now;
      amount[count] = labels.amount[label];
      feature[count] = features.amount[found];
      count += 1;
    }
    let sum = 0;
    for (let row = 0; row < count; row += 1) sum += 2 * amount[row] + feature[row];
    return [count, sum];
  };
}

/** What most people would write: per user an array of features, and a binary search in it for each label. */
function plain(labels: Workload, features: Workload): () => Answer {
  return () => {
    const users = new Map<number, { at: number; amount: number }[]>();
    for (let i = 0; i < features.n; i += 1) {
      const one = { at: features.time[i], amount: features.amount[i] };
      const known = users.get(features.user[i]);
      if (known) known.push(one);
      else users.set(features.user[i], [one]);
    }
    let count = 0;
    let sum = 0;
    for (let i = 0; i < labels.n; i += 1) {
      const known = users.get(labels.user[i]) ?? [];
      let low = 0;
      let high = known.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (known[middle].at <= labels.time[i]) low = middle + 1;
        else high = middle;
      }
      if (low === 0) continue;
      count += 1;
      sum += 2 * labels.amount[i] + known[low - 1].amount;
    }
    return [count, sum];
  };
}

function sides(n: number, keys: number): [Workload, Workload] {
  return [workload(n, keys, { ordered: true, seed: 1 }), workload(n, keys, { ordered: true, seed: 2 })];
}

/** W5: each of 1M labels with the newest of 1M feature updates of its user, over 10k users, ordered input. */
export async function bench(): Promise<BenchRow[]> {
  const n = 1_000_000;
  const [labels, features] = sides(n, 10_000);
  const contenders = {
    batch: batch(labels, features),
    hand: hand(labels, features),
    plain: plain(labels, features),
  };
  const [count, sum] = contenders.hand();
  for (const [name, run] of Object.entries(contenders)) {
    const [found, total] = run();
    if (found !== count || total !== sum) throw new Error(`${name}: ${found} labels ${total}, not ${count} ${sum}`);
  }
  const best = race(contenders, 12);
  const few = sides(100_000, 10_000);
  const streams = race({ stream: stream(...few), hand: hand(...few) }, 4);
  const ns = (ms: number): string => `${Math.round((ms * 1e6) / n)} ns`;
  // As many events, but of fewer keys: each has ten times, or a hundred times as many versions.
  const [one, ten, hundred] = [100_000, 10_000, 1_000].map((keys) => batch(...sides(300_000, keys)));
  const growth = race({ one, ten, hundred }, 10);
  return [
    {
      name: 'W5 as-of join / hand loop',
      ratio: best.hand / best.batch,
      note: `aim 0.5; ${ns(best.batch)} a label, hand ${ns(best.hand)}; ${count} labels found a feature`,
    },
    {
      name: 'W5 as-of join / plain Map',
      ratio: best.plain / best.batch,
      note: `above 1: faster than a Map; ${ns(best.plain)}`,
    },
    {
      name: 'W5 temporal join of streams / hand loop',
      ratio: streams.hand / streams.stream,
      note: `100,000 labels, ${Math.round(streams.stream * 10)} ns each`,
    },
    { name: 'W5 history x 10 / x 1', ratio: growth.ten / growth.one, note: 'cost per event; aim at most 1.2' },
    { name: 'W5 history x 100 / x 1', ratio: growth.hundred / growth.one, note: 'cost per event; aim at most 1.2' },
  ];
}
