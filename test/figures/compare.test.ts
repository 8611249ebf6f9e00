import { expect, test } from 'vitest';
import { answersAt, changesOf, eventsTable, keyOf, reasonOf, stoodAt } from '../../src/figures/compare';
import { BIGINT, field, tableOf, TIMESTAMP } from '../../src/model';
import { type ComparedCell, type Comparison, type EndDifference } from '../../src/session/protocol';

const dropped: EndDifference = {
  cause: 'late dropped',
  rule: 'S5.1',
  topic: null,
  says: null,
  events: [{ says: 'amount €5.00', time: 180_000, processing: 480_000, fates: ['too late', 'late, counted'] }],
  more: 0,
};

const cell = (stands: [number, string][][], differs: ComparedCell['differs']): ComparedCell => ({
  key: { card: 1, city: null },
  says: 'card 1',
  start: 0,
  end: 300_000,
  stands: stands.map((history) => history.map(([processing, text]) => ({ processing, text }))),
  differs,
});

const comparison = (cells: ComparedCell[]): Comparison => ({
  runs: [],
  clock: tableOf(
    [field('processing', TIMESTAMP), field('run0', BIGINT)],
    [1, 2, 3, 4, 5].map((time) => [time, time]),
  ),
  keys: ['card', 'city'],
  cells,
  more: 0,
});

const tagsAt = (one: Comparison, time: number) =>
  answersAt(one, time).map(({ answers }) => answers.map(({ text, cause, rule }) => [text, cause, rule].join(' ')));

test('a run that has not spoken yet is not yet closed; one that will correct itself is stale; then its cause is known', () => {
  const one = comparison([
    cell(
      [
        [[2, '€30.00']],
        [
          [3, '€30.00'],
          [4, '€35.00'],
        ],
      ],
      [null, dropped],
    ),
  ]);
  expect(tagsAt(one, 1)).toEqual([['  ', '  ']]);
  expect(tagsAt(one, 2)).toEqual([['€30.00  ', ' not yet closed ']]);
  expect(tagsAt(one, 3)).toEqual([['€30.00  ', '€30.00  ']]);
  expect(tagsAt(one, 4)).toEqual([['€30.00  ', '€35.00 late dropped S5.1']]);
});

test('what differs for a while only is stale, and no difference in the end', () => {
  const one = comparison([
    cell(
      [
        [[1, 'a']],
        [
          [1, 'b'],
          [3, 'a'],
        ],
      ],
      [null, null],
    ),
  ]);
  expect(tagsAt(one, 2)).toEqual([['a  ', 'b stale ']]);
  expect(answersAt(one, 3)[0]).toMatchObject({ differs: false, answers: [{ cause: null }, { cause: null }] });
});

test('before the first event nothing stands, and what is taken back stands no more', () => {
  const history = [
    { processing: 2, text: 'a' },
    { processing: 4, text: '' },
  ];
  expect([-Infinity, 2, 3, 4].map((time) => stoodAt(history, time))).toEqual(['', 'a', 'a', '']);
});

test('the clock stops where an answer changes', () => {
  expect(changesOf(comparison([cell([[[2, 'a']], [[5, 'a']]], [null, null])]))).toEqual([1, 4]);
});

test('a difference is told in sentences, and its events as a table', () => {
  expect(reasonOf(dropped, ['Flink', 'Beam'])).toEqual([expect.stringMatching(/dropped an event.*\.$/)]);
  expect(reasonOf({ ...dropped, says: ['One.', 'Two.'] }, ['Flink', 'Beam'])).toEqual(['Flink: One.', 'Beam: Two.']);
  const table = eventsTable(dropped, 'Flink', 'Beam');
  expect(table.rows).toEqual([['amount €5.00', '00:03:00', '00:08:00', 'too late', 'late, counted']]);
  expect(table.columns).toEqual(['event', 'event time', 'arrived', 'for Flink', 'for Beam']);
  expect(keyOf(cell([], []))).toEqual({ card: 1 });
});
