import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCall, parseCall } from '../../src/notebook/calls';
import {
  EVICTORS,
  formatEvictor,
  formatTrigger,
  parseEvictor,
  parseTrigger,
  parseWatermark,
  TRIGGERS,
  WATERMARKS,
  watermarkWords,
} from '../../src/notebook/trigger';
import { type Trigger } from '../../src/engine/stream/options';
import { minutes, seconds } from '../../src/model';

const moves: [number, number][] = [[1_000, 500]];

test.each(Object.values(TRIGGERS))('the trigger %s reads back as it was', (text) => {
  const trigger = parseTrigger(text);
  expect(parseTrigger(formatTrigger(trigger))).toEqual(trigger);
});

test('S20.3 an evictor reads back as it was, and says what it cannot be', () => {
  for (const text of Object.values(EVICTORS)) expect(formatEvictor(parseEvictor(text))).toBe(text);
  expect(parseEvictor('count(2)')).toEqual({ type: 'count', keep: 2, when: 'before' });
  expect(parseEvictor('time(1 min, after)')).toEqual({ type: 'time', keep: minutes(1), when: 'after' });
  expect(() => parseEvictor('count(0)')).toThrow(/cannot|not a number that can stand here/);
  expect(() => parseEvictor('count(2, later)')).toThrow(/no moment of an evictor later/);
  expect(() => parseEvictor('cont(2)')).toThrow(/no evictor cont/);
  expect(() => parseEvictor('time')).toThrow(/does not take these arguments/);
});

test('triggers stand in one another', () => {
  expect(parseTrigger('after-watermark(early: repeat(processing-delay(1 min)), late: count(1))')).toEqual({
    type: 'after-watermark',
    early: { type: 'repeat', of: { type: 'processing-delay', delay: minutes(1) } },
    late: { type: 'count', n: 1 },
  });
});

const leaf: fc.Arbitrary<Trigger> = fc.oneof(
  fc.integer({ min: 1, max: 99 }).map((n): Trigger => ({ type: 'count', n })),
  fc.integer({ min: 1, max: 9_999_999 }).map((delay): Trigger => ({ type: 'processing-delay', delay })),
  fc.integer({ min: 1, max: 9_999_999 }).map((interval): Trigger => ({ type: 'continuous-event-time', interval })),
  fc.constantFrom<Trigger>({ type: 'window-end' }, { type: 'default' }),
);
const { tree } = fc.letrec<{ tree: Trigger }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('tree').map((of): Trigger => ({ type: 'repeat', of })),
    fc
      .record({
        type: fc.constantFrom('any', 'all', 'each'),
        of: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      })
      .map((one) => one as Trigger),
    fc.tuple(tie('tree'), tie('tree')).map(([main, until]): Trigger => ({ type: 'or-finally', main, until })),
    fc
      .tuple(fc.option(tie('tree')), fc.option(tie('tree')))
      .map(([early, late]): Trigger => ({ type: 'after-watermark', early, late })),
  ),
}));

test('every trigger is written so that it reads back', () => {
  fc.assert(
    fc.property(tree, (trigger) => {
      expect(parseTrigger(formatTrigger(trigger))).toEqual(trigger);
    }),
  );
});

test.each(Object.values(WATERMARKS))('the watermark %s is known, and has words', (text) => {
  const strategy = parseWatermark(text, { heuristic: moves });
  expect(watermarkWords(strategy)).not.toBe('');
});

test('watermarks carry their numbers', () => {
  expect(parseWatermark('percentile(99.5 %)', {})).toEqual({ type: 'percentile', share: 0.995 });
  expect(parseWatermark('micro-batch(10 s)', {})).toEqual({ type: 'micro-batch', batch: seconds(10) });
  expect(parseWatermark('given(heuristic)', { heuristic: moves })).toEqual({ type: 'given', moves });
});

test.each([
  ['cuont(3)', /no trigger cuont.*mean count/s],
  ['count', /count does not take these arguments.*count\(3\)/s],
  ['count(0)', /whole number of events/],
  ['count(three)', /whole number of events/],
  ['processing-delay(0 s)', /without length/],
  ['repeat(count(1)', /comma or a closing bracket.*the end/s],
  ['repeat()', /a name or a value/],
  ['any(count(1))', /does not take these arguments/],
  ['after-watermark(soon: count(1))', /does not take these arguments/],
  ['after-watermark(early: count(1), early: count(2))', /does not take these arguments/],
  ['count(1) or else', /not read as|expected/],
  [`${'repeat('.repeat(40)}count(1)${')'.repeat(40)}`, /fewer brackets/],
])('the trigger %s is refused', (text, message) => {
  expect(() => parseTrigger(text)).toThrow(message);
});

test.each([
  ['percentile(0)', /not a share/],
  ['percentile(101 %)', /not a share/],
  ['given(oracle)', /no watermark oracle.*heuristic/s],
  ['perfetc', /no watermark perfetc.*mean perfect/s],
])('the watermark %s is refused', (text, message) => {
  expect(() => parseWatermark(text, { heuristic: moves })).toThrow(message);
});

test('any text is read or refused, and what is read is written again', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '(', ')', ',', ':', ' ', '1', ' min', '-') }), (text) => {
      let call;
      try {
        call = parseCall(text);
      } catch (error) {
        expect(error).toHaveProperty('facts');
        return;
      }
      expect(parseCall(formatCall(call))).toEqual(call);
    }),
    { numRuns: 2_000 },
  );
});
