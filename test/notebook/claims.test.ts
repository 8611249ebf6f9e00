import { describe, expect, test } from 'vitest';
import { CLAIM_NAMES, minutes, parseTime, TidemarkError } from '../../src/model';
import { claimOf } from '../../src/notebook/claims';
import { type Cell } from '../../src/notebook/document';
import { STORY_DAY } from '../../src/notebook/item';
import { parseLesson } from '../../src/notebook/parse';
import { cellsOf } from '../../src/notebook/settle';
import { PLACE } from './sample';

const DOCUMENT = `---
title: Claims
part: time
minutes: 5
summary: Claims that may be false.
misconceptions: [M3]
---
\`\`\`scenario id=shops title="Two shops"
streams:
  sales:
    columns: {shop: STRING, amount: "DECIMAL(10,2)", ts: TIMESTAMP}
    key: shop
    partitions: 2
    events:
      - {at: "10:00", shop: A, amount: 20.00}
      - {at: "10:01", arrives: "10:03", shop: B, amount: 30.00}
      - {at: "10:02", shop: C, amount: 30.00}
\`\`\`

\`\`\`sql id=sold reads=shops wait=0s title="Sales per minute"
SELECT window_start, window_end, SUM(amount) AS sold
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`claim id=known name=late-is-dropped title="Late?"
\`\`\`

\`\`\`claim id=own reads=sold
text: Nothing is lost.
holds: dropped = 0
against: {lateness: 1 min}
free: {wait: [0 s, 1 min]}
misconception: M3
\`\`\`

\`\`\`orders id=every reads=sold title="Every order"
\`\`\`
`;

const parse = (text: string) => parseLesson(text, PLACE);
const cell = <K extends Cell['kind']>(text: string, id: string, kind: K): Extract<Cell, { kind: K }> =>
  cellsOf(parse(text)).find((one): one is Extract<Cell, { kind: K }> => one.kind === kind && one.id === id)!;
const clock = (text: string): number => parseTime(text, STORY_DAY);

test('a known claim brings its own run', () => {
  const { kind: _kind, id, title, reads, line: _line, ...body } = cell(DOCUMENT, 'known', 'claim');
  expect([id, title, reads]).toEqual(['known', 'Late?', null]);
  expect(body).toEqual(claimOf('late-is-dropped'));
  expect(body.misconception).toBe('M3');
});

test.each(CLAIM_NAMES)('%s can be written', (name) => {
  expect(cell(DOCUMENT.replace('name=late-is-dropped', `name=${name}`), 'known', 'claim').name).toBe(name);
});

test('a claim of a lesson takes what it does not say from the events of its scenario', () => {
  expect(cell(DOCUMENT, 'own', 'claim')).toEqual({
    kind: 'claim',
    id: 'own',
    line: 29,
    title: '',
    reads: 'sold',
    spec: null,
    misconception: 'M3',
    name: null,
    text: 'Nothing is lost.',
    holds: 'dropped = 0',
    finding: null,
    against: { lateness: '1 min' },
    free: { wait: ['0 s', '1 min'] },
    grid: {
      times: ['10:00', '10:01', '10:02'].map(clock),
      delays: [0, minutes(2), minutes(4)],
      values: { sales: { shop: ['A', 'B'], amount: [2_000, 3_000] } },
    },
    most: 6,
    seed: 1,
  });
});

test('a claim of a lesson may say everything', () => {
  const text = `holds: dropped = 0
times: ["09:00", "09:01"]
delays: [0 s, 5 min]
values: {sales: {amount: [1.50]}}
events: 3
says: "{dropped} lost"
seed: 9`;
  expect(cell(DOCUMENT.replace('holds: dropped = 0', text), 'own', 'claim')).toMatchObject({
    grid: {
      times: ['09:00', '09:01'].map(clock),
      delays: [0, minutes(5)],
      values: { sales: { shop: ['A', 'B'], amount: [150] } },
    },
    most: 3,
    finding: '{dropped} lost',
    seed: 9,
  });
});

test('orders name a run', () => {
  expect(cell(DOCUMENT, 'every', 'orders')).toMatchObject({ reads: 'sold', title: 'Every order' });
});

/** What went wrong, with the text that the error points at. */
function failure(text: string) {
  try {
    parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TidemarkError)) throw thrown;
    const { place } = thrown.facts;
    return { ...thrown.facts, at: place ? text.slice(place.from).split('\n')[0] : '' };
  }
  throw new Error('the document was accepted');
}

const MANY = Array.from({ length: 5 }, (_, i) => `      - {at: "10:1${i}", shop: A, amount: 1.00}`).join('\n');
const TABLE = `    table: credit_card_transactions
    columns: [card, amount, ts]
    key: card`;

describe('broken cells', () => {
  test.each([
    ['name=late-is-dropped', 'name=late-is-droped', /name is not known/, 'late-is-droped', /mean late-is-dropped/],
    ['name=late-is-dropped', 'name=late-is-dropped reads=sold', /two runs/, 'late-is-dropped', null],
    ['claim id=known name=late-is-dropped', 'claim id=known', /about nothing/, 'claim id=known', null],
    ['claim id=own reads=sold', 'claim id=own reads=shops', /shops is not a sql cell/, 'shops', null],
    ['text: Nothing is lost.\n', '', /text is missing/, 'holds', /Add text/],
    ['holds: dropped = 0', 'holds: droped = 0', /holds: .*droped/, 'droped = 0', /dropped/],
    [
      'holds: dropped = 0\nagainst: {lateness: 1 min}',
      'holds: other_late = 0',
      /second run, but there is none/,
      'other_late',
      null,
    ],
    ['{lateness: 1 min}', '{latenes: 1 min}', /unknown key latenes/, 'latenes', /mean lateness/],
    ['{lateness: 1 min}', '{lateness: soon}', /lateness: /, 'soon', null],
    ['[0 s, 1 min]', '[0 s, soon]', /not a duration/, 'soon', null],
    ['misconception: M3', 'misconception: M4', /not known/, 'M4', null],
    ['misconception: M3', 'events: 7', /out of range/, '7', null],
    ['misconception: M3', 'values: {sales: {price: [1]}}', /unknown key price/, 'price', null],
    ['misconception: M3', 'delays: [0 s, -1 s]', /out of range|negative/, '-1 s', null],
    ['orders id=every reads=sold', 'orders id=every reads=shops', /not a sql cell/, 'shops', null],
    ['      - {at: "10:02", shop: C, amount: 30.00}', MANY, /too many events for every order/, 'sold title', null],
    ['title="Every order"\n', 'title="Every order"\nfast: true\n', /unknown key fast/, 'fast', null],
    [
      '    columns: {shop: STRING, amount: "DECIMAL(10,2)", ts: TIMESTAMP}\n    key: shop',
      TABLE,
      /come from a table/,
      'sold',
      null,
    ],
  ] as const)('%s → %s', (piece, by, what, at, hint) => {
    let text = DOCUMENT;
    if (by === TABLE)
      text = text
        .replace('preset: none', 'preset: page')
        .replace('streams:', 'data: {preset: page, seed: 1}\nstreams:')
        .replace(/ {4}events:\n(?: {6}-.*\n)+/, '');
    expect(text).toContain(piece);
    const wrong = failure(text.replace(piece, by));
    expect(wrong.what).toMatch(what);
    expect(wrong.at.startsWith(at), `${wrong.at} should begin with ${at}`).toBe(true);
    if (hint) expect(wrong.hint).toMatch(hint);
  });
});
