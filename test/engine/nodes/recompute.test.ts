import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../src/engine/batch';
import { type Mode } from '../../../src/engine/nodes/kind';
import { recomputeOperator } from '../../../src/engine/nodes/stream';
import { DEFAULTS, type StreamOptions } from '../../../src/engine/stream/options';
import {
  BIGINT,
  DELETE,
  field,
  INSERT,
  MAX_TIME,
  MONEY,
  STRING,
  tableOf,
  TIMESTAMP,
  type Schema,
  type Value,
} from '../../../src/model';
import {
  inputsOf,
  type Deduplicate,
  type IntervalJoin,
  type Plan,
  type TopN,
  type WindowJoin,
} from '../../../src/sql/plan';
import { driveNode, OperatorDrive, type Emission } from '../../support/operatorDrive';
import { call, column, groupBy, hop, overWindow, rolling, rowsOf, scan, tumble } from '../../support/plans';

const CHANGES = process.env.LONG ? 3_000 : 300;

const SCHEMA: Schema = [
  field('city', STRING, true),
  field('name', STRING, true),
  field('amount', MONEY, true),
  field('ts', TIMESTAMP),
];
const source = scan('payments', SCHEMA, 'ts');
const of = (name: string) => column(SCHEMA, name);
const CALLS = [
  call('COUNT', null),
  call('SUM', of('amount')),
  call('MIN', of('name')),
  call('MAX', of('amount')),
  call('AVG', of('amount')),
];

const dedup = (keep: 'first' | 'last'): Deduplicate => ({
  node: 'deduplicate',
  input: source,
  keys: [of('city')],
  keep,
  schema: SCHEMA,
  timeColumn: 3,
});

const top: TopN = {
  node: 'top n',
  input: source,
  partitionBy: [of('city')],
  orderBy: [{ expression: of('amount'), descending: true }],
  limit: 3,
  rank: 'place',
  schema: [...SCHEMA, field('place', BIGINT)],
  timeColumn: 3,
};

const range = { unit: 'range', preceding: 10 } as const;
const SINGLE: [string, Plan][] = [
  ['a session window', overWindow(source, { kind: 'session', gap: 4 }, ['city'], CALLS)],
  ['a hopping window', overWindow(source, hop(20, 5), ['city'], CALLS)],
  ['a tumbling window', overWindow(source, tumble(10), ['city', 'name'], CALLS)],
  ['OVER a range', rolling(source, ['city'], range, CALLS)],
  ['OVER rows', rolling(source, ['city'], { unit: 'rows', preceding: 2 }, CALLS)],
  ['deduplicate, first', dedup('first')],
  ['deduplicate, last', dedup('last')],
  ['group by', groupBy(source, [of('city')], CALLS)],
  ['top n with rank', top],
];

const OTHER = scan('refunds', SCHEMA, 'ts');
const joined = (kind: IntervalJoin['kind']) => ({
  left: source,
  right: OTHER,
  kind,
  leftKeys: [of('city')],
  rightKeys: [of('city')],
  nullSafe: false,
  where: null,
  timeColumn: 3,
});
const wide = (schema: Schema): Schema =>
  [...schema, ...schema].map((one, i) => ({ ...one, name: `${one.name} ${i}`, nullable: true }));
const interval = (kind: IntervalJoin['kind']): IntervalJoin => ({
  ...joined(kind),
  node: 'interval join',
  lower: -3,
  upper: 5,
  timeOf: 'latest',
  schema: kind === 'semi' || kind === 'anti' ? SCHEMA : wide(SCHEMA),
});
const windowed: Schema = [
  ...SCHEMA,
  ...['window_start', 'window_end', 'window_time'].map((one) => field(one, TIMESTAMP)),
];
const windowJoin: WindowJoin = {
  ...joined('full'),
  node: 'window join',
  window: tumble(10),
  schema: wide(windowed),
};
const PAIRS: [string, Plan][] = [
  ['an inner interval join', interval('inner')],
  ['a full interval join', interval('full')],
  ['an anti interval join', interval('anti')],
  ['a full window join', windowJoin],
];

const settled: StreamOptions = { ...DEFAULTS, job: null, lookup: null, recompute: runBatch };
const RECOMPUTE: Mode = { reads: [], writes: 'retract', retractions: 'recompute' };
const recomputing = (plan: Plan, options: Partial<StreamOptions> = {}): OperatorDrive =>
  new OperatorDrive(
    (context) => recomputeOperator(plan, { ...settled, ...options }, context, RECOMPUTE),
    inputsOf(plan).map(({ schema }) => schema),
  );

interface Change {
  values: Value[];
  time: number;
  kind: number;
  ids: [number, number, number];
  port: number;
}

/** Insertions, and retractions of rows that are there; no two rows of one time, since those go by their place in a log. */
function changesOf(plan: Plan, seed: number): Change[] {
  const ports = inputsOf(plan).length;
  const one = fc.record({
    city: fc.constantFrom('Bonn', 'Köln', 'Ulm', null),
    name: fc.constantFrom('a', 'b', 'c', null),
    amount: fc.constantFrom(-100, 0, 250, 300, null),
    at: fc.nat(1_000_000),
    retracts: fc.integer({ min: 0, max: 9 }).map((n) => n < 4),
  });
  const [drawn] = fc.sample(fc.array(one, { minLength: CHANGES, maxLength: CHANGES, size: 'max' }), {
    seed,
    numRuns: 1,
  });
  const held: Change[] = [];
  const free = Array.from({ length: 200 }, (_, time) => time);
  return drawn.map(({ city, name, amount, at, retracts }, id) => {
    if ((retracts && held.length > 0) || held.length > 60) {
      const [gone] = held.splice(at % held.length, 1);
      free.push(gone.time);
      return { ...gone, kind: DELETE };
    }
    const [time] = free.splice(at % free.length, 1);
    const change: Change = {
      values: [city, name, amount, time],
      time,
      kind: INSERT,
      ids: [0, 0, id],
      port: id % ports,
    };
    held.push(change);
    return change;
  });
}

/** The rows after a changelog; every row that it takes back must be there, with its identity and its values. */
class Standing {
  readonly rows = new Map<string, string>();

  take(found: Emission[]): this {
    for (const { change, row, ids } of found) {
      const id = ids.join(' ');
      const text = JSON.stringify(Object.values(row));
      if (change === '−U' || change === '−D') {
        expect(this.rows.get(id)).toBe(text);
        this.rows.delete(id);
      } else {
        expect(this.rows.has(id)).toBe(false);
        this.rows.set(id, text);
      }
    }
    return this;
  }

  get sorted(): string[] {
    return [...this.rows.values()].toSorted();
  }
}

/** What the batch executor answers for the rows that are left, where the watermark has published it. */
function batchOf(plan: Plan, changes: Change[], watermark: number): string[] {
  const left = new Map<string, Change>();
  for (const change of changes) {
    if (change.kind === INSERT) left.set(change.ids.join(' '), change);
    else left.delete(change.ids.join(' '));
  }
  const tables = ['payments', 'refunds'].map((_, port) =>
    tableOf(
      SCHEMA,
      [...left.values()].filter((one) => one.port === port).map(({ values }) => values),
    ),
  );
  const { table, time } = runBatch(plan, (name) => tables[name === 'payments' ? 0 : 1]);
  const waits = plan.node === 'window aggregate' || plan.node === 'over';
  return rowsOf(table)
    .filter((_, i) => !waits || time[i] <= watermark)
    .map((values) => JSON.stringify(values))
    .toSorted();
}

describe.each([...SINGLE, ...PAIRS])('S13.2 %s, recomputed', (_, plan) => {
  test('is what the batch answers, after every change', () => {
    const drive = recomputing(plan);
    drive.advance(MAX_TIME);
    const standing = new Standing();
    const changes = changesOf(plan, 1);
    changes.forEach((change, i) => {
      standing.take(drive.rows([change], change.port));
      expect(standing.sorted).toEqual(batchOf(plan, changes.slice(0, i + 1), MAX_TIME));
    });
    expect(changes.length).toBeGreaterThanOrEqual(276);
  });

  test('is the same from a keyframe', () => {
    const [drive, other] = [recomputing(plan), recomputing(plan)];
    changesOf(plan, 2).forEach((change, i) => {
      if (i % 40 === 20) other.keyframeRestore();
      const found = [drive, other].map((one) => [...one.rows([change], change.port), ...one.advance(i / 2)]);
      expect(found[1]).toEqual(found[0]);
    });
    expect(other.end()).toEqual(drive.end());
  });
});

describe.each(SINGLE)('S4.1 S7.3 %s, recomputed', (_, plan) => {
  test('is what the batch answers up to the watermark, and all of it in the end', () => {
    const drive = recomputing(plan);
    const standing = new Standing();
    const changes = changesOf(plan, 3);
    changes.forEach((change, i) => {
      standing.take(drive.rows([change], change.port)).take(drive.advance(Math.floor(i / 2)));
      expect(standing.sorted).toEqual(batchOf(plan, changes.slice(0, i + 1), drive.watermark));
    });
    expect(standing.take(drive.end()).sorted).toEqual(batchOf(plan, changes, MAX_TIME));
  });
});

describe.each(SINGLE.filter(([, { node }]) => node === 'aggregate' || node === 'top n'))('%s', (_, plan) => {
  test('emits what its incremental operator does', () => {
    const changing = { ...plan, input: { ...groupBy(source, [], []), schema: SCHEMA, timeColumn: 3 } } as Plan;
    const incremental = driveNode(changing);
    const recomputed = recomputing(plan);
    const [a, b] = [new Standing(), new Standing()];
    for (const change of changesOf(plan, 4)) {
      expect(a.take(recomputed.rows([change])).sorted).toEqual(b.take(incremental.rows([change])).sorted);
    }
  });
});

test('a row on its way may be due with the next watermark, and is then emitted under the input that moved it', () => {
  const [over, last] = [recomputing(SINGLE[3][1]), recomputing(dedup('last'))];
  expect(over.operator.due(4)).toBe(5);
  expect(over.operator.due(MAX_TIME)).toBe(MAX_TIME);
  // Nothing waits here.
  expect(last.operator.due(4)).toBe(MAX_TIME);
});
