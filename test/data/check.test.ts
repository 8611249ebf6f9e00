import { expect, test } from 'vitest';
import { START, type StreamSpec } from '../../src/data';
import { checkStream } from '../../src/data/check';
import { INT, MONEY, TidemarkError, TIMESTAMP } from '../../src/model';
import { PLAIN } from './golden';

function faultOf(change: Partial<StreamSpec>): TidemarkError {
  try {
    checkStream('payments', { ...PLAIN, ...change });
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was wrong');
}

const event = { at: START, arrives: START, partition: null, values: {} };

const FAULTS: [string, Partial<StreamSpec>, RegExp][] = [
  ['a column twice', { columns: ['ts', 'amount', 'amount'] }, /column amount twice/],
  [
    'an unknown column of an event',
    { planted: [{ ...event, values: { user: 1 } }] },
    /no column user; expected t_id, .*category, found user/,
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

test('sound streams pass', () => {
  const declared = { user: INT, price: MONEY, ts: TIMESTAMP };
  const planted = [{ ...event, values: { user: 7, price: 100 } }];
  for (const spec of [PLAIN, { ...PLAIN, table: null, declared, key: 'user', planted }])
    expect(() => checkStream('payments', spec)).not.toThrow();
});
