import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TidemarkError } from '../../src/model';
import { parse, SAMPLE } from '../notebook/sample';

const PIECES = [
  '```',
  '---',
  '[[',
  ']]',
  '{',
  '}',
  ': ',
  '"',
  "'",
  '\n',
  '\t',
  '$',
  '&a ',
  '*a',
  '!!str ',
  '0',
  '-1',
  'null',
  '~',
  '[',
  ']',
  '#',
  '<b>',
  '\u2028',
  '\0',
  '- ',
  '1e309',
  ':late[',
  '%TAG',
  '|',
  '>',
  '? ',
  '...',
];

/** One change to the text: a piece put in, cut out, doubled or moved. */
const change = fc.record({
  at: fc.nat(SAMPLE.length),
  length: fc.nat(30),
  how: fc.constantFrom('put', 'cut', 'double', 'move'),
  piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6, unit: 'grapheme' })),
});

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(text: string, { at, length, how, piece }: Change): string {
  const slice = text.slice(at, at + length);
  if (how === 'put') return text.slice(0, at) + piece + text.slice(at);
  if (how === 'cut') return text.slice(0, at) + text.slice(at + length);
  if (how === 'double') return text.slice(0, at) + slice + text.slice(at);
  return text.slice(0, at) + text.slice(at + length) + slice;
}

function accepts(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof TidemarkError)) throw thrown;
    const { what, where, place } = thrown.facts;
    expect(what && where && place).toBeTruthy();
    expect(place!.from).toBeLessThanOrEqual(place!.to);
    return false;
  }
}

test('a lesson that is changed anywhere is read, or refused with a place', () => {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      if (accepts(changes.reduce(apply, SAMPLE))) accepted += 1;
      else refused += 1;
    }),
    { numRuns: process.env.LONG ? 5_000 : 700, seed: 11 },
  );
  expect(accepted).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});

test('text that is no lesson at all is refused, or read as prose', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      accepts(text);
      accepts(`---\ntitle: x\nminutes: 1\n---\n${text}`);
    }),
    { numRuns: 500, seed: 12 },
  );
});

test('nesting that is absurdly deep is refused', () => {
  expect(accepts(SAMPLE.replace('task: Lose nothing.', `task: ${'['.repeat(20_000)}`))).toBe(false);
  expect(accepts(`---\ntitle: x\nminutes: 1\n---\n${'> '.repeat(5_000)}x`)).toBe(true);
});

test('Windows line ends and a byte order mark change nothing', () => {
  expect(parse(`\uFEFF${SAMPLE.replaceAll('\n', '\r\n')}`)).toEqual(parse(SAMPLE));
});
