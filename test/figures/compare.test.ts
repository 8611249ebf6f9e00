import { expect, test } from 'vitest';
import { answersAt, changesOf, chosenIn, eventsTable, reasonOf, stoodAt, whereOf } from '../../src/figures/compare';
import { FIGURES, type WhyTarget } from '../../src/figures';
import { readWindows } from '../../src/figures/part';
import { BIGINT, decimal, field, MAX_TIME, MIN_TIME, minutes, STRING, tableOf, TIMESTAMP } from '../../src/model';
import { type ComparedCell, type Comparison, type EndDifference } from '../../src/session/protocol';
import { snapshotOf, tunnel } from '../support/snapshot';
import { drawComponent, options, violations, type Anything } from './draw.svelte';

const dropped: EndDifference = {
  cause: 'late dropped',
  rule: 'S5.1',
  topic: null,
  profiles: null,
  events: [
    {
      values: [{ name: 'amount', value: 500, type: decimal(10, 2) }],
      time: 180_000,
      processing: 480_000,
      fates: ['too late', 'late, counted'],
    },
  ],
  more: 0,
};

const cell = (stands: [number, string][][], differs: ComparedCell['differs']): ComparedCell => ({
  key: { card: 1, city: null },
  values: [{ name: 'card', value: 1, type: BIGINT }],
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
  sessions: false,
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
  expect(reasonOf({ ...dropped, topic: 'touching', profiles: ['flink', 'beam'] }, ['one', 'other'])).toEqual([
    'one: Two events exactly one gap apart are one session.',
    'other: Two events exactly one gap apart are two sessions.',
  ]);
  const table = eventsTable(dropped, 'Flink', 'Beam');
  expect(table.rows).toEqual([['amount €5.00', '00:03:00', '00:08:00', 'too late', 'late, counted']]);
  expect(table.columns).toEqual(['event', 'event time', 'arrived', 'for Flink', 'for Beam']);
});

test('pictures are narrowed to what all of their tables can be asked for, in the units of a document', () => {
  const shop = { ...cell([], []), key: { card: 1, price: 950, city: null } };
  const priced = [field('Card', BIGINT), field('price', decimal(10, 2)), field('city', STRING, true)];
  expect(whereOf(shop, [priced])).toEqual({ card: 1, price: 9.5 });
  expect(whereOf(shop, [priced, [field('card', BIGINT)]])).toEqual({ card: 1 });
  expect(whereOf(shop, [[field('sold', BIGINT)]])).toEqual({});
});

test('what is chosen is one window of one key; of sessions all that the cell holds', () => {
  const one = { ...cell([], []), key: { card: 1 }, start: 0, end: 300_000 };
  const window = (card: number, start: number, end: number): WhyTarget => ({
    kind: 'window',
    key: { card },
    start,
    end,
  });
  const told = (sessions: boolean, ...targets: WhyTarget[]) => targets.map(chosenIn(one, sessions));
  const targets = [window(1, 0, 300_000), window(1, 0, 120_000), window(2, 0, 300_000), window(1, 300_000, 600_000)];
  expect(told(false, ...targets)).toEqual([true, false, false, false]);
  expect(told(true, ...targets)).toEqual([true, true, false, false]);
  expect(told(false, window(1, MIN_TIME, MAX_TIME))).toEqual([true]);
  expect(
    told(
      false,
      { kind: 'row', row: { sold: 5 }, span: [0, 300_000] },
      { kind: 'row', row: { card: 2 }, span: [0, 300_000] },
      { kind: 'row', row: { card: 1 } },
      { kind: 'watermark', watermark: 0 },
    ),
  ).toEqual([true, false, false, false]);
});

test.each(['event-time-plane', 'window-lanes', 'state-table', 'result-table', 'changelog'] as const)(
  '%s outlines the chosen window, and no other',
  async (figure) => {
    const snapshot = snapshotOf({ payments: tunnel, now: 13, lateness: minutes(10) });
    const [{ keyValues: key, start, end }] = readWindows(snapshot.parts['f.windows']);
    const { component } = FIGURES[figure];
    const chosen = chosenIn({ ...cell([], []), key, start, end }, false);
    const props = { snapshot, options: options({ limit: 2 }), width: 720, name: 'f', chosen };
    const { box, all, set } = drawComponent(component as unknown as Anything, props, 720);
    const outlined = all('[aria-current="true"]');
    expect(outlined.length).toBeGreaterThan(0);
    for (const one of outlined) expect(one.getAttribute('aria-label') ?? one.textContent).toContain(String(key.card));
    if (figure !== 'changelog') expect(outlined).toHaveLength(1);
    expect(await violations(box)).toEqual([]);
    set({ chosen: undefined });
    expect(all('[aria-current]')).toEqual([]);
  },
);
