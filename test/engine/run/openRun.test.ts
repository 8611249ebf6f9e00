import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchPieces, runBatch } from '../../../src/engine/batch';
import { topicOf, type Topic } from '../../../src/engine/log/topic';
import { openRun, openTracedRun } from '../../../src/engine/run/openRun';
import { type Run, type RunSetup } from '../../../src/engine/run/run';
import { type TracedRun } from '../../../src/engine/run/tracedRun';
import { stateValue } from '../../../src/engine/state/keyedState';
import { DEFAULTS, type LocalOptions } from '../../../src/engine/stream/options';
import {
  CHANGE_SIGNS,
  field,
  MONEY,
  readRow,
  STRING,
  tableOf,
  takeRows,
  TIMESTAMP,
  type Schema,
} from '../../../src/model';
import { plan, type Catalog } from '../../../src/sql';

const runs = process.env.LONG ? 1_000 : 25;

const SCHEMA: Schema = [
  field('city', STRING),
  field('shop', STRING, true),
  field('amount', MONEY),
  field('ts', TIMESTAMP),
];
const CITIES = ['rome', 'oslo', 'bern'];
const SHOPS = ['mill', 'kiosk', null];

const scan = (table: string): Catalog[string] => ({
  node: 'scan',
  table,
  schema: SCHEMA,
  timeColumn: 3,
  watermark: null,
  primaryKey: [],
  options: {},
});

interface Event {
  city: number;
  shop: number;
  amount: number;
  time: number;
  delay: number;
  partition: number;
}

const PARTITIONS = 2;
const streamOf = (longest: number): fc.Arbitrary<Event[]> =>
  fc.array(
    fc.record({
      city: fc.nat(2),
      shop: fc.nat(2),
      amount: fc.integer({ min: -9, max: 30 }),
      time: fc.integer({ min: 0, max: 160 }),
      delay: fc.nat(60),
      partition: fc.nat(PARTITIONS - 1),
    }),
    { maxLength: longest },
  );

/** In every process texts have other codes: those of `noise` come first. */
function topic(name: string, events: readonly Event[], noise: readonly string[]): Topic {
  const arrived = events.map((one) => ({ ...one, append: one.time + one.delay })).sort((a, b) => a.append - b.append);
  const rows = arrived.map(({ city, shop, amount, time }) => [CITIES[city], SHOPS[shop], amount, time]);
  const table = tableOf(SCHEMA, [...noise.map((text) => [text, text, 0, 0]), ...rows]);
  return topicOf(
    {
      name,
      table: takeRows(
        table,
        Int32Array.from(rows, (_, i) => noise.length + i),
      ),
      time: Float64Array.from(arrived, ({ time }) => time),
      append: Float64Array.from(arrived, ({ append }) => append),
      partition: Int32Array.from(arrived, ({ partition }) => partition),
    },
    PARTITIONS,
  );
}

const tumble = (table: string): string => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '0.030' SECOND))`;
const SMALL = `CREATE VIEW small AS SELECT city, window_time AS at, COUNT(*) AS n, MIN(shop) AS shop
  FROM ${tumble('s')} GROUP BY city, window_start, window_end, window_time;`;
const roll = `WINDOW w AS (PARTITION BY city ORDER BY ts RANGE BETWEEN INTERVAL '0.050' SECOND PRECEDING AND CURRENT ROW)`;

type Options = Partial<Omit<LocalOptions, 'job'>> & { job?: boolean; ticks?: number[] };

/** Whole plans, with the options that have state of their own. */
const PLANS: Record<string, [sql: string, options?: Options]> = {
  aggregate: ['SELECT city, COUNT(*) AS n, SUM(amount) AS t, MIN(shop) AS a FROM s GROUP BY city'],
  'aggregate, ttl': ['SELECT city, shop, SUM(amount) AS t FROM s GROUP BY city, shop', { ttl: 40 }],
  'aggregate of aggregates': [
    'SELECT n, MAX(city) AS c, COUNT(*) AS m FROM (SELECT city, COUNT(*) AS n FROM s GROUP BY city) AS t GROUP BY n',
  ],
  over: [`SELECT city, ts, SUM(amount) OVER w AS t, MAX(shop) OVER w AS m FROM s ${roll}`],
  'tumbling windows': [
    `SELECT city, window_end, SUM(amount) AS t, LAST_VALUE(shop) AS l FROM ${tumble('s')}
     GROUP BY city, window_start, window_end`,
    { lateness: 20 },
  ],
  'early panes': [
    `SELECT city, window_end, SUM(amount) AS t FROM ${tumble('s')} GROUP BY city, window_start, window_end`,
    { trigger: { type: 'repeat', of: { type: 'processing-delay', delay: 15 } } },
  ],
  sessions: [
    `SELECT city, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE s PARTITION BY city, DESCRIPTOR(ts),
     INTERVAL '0.020' SECOND)) GROUP BY city, window_start, window_end`,
  ],
  'window over window': [
    `${SMALL} SELECT city, window_start, SUM(n) AS n, MAX(shop) AS m FROM TABLE(HOP(TABLE small, DESCRIPTOR(at),
     INTERVAL '0.030' SECOND, INTERVAL '0.060' SECOND)) GROUP BY city, window_start, window_end`,
  ],
  'window over window, taken back': [
    `${SMALL} SELECT city, window_start, SUM(n) AS n FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(at),
     INTERVAL '0.060' SECOND)) GROUP BY city, window_start, window_end`,
    { lateness: 40 },
  ],
  'top n': [
    `SELECT city, t, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY t DESC, city) AS n
     FROM (SELECT city, SUM(amount) AS t FROM s GROUP BY city) AS g) AS x WHERE n <= 2`,
  ],
  deduplicate: [
    `SELECT city, shop, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY city ORDER BY ts DESC) AS n FROM s) WHERE n = 1`,
  ],
  join: ['SELECT a.city, a.shop, b.amount FROM s AS a FULL JOIN r AS b ON a.city = b.city'],
  'join of aggregates': [
    `SELECT a.city, a.n, b.t FROM (SELECT city, COUNT(*) AS n FROM s GROUP BY city) AS a
     LEFT JOIN (SELECT city, SUM(amount) AS t FROM r GROUP BY city) AS b ON a.city = b.city`,
  ],
  'interval join': [
    `SELECT a.city, a.shop, b.ts FROM s AS a LEFT JOIN r AS b
     ON a.city = b.city AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '0.040' SECOND`,
  ],
  'window join': [
    `SELECT a.city, a.window_end, b.shop FROM ${tumble('s')} AS a FULL JOIN ${tumble('r')} AS b
     ON a.city = b.city AND a.window_start = b.window_start AND a.window_end = b.window_end`,
  ],
  'temporal join': [
    'SELECT a.city, a.ts, b.shop FROM s AS a LEFT JOIN r FOR SYSTEM_TIME AS OF a.ts AS b ON a.city = b.city',
  ],
  'union all': [
    `WITH u AS (SELECT shop, amount, ts FROM s UNION ALL SELECT shop, amount, ts FROM r)
     SELECT shop, window_end, COUNT(*) AS n FROM ${tumble('u')} GROUP BY shop, window_start, window_end`,
  ],
  'batch job': ['SELECT city, SUM(amount) AS t FROM s GROUP BY city', { job: true, ticks: [40, 90, 130] }],
  'kafka windows': [
    `SELECT city, window_end, SUM(amount) AS t FROM ${tumble('s')} GROUP BY city, window_start, window_end`,
    { profile: 'kafka', lateness: 20 },
  ],
};

/** How watermarks are made, each with a generator that remembers something else. */
const TIMINGS: Options[] = [
  {},
  { wait: 25 },
  { emitEvery: 20, idle: 30 },
  { maxDrift: 15 },
  { watermark: { type: 'percentile', share: 0.9 } },
  { watermark: { type: 'micro-batch', batch: 25 } },
];

interface Log {
  s: Event[];
  r: Event[];
  how: Options;
  rangeRows: number;
  end: boolean;
}
const log: fc.Arbitrary<Log> = fc.record({
  s: streamOf(14),
  r: streamOf(8),
  how: fc.constantFrom(...TIMINGS),
  rangeRows: fc.constantFrom(1, 3, 256),
  end: fc.boolean(),
});

/** A run in a process of its own. */
function setupOf(name: string, { s, r, how, rangeRows, end }: Log, noise: string[]): RunSetup {
  const [sql, { job = false, ticks = [], ...options } = {}] = PLANS[name];
  const settled: LocalOptions = {
    ...DEFAULTS,
    wait: how.watermark || options.profile === 'kafka' ? null : 10,
    changes: [{ wait: 5, lateness: 10 }],
    lookup: null,
    recompute: runBatch,
    rangeRows,
    ...(job || options.profile === 'kafka' ? {} : how),
    ...options,
    job: job ? batchPieces : null,
  };
  return {
    plan: plan(sql, { s: scan('s'), r: { ...scan('r'), primaryKey: [0] } }).query,
    topics: [topic('s', s, noise), topic('r', r, noise)],
    end,
    ticks,
    actions: [{ at: 9, index: 0 }],
    options: settled,
  };
}

/** What a run emits, by input. */
function rowsOf({ results: { rows }, inputs }: Run): unknown[][] {
  const found = Array.from({ length: rows.length }, (_, row) => {
    const input = rows.input[row];
    return [input, ...readRow(rows, row), CHANGE_SIGNS[rows.kind[row]], rows.time[row], inputs.processing(input)];
  });
  return found.sort(([a], [b]) => Number(a) - Number(b));
}

const stateOf = (run: Run): unknown => [
  run.next,
  run.watermark,
  run.sink.knownAt,
  run.counters,
  run.operators.map(({ inputWatermark, operator }) => [inputWatermark, operator.alarm?.()]),
  run.sources.list.map(({ watermarks }) =>
    Array.from(watermarks.counts, (count, one) => [count, watermarks.of(one), watermarks.isIdleAt(one)]),
  ),
  run.sink.committed,
];

describe.each(Object.keys(PLANS))('%s', (name) => {
  test('a run restored in another process goes on as one that never stopped', () => {
    fc.assert(
      fc.property(log, fc.nat(26), fc.nat(26), (log, first, second) => {
        const whole = openRun(setupOf(name, log, []));
        whole.advance(() => true);
        const all = rowsOf(whole);

        const [from, again] = [Math.min(first, second), Math.max(first, second)];
        const before = openRun(setupOf(name, log, ['noise']));
        before.advance(() => true, from);
        const middle = openRun(setupOf(name, log, ['other', 'bern']), before.checkpoint());
        expect(stateOf(middle)).toEqual(stateOf(before));
        // Equal state is equal bytes.
        expect(middle.checkpoint()).toEqual(before.checkpoint());
        middle.advance(() => true, again);
        const last = openRun(setupOf(name, log, ['kyiv', 'oslo']), middle.checkpoint());
        last.advance(() => true);

        expect([...rowsOf(before), ...rowsOf(middle), ...rowsOf(last)]).toEqual(all);
        expect(stateOf(last)).toEqual(stateOf(whole));
      }),
      { numRuns: runs },
    );
  });
});

test.each(['over', 'interval join', 'temporal join'])(
  '%s: rows of one moment come out in the order in which they came, also after a restore',
  (name) => {
    for (const cities of [
      [0, 1, 2],
      [1, 2, 0],
      [2, 1, 0],
    ]) {
      const s = cities.map((city, i) => ({ city, shop: 0, amount: i, time: 10, delay: i, partition: 0 }));
      const log: Log = { s, r: [], how: { wait: 25 }, rangeRows: 1, end: true };
      const whole = openRun(setupOf(name, log, []));
      whole.advance(() => true);
      const before = openRun(setupOf(name, log, ['noise']));
      before.advance(() => true, 4);
      const after = openRun(setupOf(name, log, ['bern']), before.checkpoint());
      after.advance(() => true);
      expect([...rowsOf(before), ...rowsOf(after)]).toEqual(rowsOf(whole));
      expect(after.checkpoint()).toEqual(whole.checkpoint());
    }
  },
);

test.each(Object.keys(PLANS))('%s: with exact inputs a row has the number of the input that caused it', (name) => {
  fc.assert(
    fc.property(log, (log) => {
      const run = (rangeRows: number, exactInputs: boolean): Run => {
        const setup = setupOf(name, { ...log, rangeRows }, []);
        const opened = openRun({ ...setup, options: { ...setup.options, exactInputs } });
        opened.advance(() => true);
        return opened;
      };
      expect(rowsOf(run(256, true))).toEqual(rowsOf(run(1, false)));
    }),
    { numRuns: 2 * runs },
  );
});

/** Here rows of several cities have one key, and so an order that is state: another one lets other results out. */
const SHARED_KEYS = ['aggregate of aggregates', 'top n'];

/**
 * With these the first of two events of one time changes nothing for the second: it pauses no partition, and moves no
 * watermark so far that a session ends which the second continues.
 */
const STEADY = TIMINGS.filter(({ watermark, maxDrift }) => watermark?.type !== 'percentile' && maxDrift === undefined);

/** Pairs of events of two cities, alike in all that moves a run: whichever comes first, as many rows are held. */
const alike = (longest: number): fc.Arbitrary<Event[]> =>
  streamOf(longest).map((events) =>
    events.flatMap((one) => [
      { ...one, city: 0 },
      { ...one, city: 1, amount: one.amount + 1 },
    ]),
  );

const swapped = (events: readonly Event[]): Event[] => events.map((_, i) => events[i % 2 === 0 ? i + 1 : i - 1]);

describe.each(Object.keys(PLANS).filter((name) => !SHARED_KEYS.includes(name)))('%s', (name) => {
  test('runs that met their keys in another order, and hold the same, write the same bytes', () => {
    fc.assert(
      fc.property(alike(10), alike(6), fc.constantFrom(...STEADY), (s, r, how) => {
        const bytes = (s: Event[], r: Event[], noise: string[]): Uint8Array => {
          const run = openRun({ ...setupOf(name, { s, r, how, rangeRows: 3, end: false }, noise), actions: [] });
          run.advance(() => true);
          return run.checkpoint().state;
        };
        expect(bytes(swapped(s), swapped(r), ['noise'])).toEqual(bytes(s, r, []));
      }),
      { numRuns: runs },
    );
  });
});

/** The steps from `from` on. Rows of the result are counted from the `committed` ones, and texts are told by themselves. */
function stepsOf(run: TracedRun, from: number, committed: number): unknown[] {
  const { operators } = run.engine;
  return Array.from({ length: run.steps - from }, (_, i) => {
    const step = { ...run.step(from + i), step: i };
    if (step.kind === 'row out') step.row -= committed;
    if (step.kind !== 'state written') return step;
    const { state } = operators[step.operator - 1].operator;
    return { ...step, values: step.values.map((value, column) => stateValue(state!, column, value)) };
  });
}

/** What is remembered, and how far the run is. */
function momentOf({ engine }: TracedRun, committed: number): unknown {
  const rows = engine.operators.map(({ operator: { state } }) => {
    const found: unknown[] = [];
    state?.each((key, start, end, values) => {
      const shown = values.map((value, column) => stateValue(state, column, value));
      found.push([readRow(state.keys, key), start, end, shown]);
    });
    return found;
  });
  const { stateRowsMax: _, ...counters } = engine.counters;
  const watermarks = engine.operators.map(({ inputWatermark }) => inputWatermark);
  const newest = engine.reader.newestEventTime;
  return [rows, counters, watermarks, engine.watermark, newest, engine.results.length - committed];
}

describe.each(Object.keys(PLANS))('%s', (name) => {
  test('a traced run goes on from a checkpoint with the steps of one that never stopped', () => {
    fc.assert(
      fc.property(log, fc.nat(26), fc.array(fc.nat(), { maxLength: 8 }), fc.boolean(), (log, cut, looks, isTraced) => {
        const whole = openTracedRun(setupOf(name, log, []));
        whole.advance(() => true);
        // Whatever kind of run wrote the checkpoint.
        const setup = setupOf(name, { ...log, rangeRows: 1 }, ['noise']);
        const before = isTraced ? openTracedRun(setup).engine : openRun(setup);
        before.advance(() => true, cut);
        const { committed } = before.sink;
        const rest = openTracedRun(setupOf(name, log, ['kyiv', 'oslo']), before.checkpoint());
        rest.advance(() => true);

        const first = whole.firstStepOf(before.next);
        expect(stepsOf(rest, 0, 0)).toEqual(stepsOf(whole, first, committed));
        for (const look of [rest.steps, ...looks]) {
          const step = (look % (rest.steps + 1)) - 1;
          const seen = rest.at(step, () => momentOf(rest, 0));
          if (step >= 0) expect(seen).toEqual(whole.at(first + step, () => momentOf(whole, committed)));
        }
        const moves = (run: TracedRun): unknown[] =>
          run.engine.sources.history.moves.filter(({ input }) => input >= before.next);
        expect(moves(rest)).toEqual(moves(whole));
      }),
      { numRuns: runs },
    );
  });
});

test('a sink goes on in the log that has the committed rows, and takes back what came after them', () => {
  const log: Log = {
    s: [5, 35, 65, 95].map((time) => ({ city: 0, shop: 0, amount: time, time, delay: 0, partition: 0 })),
    r: [],
    how: {},
    rangeRows: 1,
    end: true,
  };
  const setup = setupOf('tumbling windows', log, []);
  const results = openRun(setup).results;
  const options = { ...setup.options, results };
  const run = openRun({ ...setup, options });
  run.advance(() => true, 3);
  const checkpoint = run.checkpoint();
  const { committed } = run.sink;
  run.advance(() => true);
  const all = rowsOf(run);
  expect(results.length).toBeGreaterThan(committed);
  const again = openRun({ ...setup, options }, checkpoint);
  expect(results.length).toBe(committed);
  again.advance(() => true);
  expect(results.length).toBe(all.length);
  expect(again.sink.committed).toBe(all.length);
});

test('rows that were read outside are not kept, and stay committed', () => {
  const events = [5, 35, 65, 95].map((time) => ({ city: 0, shop: 0, amount: time, time, delay: 0, partition: 0 }));
  const log: Log = { s: events, r: [], how: {}, rangeRows: 1, end: true };
  const whole = openRun(setupOf('aggregate', log, []));
  whole.advance(() => true);
  const run = openRun(setupOf('aggregate', log, []));
  const read: unknown[] = [];
  while (!run.finished) {
    run.advance(() => false);
    read.push(...rowsOf(run));
    run.sink.forget();
    expect(run.results.length).toBe(0);
    expect(run.sink.committed).toBe(read.length);
  }
  expect(read).toEqual(rowsOf(whole));
});
