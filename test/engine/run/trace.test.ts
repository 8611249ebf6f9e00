import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Trace } from '../../../src/engine/run/trace';
import { STEP_KINDS, stepCode } from '../../../src/model';

type Words = [kind: number, operator: number, input: number, key: number, row: number, a: number, b: number];
interface Written {
  words: Words;
  values: number[];
}

const runs = process.env.LONG ? 20_000 : 1_000;
const whole = fc.integer({ min: -2, max: 40_000 });
const time = fc.oneof(fc.integer({ min: -100_000, max: 4_000_000_000_000 }), fc.constantFrom(0, -1));
const written = fc.record({
  words: fc.tuple(fc.nat(STEP_KINDS.length - 1), fc.nat(9), fc.nat(20), whole, whole, time, time),
  values: fc.array(fc.oneof(time, fc.constant(NaN)), { maxLength: 3 }),
});

/** Inputs come in order. */
const inOrder = (steps: Written[]): Written[] => [...steps].sort((x, y) => x.words[2] - y.words[2]);

function hashOf(steps: Written[]): string {
  const trace = new Trace();
  for (const { words, values } of steps) {
    const [kind, operator, input, key, row, a, b] = words;
    trace.add(kind, operator, input, key, a, b, row, values);
    trace.endRange(input, input);
  }
  return trace.hash;
}

test('any word or value of any step changes the hash', () => {
  fc.assert(
    fc.property(
      fc.array(written, { minLength: 1, maxLength: 12 }),
      fc.nat(),
      fc.nat(),
      fc.nat(50),
      (some, which, where, by) => {
        const steps = inOrder(some);
        const { words, values } = steps[which % steps.length];
        const before = hashOf(steps);
        const place = where % (words.length + values.length);
        const list = place < words.length ? words : values;
        const at = place < words.length ? place : place - words.length;
        list[at] = Number.isNaN(list[at]) ? by : list[at] + by + 1;
        // A kind and an operator are a byte each.
        if (place < 2) list[at] %= 256;
        expect(hashOf(steps)).not.toBe(before);
      },
    ),
    { numRuns: runs },
  );
});

test('two steps that change places change the hash', () => {
  const one: Written = { words: [1, 1, 0, 5, -1, 0, 60_000], values: [1, 200] };
  const other: Written = { words: [1, 1, 0, 6, -1, 0, 60_000], values: [1, 200] };
  expect(hashOf([one, other])).not.toBe(hashOf([other, one]));
});

test('numbers that are equal hash the same: one zero, one NaN', () => {
  const step = (zero: number, none: number): Written[] => [
    { words: [0, 0, 0, 0, 0, zero, zero], values: [none, zero] },
  ];
  const otherNaN = new Float64Array(new Uint32Array([0, 0xfff80000]).buffer)[0];
  expect(hashOf(step(-0, otherNaN))).toBe(hashOf(step(0, NaN)));
});

test('a step by its name and by its code is the same step, asked for at any time', () => {
  const named = new Trace();
  const coded = new Trace();
  for (let input = 0; input < 3; input += 1) {
    named.add('state written', 1, input, 2, 3, 4, 5, [6]);
    named.endRange(input, input);
    expect(named.hash).toMatch(/^[0-9a-f]{16}$/);
    coded.add(stepCode('state written'), 1, input, 2, 3, 4, 5, [6]);
  }
  coded.endRange(0, 2);
  expect(coded.hash).toBe(named.hash);
});
