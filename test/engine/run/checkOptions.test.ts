import { expect, test } from 'vitest';
import { type StreamOptions } from '../../../src/engine/stream/options';
import { BIGINT } from '../../../src/model';
import { COUNTS, over, pay, scan } from '../../support/graph';
import { drive, trace } from '../../support/stream';

test.each<[string, Partial<Omit<StreamOptions, 'job'>>, RegExp]>([
  ['a negative wait', { wait: -1 }, /wait: the wait of the watermark is below zero.*−1 ms/],
  ['a wait that is no number', { wait: NaN }, /wait: .*below zero.*NaN/],
  ['a negative lateness', { lateness: -60_000 }, /allowed lateness is below zero.*−1 min/],
  ['no time at all to be idle in', { idle: 0 }, /idle: the timeout of idleness has to be above zero/],
  ['a negative time to be idle in', { idle: -5 }, /above zero.*−5 ms/],
  ['watermarks sent out before they are due', { emitEvery: -1 }, /emitEvery: .*below zero/],
  ['a drift below zero', { maxDrift: -1 }, /maxDrift: .*below zero/],
  ['state that lives for no time', { ttl: 0 }, /ttl: .*above zero/],
  [
    'a share of nothing',
    { watermark: { type: 'percentile', share: 0 } },
    /share of delays is out of range.*at most 1.*0/,
  ],
  ['a share above one', { watermark: { type: 'percentile', share: 1.5 } }, /out of range.*1\.5/],
  ['a share that is no number', { watermark: { type: 'percentile', share: NaN } }, /out of range.*NaN/],
  [
    'a column that is not there',
    { watermark: { type: 'punctuated', column: 'mark' } },
    /payments: no such column.*card, amount, ts.*mark/,
  ],
  ['a clause that is not there', { watermark: { type: 'declared' } }, /payments: the stream declares no watermark/],
  ['micro-batches of no length', { watermark: { type: 'micro-batch', batch: 0 } }, /micro-batch has to be above zero/],
  [
    'moves in the wrong order',
    {
      watermark: {
        type: 'given',
        moves: [
          [5, 1],
          [4, 2],
        ],
      },
    },
    /not in order of the clock.*move 2/,
  ],
  ['moves that are no numbers', { watermark: { type: 'given', moves: [[5, NaN]] } }, /not in order.*move 1/],
  ['alignment of what knows the future', { watermark: { type: 'perfect' }, maxDrift: 5 }, /maxDrift changes that/],
])('%s: refused, with the name of the option', (_, options, message) => {
  expect(() => drive(COUNTS, [pay(1)], options)).toThrow(message);
});

test('S1.2 a wait below zero is refused from a reader, too', () => {
  const extras = { actions: [{ at: 0, index: 0 }] };
  expect(() => trace(COUNTS, [pay(1)], { changes: [{ wait: -1 }], extras })).toThrow(/below zero/);
});

test('a watermark that is no time is refused', () => {
  const watermark = { op: 'literal', value: 5, type: BIGINT } as const;
  const plan = over(COUNTS, { ...scan('payments'), watermark });
  expect(() => drive(plan, [pay(1)], { wait: null })).toThrow(/a watermark has to be a time.*TIMESTAMP.*BIGINT/);
});

test('a column of event time that is no time is refused', () => {
  const plan = over(COUNTS, { ...scan('payments'), timeColumn: 0 });
  expect(() => drive(plan, [pay(1)])).toThrow(/card: the column of event time is no time.*INT/);
});

test.each([NaN, Infinity, 0.5, 2 ** 60])('an event at %s is refused, with its row', (time) => {
  expect(() => drive(COUNTS, [pay(1), pay(time, 5)])).toThrow(/payments: an event has no event time.*in row 1/);
});
