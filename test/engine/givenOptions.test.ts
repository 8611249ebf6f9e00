import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULTS, field, runStream, STRING, TidemarkError, TIMESTAMP, type Trigger } from '../../src';
import { givenOptions } from '../../src/engine/givenOptions';

const clicks = {
  schema: [field('k', STRING), field('ts', TIMESTAMP)],
  rows: [
    ['a', 0],
    ['a', 12_000],
    ['a', 5_000],
  ],
};
const sql = `SELECT k, window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND))
  GROUP BY k, window_start, window_end`;
const run = (options: object) => runStream({ sql, streams: { clicks }, options }).changes;

test('an option that is undefined is as if left out', () => {
  const names = [...Object.keys(DEFAULTS), 'end', 'trace'];
  for (const name of names) expect(run({ [name]: undefined }), name).toEqual(run({}));
});

test('every option takes its default', () => {
  expect(givenOptions(DEFAULTS)).toEqual(DEFAULTS);
});

test.each([
  [{ latness: 5 }, 'there is no option latness; expected an option of a run, found latness. Did you mean lateness?'],
  [{ toString: 5 }, 'there is no option toString'],
  [{ lateness: '10' }, "lateness: this is no value of the option; expected a whole number of milliseconds, found '10'"],
  [
    { wait: '5s' },
    "wait: this is no value of the option; expected a whole number of milliseconds, or null, found '5s'",
  ],
  [{ profile: 'Flink' }, "expected flink or beam or kafka or spark, found 'Flink'"],
  [{ profile: null }, 'expected flink or beam or kafka or spark, found null'],
  [{ time: 'wall' }, "expected event or processing, found 'wall'"],
  [{ upsert: 1 }, 'upsert: this is no value of the option; expected true or false, found 1'],
  [{ end: 'no' }, "end: this is no value of the option; expected true or false, found 'no'"],
  [{ ttl: Infinity }, 'found Infinity'],
  [{ trigger: { type: 'nope' } }, "trigger: this is no value of the option; expected a trigger {type: 'window-end' |"],
  [{ trigger: { type: 'count' } }, 'found {"type":"count"}'],
  [{ trigger: { type: 'count', n: 0 } }, 'found {"type":"count","n":0}'],
  [{ trigger: { type: 'count', n: 1, of: 2 } }, 'expected a trigger'],
  [{ trigger: { type: 'repeat', of: { type: 'any', of: [] } } }, 'expected a trigger'],
  [{ watermark: { type: 'given', moves: [[1]] } }, 'expected a watermark strategy'],
  [{ evictor: { type: 'time', keep: 5 } }, 'expected an evictor'],
])('%o is refused', (options, message) => {
  expect(() => run(options)).toThrow(message);
});

test('triggers of triggers are taken', () => {
  const count: Trigger = { type: 'count', n: 2 };
  const triggers: Trigger[] = [
    { type: 'repeat', of: { type: 'any', of: [count, { type: 'processing-delay', delay: 5 }] } },
    {
      type: 'or-finally',
      main: { type: 'repeat', of: count },
      until: { type: 'after-watermark', early: null, late: null },
    },
  ];
  for (const trigger of triggers) expect(givenOptions({ trigger })).toEqual({ trigger });
});

test('whatever is given, a run answers or says what is wrong', () => {
  const name = fc.constantFrom(...Object.keys(DEFAULTS), 'end', 'trace');
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(undefined, NaN, Infinity, -1, 0.5, 1, 'flink', 'count', {}, []),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 3 }), (options) => {
      try {
        run(options);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TidemarkError);
      }
    }),
  );
});

test('a trigger that contains itself, or whose numbers cannot be written down, is refused', () => {
  const circle: { type: string; of?: unknown } = { type: 'repeat' };
  circle.of = circle;
  let deep: Trigger = { type: 'count', n: 2 };
  for (let i = 0; i < 10_000; i += 1) deep = { type: 'repeat', of: deep };
  expect(() => run({ trigger: circle })).toThrow('trigger: this is no value of the option');
  expect(() => run({ trigger: deep })).toThrow('trigger: this is no value of the option');
  expect(() => run({ trigger: { type: 'count', n: 5n } })).toThrow('found {"type":"count","n":"5n"}');
});
