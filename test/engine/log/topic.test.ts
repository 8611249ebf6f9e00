import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topicOf } from '../../../src/engine/log/topic';
import { field, INT, tableOf } from '../../../src/model';
import { type StreamData } from '../../../src/data/scenario';

const stream = (events: { append: number; partition: number }[]): StreamData => ({
  name: 'log',
  table: tableOf(
    [field('n', INT)],
    events.map((_, n) => [n]),
  ),
  time: Float64Array.from(events, ({ append }) => append),
  append: Float64Array.from(events, ({ append }) => append),
  partition: Int32Array.from(events, ({ partition }) => partition),
});

const arrivals = fc
  .array(fc.record({ append: fc.nat(1_000), partition: fc.nat(3) }), { maxLength: 60 })
  .map((events) => [...events].sort((a, b) => a.append - b.append));

test('S17.1 offsets are dense in each partition, from 0, in the order of arrival', () => {
  fc.assert(
    fc.property(arrivals, (events) => {
      const topic = topicOf(stream(events), 4);
      for (let partition = 0; partition < 4; partition += 1) {
        const offsets = [...topic.offset].filter((_, row) => topic.partition[row] === partition);
        expect(offsets).toEqual(offsets.map((_, i) => i));
      }
    }),
  );
});

test('an append time that falls inside a partition is refused', () => {
  expect(() =>
    topicOf(
      stream([
        { append: 5, partition: 0 },
        { append: 4, partition: 0 },
      ]),
      1,
    ),
  ).toThrow(/append time falls/);
});
