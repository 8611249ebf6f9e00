import { expect, test } from 'vitest';
import { checkScenario, START, type Scenario, type StreamSpec } from '../../src/data';
import { INT, MONEY, TidemarkError, TIMESTAMP } from '../../src/model';
import { PLAIN } from './golden';

function faultOf(change: Partial<StreamSpec>, data: Partial<Scenario['data']> = {}): TidemarkError {
  try {
    checkScenario({
      data: { preset: 'page', seed: 1, mode: 'realistic', ...data },
      streams: { payments: { ...PLAIN, ...change } },
    });
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was wrong');
}

const event = { at: START, arrives: START, partition: null, values: {} };

const BURST = { at: START + 5_000, for: 1_000, rate: 200 };

const FAULTS: [string, Partial<StreamSpec>, RegExp][] = [
  [
    'an unknown table',
    { table: 'payments' },
    /no table payments; expected merchant_details, .*rolling, found payments/,
  ],
  ['a table that every object has', { table: 'toString' }, /no table toString/],
  ['an unknown column', { columns: ['ts', 'price'] }, /no column price; expected t_id, .*category, found price/],
  ['a column twice', { columns: ['ts', 'amount', 'amount'] }, /column amount twice/],
  ['an unknown key', { key: 'user' }, /no column user/],
  ['an unknown filter', { only: { user: [1] } }, /no column user/],
  ['an unknown column of an event', { planted: [{ ...event, values: { user: 1 } }] }, /no column user/],
  ['a time that is none', { time: 'amount' }, /amount is not a time; expected a TIMESTAMP column, found DECIMAL/],
  ['columns without the time', { columns: ['card', 'amount'] }, /event time is not among the columns; expected ts/],
  ['no partition', { partitions: 0 }, /needs a partition; .* found 0/],
  ['half a partition', { partitions: 1.5 }, /needs a partition/],
  [
    'until before from',
    { from: START + 1_000, until: START },
    /until is not after from; expected a time after 2026-11-02 00:00:01/,
  ],
  ['until at from', { from: START, until: START }, /until is not after from/],
  ['a negative limit', { limit: -1 }, /not a limit/],
  ['a negative rate', { rate: -1 }, /not a rate; .* found -1/],
  ['a rate that is no number', { rate: NaN }, /not a rate/],
  ['too many duplicates', { duplicates: 1.1 }, /not a share of duplicates/],
  ['a burst without a rate', { burst: BURST }, /a burst without a rate; expected a rate above 0, found 0/],
  ['a burst of no length', { rate: 10, burst: { ...BURST, for: 0 } }, /not a span for a burst; .* for 0 ms/],
  ['a burst at no time', { rate: 10, burst: { ...BURST, at: NaN } }, /not a span for a burst; .* at NaN/],
  ['a burst with a negative rate', { rate: 10, burst: { ...BURST, rate: -1 } }, /not a rate of a burst; .* found -1/],
  ['an endless burst', { rate: 10, burst: { ...BURST, rate: Infinity } }, /not a rate of a burst; .* found Infinity/],
  [
    'a burst before the stream',
    { rate: 10, burst: BURST, from: START + 6_000 },
    /outside the stream; expected after 2026-11-02 00:00:06, found 2026-11-02 00:00:05 to 2026-11-02 00:00:06/,
  ],
  [
    'a burst behind the stream',
    { rate: 10, burst: BURST, from: START, until: START + 5_000 },
    /outside the stream; expected after 2026-11-02 00:00:00 and before 2026-11-02 00:00:05/,
  ],
  ['too many lost fields', { dropped: 1.1 }, /share of events that lose a field; .* found 1.1/],
  ['fewer than no lost fields', { dropped: -0.1 }, /share of events that lose a field/],
  ['a share that is no number', { dropped: NaN }, /share of events that lose a field/],
  ['nothing to lose', { dropped: 0.1, columns: ['cc_num', 'ts'] }, /no field that could be lost; .* found cc_num, ts/],
  [
    'fields of no table to lose',
    { dropped: 0.1, table: null, declared: { user: INT, price: MONEY, ts: TIMESTAMP }, key: 'user' },
    /no field that could be lost; .* found no table/,
  ],
  [
    'a table without fraud',
    { fraud: false, table: 'rolling', key: 'card' },
    /no fraud to leave out; expected credit_card_transactions, found rolling/,
  ],
  ['an unknown delay', { delay: { model: 'slow' as never } }, /no such delay; expected none, .* found slow/],
  ['a negative delay', { delay: { model: 'fixed', delay: -5_000 } }, /not a delay; .* found −5 s/],
  ['an endless delay', { delay: { model: 'uniform', least: 0, most: Infinity } }, /not a delay/],
  [
    'swapped ends',
    { delay: { model: 'uniform', least: 2_000, most: 1_000 } },
    /ends of the delay are swapped; .* found 2 s to 1 s/,
  ],
  [
    'an event before it happened',
    { planted: [{ ...event, arrives: START - 1 }] },
    /arrives before it happened; expected 2026-11-02 00:00:00 or later/,
  ],
  ['an event without a time', { planted: [{ ...event, at: NaN }] }, /event without a time/],
  [
    'a partition that is not there',
    { planted: [{ ...event, partition: 4 }] },
    /no such partition; expected 0 to 3, found 4/,
  ],
];

test.each(FAULTS)('%s is refused, with its place', (_, change, message) => {
  const fault = faultOf(change);
  expect(fault.message).toMatch(message);
  expect(fault.facts.where).toBe('stream payments');
});

test('data that cannot be made is refused', () => {
  expect(faultOf({}, { preset: 'huge' as never }).message).toMatch(
    /data: no such preset; expected none, page, lab, book, found huge/,
  );
  expect(faultOf({}, { seed: -1 }).message).toMatch(/not a data seed/);
  expect(faultOf({}, { mode: 'wild' as never }).message).toMatch(/no such mode/);
});

test('a sound scenario passes', () => {
  const declared = { user: INT, price: MONEY, ts: TIMESTAMP };
  const streams = {
    payments: PLAIN,
    quiet: { ...PLAIN, rate: 10, burst: { ...BURST, rate: 0 }, until: START + 5_001, fraud: false, dropped: 1 },
    categories: { ...PLAIN, columns: ['ts', 'category'], from: START, until: START + 1, rate: 5 },
    views: { ...PLAIN, table: null, declared, key: 'user', planted: [{ ...event, values: { user: 7, price: 100 } }] },
  };
  expect(() => checkScenario({ data: { preset: 'lab', seed: 1, mode: 'book' }, streams })).not.toThrow();
});
