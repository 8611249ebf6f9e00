import { expect, test } from 'vitest';
import { minutes, MONEY, seconds, type Value } from '../../src/model';
import { betHolds, judge, type Ask } from '../../src/notebook/check';
import { type Check, type Query } from '../../src/notebook/document';
import { fillValues } from '../../src/notebook/fill';
import { proseNodes } from '../support/lessons';
import { parse, SAMPLE } from './sample';

const final: Query = { ask: 'final', of: 'spend', where: {}, column: 'spend', set: {} };
const dropped: Query = { ask: 'metric', of: 'spend', metric: 'dropped', set: {} };
const check = (is: Check['is'], more: Partial<Check> = {}): Check => ({
  name: 'c',
  query: final,
  unit: MONEY,
  is,
  message: '',
  ...more,
});
const answers =
  (value: Value): Ask =>
  async () =>
    value;

test.each([
  ['=', 4_000, true],
  ['=', 4_001, false],
  ['<=', 4_000, true],
  ['<=', 3_999, false],
  ['>=', 4_000, true],
  ['<', 4_000, false],
  ['<', 4_001, true],
  ['>', 3_999, true],
  ['>', 4_000, false],
] as const)('4000 %s %i is %s', async (op, value, passed) => {
  const [verdict] = await judge({ checks: [check({ op, value })] }, answers(4_000));
  expect(verdict.passed).toBe(passed);
});

test('a value that is not there passes nothing but a claim that it is not there', async () => {
  const passed = async (is: Check['is']) => (await judge({ checks: [check(is)] }, answers(null)))[0].passed;
  expect(await passed({ op: '<=', value: 9 })).toBe(false);
  expect(await passed({ op: '>=', value: 0 })).toBe(false);
  expect(await passed({ op: '=', value: null })).toBe(true);
});

test('equals batch asks the same question again, of a batch run', async () => {
  const asked: Query[] = [];
  const ask: Ask = async (query) => {
    asked.push(query);
    return 'set' in query && query.set.run === 'batch' ? 10_200 : 6_200;
  };
  const [verdict] = await judge({ checks: [check({ op: 'equals', run: 'batch' })] }, ask);
  expect(asked).toEqual([final, { ...final, set: { run: 'batch' } }]);
  expect(verdict).toMatchObject({ passed: false, found: '€62.00', message: 'spend: wanted €102.00, found €62.00.' });
});

test('agreement of the whole result is one question', async () => {
  const agrees: Check = {
    ...check({ op: 'equals', run: 'batch' }),
    query: { ask: 'agrees', of: 'spend', set: {} },
    unit: 'boolean',
  };
  expect((await judge({ checks: [agrees] }, answers(true)))[0].passed).toBe(true);
  const [verdict] = await judge({ checks: [agrees] }, answers(false));
  expect(verdict).toMatchObject({ passed: false, message: expect.stringContaining('differs') });
});

test('the author’s message is filled in', async () => {
  const one = check(
    { op: '<=', value: seconds(90) },
    { query: dropped, unit: 'duration', message: '{found} is more than {wanted}.' },
  );
  const [verdict] = await judge({ checks: [one] }, answers(minutes(3)));
  expect(verdict.message).toBe('3 min is more than 1 min 30 s.');
});

test('a message says what was claimed', async () => {
  const [verdict] = await judge(
    { checks: [check({ op: '<=', value: 2 }, { query: dropped, unit: 'number' })] },
    answers(5),
  );
  expect(verdict.message).toBe('Dropped: wanted at most 2, found 5.');
});

test('a bet holds within its tolerance', () => {
  expect(betHolds({ tolerance: 0 }, 36.5, 36.5 + 1e-12)).toBe(true);
  expect(betHolds({ tolerance: 0 }, 36.5, 36.6)).toBe(false);
  expect(betHolds({ tolerance: 0.2 }, 36.5, 36.6)).toBe(true);
  expect(betHolds({ tolerance: 9 }, 'a', 'b')).toBe(false);
  expect(betHolds({ tolerance: 9 }, null, 0)).toBe(false);
});

test('values in prose are filled in by their unit, and the lesson stays as it was', async () => {
  const lesson = parse(SAMPLE);
  const filled = await fillValues(lesson, async (query) => (query.ask === 'final' ? 10_200 : 3));
  const texts = (blocks: typeof lesson.blocks) =>
    blocks
      .flatMap((one) => (one.block === 'prose' ? proseNodes(one.nodes) : []))
      .flatMap((node) => (node.tag === 'value' ? [node.text] : []));
  expect(texts(filled.blocks)).toEqual(['€102.00', '3']);
  expect(texts(lesson.blocks)).toEqual(['', '']);
});

test('S4.11 an empty pane in prose holds nothing; one that was never said is an error', async () => {
  const lesson = parse(SAMPLE.replace('[[count: spend]]', '[[pane: spend, n: 1]]'));
  const panes =
    (count: number): Ask =>
    async ({ ask }) =>
      ask === 'panes' ? count : ask === 'pane' ? null : 10_200;
  const [value] = (await fillValues(lesson, panes(2))).blocks
    .flatMap((one) => (one.block === 'prose' ? proseNodes(one.nodes) : []))
    .filter((node) => node.tag === 'value' && node.query.ask === 'pane');
  expect(value).toMatchObject({ text: 'nothing' });
  await expect(fillValues(lesson, panes(1))).rejects.toThrow(/late: a value in prose has no answer/);
});

test('a value in prose that is not there is an error', async () => {
  await expect(fillValues(parse(SAMPLE), answers(null))).rejects.toThrow(/late: a value in prose has no answer/);
});
