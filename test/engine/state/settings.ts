import { DEFAULTS, type StreamOptions } from '../../../src/engine/stream/options';
import { runBatch } from '../../../src/engine/batch';
import { type Identities } from '../../../src/engine/state/identities';
import { operatorOf } from '../../../src/engine/nodes/stream';
import { modeOf } from '../../../src/engine/stream/changes';
import { findNode } from '../../../src/sql/findNode';
import { type Topic } from '../../../src/engine/log/topic';
import { DOUBLE, field, MONEY, STRING, TIMESTAMP, type Schema } from '../../../src/model';
import { plan } from '../../../src/sql';
import { inputsOf, type Catalog, type Expression, type Plan } from '../../../src/sql/plan';
import { OperatorDrive } from '../../support/operatorDrive';

/** Every stateful operator, each as it is set where its state differs. */
export interface Setting {
  name: string;
  node: Plan['node'];
  sql: string;
  options?: Partial<StreamOptions>;
  /** Columns of the key in every input; none: one key. */
  key: string[];
  /** Rows are taken back, too. */
  retracting?: boolean;
  /** Requests of a lookup, answered so. */
  answer?: 'state' | 'rescan';
  /**
   * Time is the newest that the task has seen (S1.1: stream time), of whatever key: what is too old depends on which rows
   * share a task, and on the order in which rows of different keys came. So two subtasks are not one, and that order is
   * state. With all others only the order within a key is.
   */
  perTask?: boolean;
  /** The input is a table of the latest rows, which changes. */
  recomputed?: boolean;
}

export const SCHEMA: Schema = [
  field('k', STRING, true),
  field('c', STRING, true),
  field('v', MONEY, true),
  field('d', DOUBLE, true),
  field('at', TIMESTAMP),
];

const scanOf = (table: string): Catalog[string] => ({
  node: 'scan',
  table,
  schema: SCHEMA,
  timeColumn: 4,
  watermark: null,
  primaryKey: [0],
  options: {},
});

const catalog: Catalog = { s: scanOf('s'), r: scanOf('r') };

const column = (index: number): Expression => ({
  op: 'column',
  index,
  name: SCHEMA[index].name,
  type: SCHEMA[index].type,
});

const LATEST: Plan = {
  node: 'deduplicate',
  input: catalog.s,
  keys: [column(0), column(1)],
  keep: 'last',
  schema: SCHEMA,
  timeColumn: 4,
};

const grouped = (name: string, calls: string, more: Partial<Setting> = {}): Setting => ({
  name: `group aggregate: ${name}`,
  node: 'aggregate',
  sql: `SELECT k, ${calls} FROM s GROUP BY k`,
  key: ['k'],
  ...more,
});

const retracted = (name: string, calls: string): Setting => ({
  name: `group aggregate over changes: ${name}`,
  node: 'aggregate',
  sql: `SELECT c, ${calls} FROM (SELECT k, c, MAX(v) AS v, MAX(d) AS d FROM s GROUP BY k, c) AS t GROUP BY c`,
  key: ['c'],
  retracting: true,
});

const ranked = (name: string, where: string, order: string, more: Partial<Setting> = {}): Setting => ({
  name,
  node: name.startsWith('top') ? 'top n' : 'deduplicate',
  sql: `SELECT k, c, v, at${name.includes('rank') ? ', n' : ''} FROM
    (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ${order}) AS n FROM s) AS t WHERE ${where}`,
  key: ['k'],
  ...more,
});

const rolling = (name: string, calls: string, frame: string, more: Partial<Setting> = {}): Setting => ({
  name: `over: ${name}`,
  node: 'over',
  sql: `SELECT k, c, v, at, ${calls} FROM s WINDOW w AS (PARTITION BY k ORDER BY at ${frame})`,
  key: ['k'],
  ...more,
});

const range = (seconds: number): string => `RANGE BETWEEN INTERVAL '${seconds}' SECOND PRECEDING AND CURRENT ROW`;

const windowed = (name: string, window: string, more: Partial<Setting> = {}): Setting => ({
  name: `window aggregate: ${name}`,
  node: 'window aggregate',
  sql: `SELECT k, window_start, window_end, SUM(v) AS s, MIN(c) AS c, COUNT(DISTINCT c) AS n, LAST_VALUE(c) AS l
    FROM TABLE(${window}) GROUP BY k, window_start, window_end`,
  key: ['k'],
  ...more,
});

const TUMBLE = `TUMBLE(TABLE s, DESCRIPTOR(at), INTERVAL '4' SECOND)`;
const HOP = `HOP(TABLE s, DESCRIPTOR(at), INTERVAL '2' SECOND, INTERVAL '6' SECOND)`;
const SESSION = `SESSION(TABLE s PARTITION BY k, DESCRIPTOR(at), INTERVAL '2' SECOND)`;

/** A node without an incremental form, over rows that are taken back. */
const recomputed = (setting: Setting): Setting => ({
  ...setting,
  name: `recomputed: ${setting.name}`,
  retracting: true,
  recomputed: true,
});

const joined = (name: string, node: Plan['node'], from: string, more: Partial<Setting> = {}): Setting => ({
  name,
  node,
  sql: `SELECT a.k, a.c, a.v, b.c AS bc, b.v AS bv FROM ${from}`,
  key: ['k'],
  ...more,
});

const interval = `s AS a JOIN r AS b ON a.k = b.k AND b.at BETWEEN a.at - INTERVAL '2' SECOND AND a.at + INTERVAL '2' SECOND`;
const versions = `s AS a JOIN r FOR SYSTEM_TIME AS OF a.at AS b ON a.k = b.k`;

const upserts = (name: string, more: Partial<Setting> = {}): Setting => ({
  name: `normalize${name}`,
  node: 'normalize',
  sql: `CREATE TABLE u (k STRING, c STRING, v DECIMAL(10,2), at TIMESTAMP(3), WATERMARK FOR at AS at,
    PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'tidemark', 'changelog' = 'upsert'); SELECT * FROM u`,
  key: ['k'],
  ...more,
});

export const SETTINGS: Setting[] = [
  grouped('sums', 'COUNT(*) AS n, COUNT(v) AS m, SUM(v) AS s, AVG(v) AS a'),
  grouped('doubles', 'SUM(d) AS s, STDDEV_SAMP(d) AS e, STDDEV_POP(v) AS p'),
  grouped('texts', 'MIN(c) AS a, MAX(c) AS b, FIRST_VALUE(c) AS f, LAST_VALUE(c) AS l'),
  grouped('objects', 'COUNT(DISTINCT c) AS n, APPROX_COUNT_DISTINCT(c) AS e, MEDIAN(v) AS m'),
  grouped('ttl', 'SUM(v) AS s, MAX(c) AS c', { options: { ttl: 3_000 } }),
  grouped('upsert', 'SUM(v) AS s', { options: { upsert: true } }),
  { ...grouped('no key', ''), sql: 'SELECT SUM(v) AS s, MIN(c) AS c FROM s', key: [] },
  { ...grouped('two keys', ''), sql: 'SELECT k, c, SUM(v) AS s FROM s GROUP BY k, c', key: ['k', 'c'] },
  retracted('sums', 'COUNT(*) AS n, SUM(v) AS s, SUM(d) AS t'),
  retracted('extremes', 'MIN(k) AS a, MAX(v) AS b, COUNT(DISTINCT k) AS n, APPROX_COUNT_DISTINCT(k) AS e'),
  ranked('deduplicate: first', 'n = 1', 'at ASC'),
  ranked('deduplicate: last', 'n = 1', 'at DESC'),
  ranked('deduplicate: ttl', 'n = 1', 'at DESC', { options: { ttl: 3_000 } }),
  upserts(''),
  upserts(': ttl', { options: { ttl: 3_000 } }),
  ranked('top n', 'n <= 2', 'v DESC'),
  ranked('top n: rank', 'n <= 3', 'c DESC'),
  ranked('top n: ttl', 'n <= 2', 'v ASC', { options: { ttl: 3_000 } }),
  {
    name: 'top n over changes',
    node: 'top n',
    sql: `SELECT k, c, v, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY c ORDER BY v DESC) AS n
      FROM (SELECT k, c, MAX(v) AS v FROM s GROUP BY k, c) AS g) AS t WHERE n <= 2`,
    key: ['c'],
    retracting: true,
  },
  rolling('everything so far', 'SUM(v) OVER w AS s, MIN(c) OVER w AS c', ''),
  rolling('everything so far, rows', 'COUNT(v) OVER w AS n', 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'),
  rolling('rows', 'SUM(v) OVER w AS s, MIN(c) OVER w AS c', 'ROWS BETWEEN 2 PRECEDING AND CURRENT ROW'),
  rolling('range', 'SUM(v) OVER w AS s, MIN(c) OVER w AS c, LAST_VALUE(c) OVER w AS l', range(4)),
  rolling('range, one sum', 'SUM(v) OVER w AS s', range(4)),
  rolling('range, open left', 'COUNT(*) OVER w AS n, MAX(c) OVER w AS c', range(4), { options: { edge: 'open-left' } }),
  rolling('range, open right', 'COUNT(*) OVER w AS n, MAX(c) OVER w AS c', range(4), {
    options: { edge: 'open-right' },
  }),
  rolling('tiles', 'SUM(v) OVER w AS s, MAX(c) OVER w AS c', range(6), {
    options: { edge: 'hop-aligned', hop: 2_000 },
  }),
  rolling('tiles, exact head', 'MEDIAN(v) OVER w AS m', range(6), { options: { edge: 'sawtooth', hop: 2_000 } }),
  rolling('lag', 'LAG(c, 2) OVER w AS c, LAG(v) OVER w AS v', ''),
  { ...rolling('no key', '', ''), sql: `SELECT k, c, SUM(v) OVER (ORDER BY at ${range(4)}) AS s FROM s`, key: [] },
  rolling('lookup', 'AVG(v) OVER w AS a, COUNT(*) OVER w AS n', range(4), { answer: 'state' }),
  rolling('lookup, rescan', 'MIN(c) OVER w AS c, COUNT(*) OVER w AS n', range(4), { answer: 'rescan' }),
  windowed('tumble', TUMBLE),
  windowed('tumble, lateness', TUMBLE, { options: { lateness: 3_000 } }),
  windowed('hop', HOP, { options: { lateness: 1_000 } }),
  windowed('cumulate', `CUMULATE(TABLE s, DESCRIPTOR(at), INTERVAL '2' SECOND, INTERVAL '6' SECOND)`),
  windowed('session', SESSION, { options: { lateness: 1_000 } }),
  windowed('trigger', TUMBLE, { options: { trigger: { type: 'repeat', of: { type: 'count', n: 2 } } } }),
  windowed('clock trigger', TUMBLE, {
    options: { trigger: { type: 'repeat', of: { type: 'processing-delay', delay: 1_000 } } },
  }),
  windowed('beam', TUMBLE, { options: { profile: 'beam', lateness: 2_000 } }),
  windowed('evictor', TUMBLE, { options: { evictor: { type: 'count', keep: 2, when: 'before' } } }),
  windowed('kafka', TUMBLE, { options: { profile: 'kafka', lateness: 2_000 }, perTask: true }),
  recomputed(rolling('range', 'SUM(v) OVER w AS s, MIN(c) OVER w AS c', range(4))),
  recomputed(ranked('deduplicate: first', 'n = 1', 'at ASC')),
  recomputed(windowed('session', SESSION)),
  joined('interval join', 'interval join', interval),
  joined('interval join: left', 'interval join', interval.replace('JOIN', 'LEFT JOIN')),
  joined('interval join: kafka', 'interval join', interval.replace('JOIN', 'FULL JOIN'), {
    options: { profile: 'kafka', lateness: 2_000 },
    perTask: true,
  }),
  joined(
    'window join',
    'window join',
    `(SELECT * FROM TABLE(${TUMBLE})) AS a
      LEFT JOIN (SELECT * FROM TABLE(${TUMBLE.replace('TABLE s', 'TABLE r')})) AS b
      ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end`,
  ),
  joined(
    'window join: full',
    'window join',
    `(SELECT * FROM TABLE(${TUMBLE})) AS a
      FULL JOIN (SELECT * FROM TABLE(${TUMBLE.replace('TABLE s', 'TABLE r')})) AS b
      ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end`,
  ),
  joined('regular join', 'join', 's AS a JOIN r AS b ON a.k = b.k'),
  joined('regular join: left', 'join', 's AS a LEFT JOIN r AS b ON a.k = b.k'),
  joined('regular join: full, ttl', 'join', 's AS a FULL JOIN r AS b ON a.k = b.k', { options: { ttl: 3_000 } }),
  joined('temporal join', 'temporal join', versions),
  joined('temporal join: left', 'temporal join', versions.replace('JOIN', 'LEFT JOIN')),
  joined('temporal join: kafka', 'temporal join', versions, {
    options: { profile: 'kafka', lateness: 2_000 },
    perTask: true,
  }),
];

/** The node that a setting is about, over its inputs. */
export function nodeOf({ node, sql, recomputed }: Setting): Plan {
  const found = findNode(plan(sql, catalog).query, node);
  return recomputed && 'input' in found ? { ...found, input: LATEST } : found;
}

/** How it is run. */
export function optionsOf({ options, answer }: Setting): StreamOptions {
  const requests = { name: 'r', table: { schema: SCHEMA } } as Topic;
  return {
    ...DEFAULTS,
    job: null,
    recompute: runBatch,
    ...options,
    lookup: answer ? { requests, answer } : null,
  };
}

/** A new process: an operator of its own, and dictionaries in which texts have other codes than anywhere else. */
export function start(setting: Setting, texts: readonly string[], identities?: Identities): OperatorDrive {
  const found = nodeOf(setting);
  const settled = optionsOf(setting);
  const inputs = inputsOf(found).map(({ schema }) => schema);
  const drive = new OperatorDrive(
    (context) => operatorOf(found, settled, context, modeOf(found, settled)),
    settled.lookup ? [...inputs, SCHEMA] : inputs,
    identities,
  );
  for (const { columns } of drive.batches)
    for (const { dictionary } of columns) for (const text of texts) dictionary?.code(text);
  return drive;
}
