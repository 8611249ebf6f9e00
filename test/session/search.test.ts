import { describe, expect, test } from 'vitest';
import { makeWorld } from '../../src/data';
import { MOST_ORDERED } from '../../src/engine/search';
import { FactFinder } from '../../src/engine/search/facts';
import { parts as plane } from '../../src/figures/event-time-plane';
import { CLAIM_NAMES, MISCONCEPTION_OF, readRow, seconds, type ClaimName } from '../../src/model';
import { claimOf } from '../../src/notebook/claims';
import { type ClaimAnswer, type OrdersAnswer, type Outcome, type RunSpec } from '../../src/session/protocol';
import { questionOf } from '../../src/session/search';
import { createSession } from '../../src/session/session';
import { findingSentence } from '../../src/words/claims';

const session = createSession({ now: () => performance.now(), pause: () => Promise.resolve() });

async function ok<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const answer = await outcome;
  if ('ok' in answer) return answer.ok;
  throw new Error(JSON.stringify(answer));
}

/** Claims of the table that are so. */
const TRUE: readonly ClaimName[] = ['lateness-leaves-watermark', 'complete-stream-equals-batch'];
const FALSE = CLAIM_NAMES.filter((name) => !TRUE.includes(name));
/** Runs that fit a second many times over. */
const PROBES = 600;

const found = new Map<ClaimName, Promise<ClaimAnswer>>();
function answerOf(name: ClaimName): Promise<ClaimAnswer> {
  const known = found.get(name) ?? ok(session.search(claimOf(name)));
  found.set(name, known);
  return known;
}

const plantedIn = (spec: RunSpec) => spec.scenario.streams.clicks.planted;

test('there is a claim for each of M1-M8, M13 and M24', () => {
  const broken = new Set(FALSE.map((name) => MISCONCEPTION_OF[name]));
  expect([...broken].sort()).toEqual(['M1', 'M13', 'M2', 'M24', 'M3', 'M4', 'M5', 'M6', 'M7', 'M8']);
});

describe.each(FALSE)('%s', (name) => {
  test('is broken by at most 6 events, soon', async () => {
    const { broken, tried } = await answerOf(name);
    expect(broken).not.toBeNull();
    expect(plantedIn(broken!.spec).length).toBeLessThanOrEqual(6);
    expect(tried).toBeLessThanOrEqual(PROBES);
    expect(findingSentence(claimOf(name), broken!)).not.toMatch(/[{}]|null|undefined/);
  });

  test('holds again without any one of them', async () => {
    const { broken } = await answerOf(name);
    const { question, settings } = await questionOf(claimOf(name), makeWorldOf());
    const variant = settings.findIndex((one) => JSON.stringify(one) === JSON.stringify(broken!.setting));
    const { streams } = question.world;
    const finder = new FactFinder(question.variants[variant], question.condition.facts);
    const events = plantedIn(broken!.spec).map(({ at, arrives, partition }) => ({
      stream: 0,
      partition: partition!,
      at,
      arrives,
      values: [1, at],
    }));
    expect(question.condition.holds(finder.of(streams, events))).toBe(false);
    events.forEach((_, out) => {
      const rest = events.filter((__, i) => i !== out);
      if (rest.length > 0) expect(question.condition.holds(finder.of(streams, rest)), `without ${out}`).toBe(true);
    });
  });

  test('is broken by the same log each time', async () => {
    const again = await ok(createSession().search(claimOf(name)));
    expect(again).toEqual(await answerOf(name));
  });

  test('its log runs as the search ran it', async () => {
    const { broken } = await answerOf(name);
    const { metrics } = await ok(session.run(broken!.spec));
    const { events, late, dropped, rows } = broken!.facts;
    expect(metrics).toMatchObject({ rowsIn: events, late, dropped, rowsOut: rows });
    const { id, steps } = await ok(session.run(broken!.spec));
    const { parts } = await ok(session.state(id, steps - 1, plane({ where: {}, color: null, value: null })));
    expect(parts.events.table.length).toBe(events);
    if (broken!.other) {
      const other = await ok(session.run(broken!.other));
      expect(other.metrics).toMatchObject({ rowsIn: events, late: broken!.facts.other_late });
    }
  });
});

test.each(TRUE)('%s survives all logs that are tried', async (name) => {
  const { broken, tried, exhaustive } = await answerOf(name);
  expect(broken).toBeNull();
  expect(tried).toBeGreaterThan(1_000);
  expect(exhaustive).toBeGreaterThanOrEqual(2);
});

test('the smallest logs are those that one would draw', async () => {
  const shape = async (name: ClaimName): Promise<number[][]> => {
    const { broken } = await answerOf(name);
    const planted = plantedIn(broken!.spec);
    const zero = Math.min(...planted.map(({ at }) => at));
    return planted.map(({ at, arrives }) => [(at - zero) / seconds(1), (arrives - at) / seconds(1)]);
  };
  // An event, one that closes its window, and one that comes late for it.
  expect(await shape('published-is-final')).toEqual([
    [0, 0],
    [60, 0],
    [30, 40],
  ]);
  expect(await shape('late-is-dropped')).toEqual([
    [30, 0],
    [0, 40],
  ]);
  expect(await shape('clock-closes-windows')).toHaveLength(1);
});

test('a claim of the reader takes the options that are left open', async () => {
  const base = claimOf('no-older-event');
  const ask = {
    ...base,
    holds: 'dropped = 0',
    free: { lateness: ['0 s', '1 min'], wait: ['0 s', '30 s'] },
  };
  const { broken } = await ok(session.search(ask));
  expect(broken!.setting).toEqual({ lateness: '0 s', wait: '0 s' });
  expect(findingSentence({ name: null, finding: null, holds: ask.holds }, broken!)).toBe(
    'Here “dropped = 0” is false: dropped is 1.',
  );
});

test.each([
  ['late <', /ends too early/],
  ['lat = 0', /no column lat|lat/],
  ['1 = 1', /is not about a run/],
  ['dropped', /dropped is BIGINT/],
  ['EXISTS (SELECT events FROM facts)', /subquery is a join/],
  ['late = 0) OR (late > 0', /does not fit here/],
  ['COUNT(*) = 0', /aggregate cannot stand/],
  ['other_late = late', /compares with another run/],
])('a claim that is none: %s', async (holds, what) => {
  const outcome = await session.search({ ...claimOf('no-older-event'), holds });
  expect('failed' in outcome && outcome.failed.what).toMatch(what);
});

test('a search can be cancelled', async () => {
  const slow = createSession({ now: () => Infinity, pause: () => new Promise((resolve) => setImmediate(resolve)) });
  const seen: number[] = [];
  const outcome = slow.search(claimOf('complete-stream-equals-batch'), ({ done }) => {
    seen.push(done);
    if (seen.length === 3) void slow.cancel();
  });
  expect(await outcome).toEqual({ cancelled: true });
  expect(seen.length).toBeLessThan(10);
});

describe('every order of arrival', () => {
  const three = async (): Promise<RunSpec> => (await answerOf('published-is-final')).broken!.spec;
  const run = async (spec: RunSpec): Promise<OrdersAnswer> => ok(session.orders(spec));

  test('of three events there are six, and each is in one outcome', async () => {
    const { orders, outcomes } = await run(await three());
    expect(orders).toBe(6);
    expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(outcomes.length).toBeGreaterThan(1);
    expect(outcomes.map(({ count }) => count)).toEqual([...outcomes.map(({ count }) => count)].sort((a, b) => b - a));
  });

  test('S19.1 only arrivals change, and the run over an order ends as its outcome says', async () => {
    const spec = await three();
    const fixed = (one: RunSpec) =>
      plantedIn(one).map(({ at, partition, values }) => JSON.stringify([at, partition, values]));
    for (const outcome of (await run(spec)).outcomes) {
      expect(fixed(outcome.spec).sort()).toEqual(fixed(spec).sort());
      for (const { at, arrives } of plantedIn(outcome.spec)) expect(arrives).toBeGreaterThanOrEqual(at);
      const { id, steps, metrics } = await ok(session.run(outcome.spec));
      expect(metrics).toMatchObject({ late: outcome.late, dropped: outcome.dropped });
      const { parts } = await ok(session.state(id, steps - 1, { result: { part: 'result' } }));
      const width = outcome.result.schema.length;
      const rows = (table: OrdersAnswer['outcomes'][number]['result']) =>
        Array.from({ length: table.length }, (_, row) => JSON.stringify(readRow(table, row).slice(0, width))).sort();
      expect(rows(parts.result.table)).toEqual(rows(outcome.result));
    }
  });

  test('where everything is waited for, there is one outcome', async () => {
    const spec = await three();
    const { outcomes } = await run({ ...spec, options: { ...spec.options, wait: seconds(3_600) } });
    expect(outcomes.map(({ count, late, dropped }) => [count, late, dropped])).toEqual([[6, 0, 0]]);
  });

  test('six events have 720 orders, seven are too many, none is too few', async () => {
    const spec = await three();
    const { clicks } = spec.scenario.streams;
    const of = (count: number): RunSpec => {
      const [first] = clicks.planted;
      const planted = Array.from({ length: count }, (_, i) => ({
        ...first,
        at: first.at + i * 20_000,
        arrives: first.at + i * 20_000,
      }));
      return { ...spec, scenario: { ...spec.scenario, streams: { clicks: { ...clicks, planted } } } };
    };
    expect((await run(of(MOST_ORDERED))).orders).toBe(720);
    for (const count of [0, MOST_ORDERED + 1]) {
      const outcome = await session.orders(of(count));
      expect('failed' in outcome && outcome.failed).toMatchObject({ expected: '1 to 6 events', found: String(count) });
    }
  });
});

function makeWorldOf() {
  const work = makeWorld(claimOf('no-older-event').spec.scenario.data);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
