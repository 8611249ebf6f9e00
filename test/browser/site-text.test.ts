import { expect, test } from 'vitest';
import { Dictionary, field, MONEY, STRING, tableOf, TIMESTAMP } from '../../src/model';
import { type Block, type Cell } from '../../src/notebook/document';
import { askedFor } from '../../src/site/embed';
import { highlight } from '../../src/site/highlight';
import { decodeIsland, encodeIsland } from '../../src/site/island';
import { SharedParts } from '../../src/site/parts';
import { readField, showField } from '../../src/site/player/field';
import { sectionsOf } from '../../src/site/scenes';
import { readUnit } from '../../src/site/unit';

test('an island gives back tables, dictionaries and every number', () => {
  const table = tableOf(
    [field('card', STRING), field('amount', MONEY, true)],
    [
      ['a', 1],
      ['b', null],
      ['a', 3],
    ],
  );
  const given = {
    table,
    odd: new Float64Array([NaN, -Infinity, -0, 0.1]),
    $key: 'stays',
    codes: new Int32Array([1, -2]),
  };
  const back = decodeIsland<typeof given>(encodeIsland(given));
  expect(back.table.columns[0].dictionary).toBeInstanceOf(Dictionary);
  expect(back.table.columns[0].dictionary?.strings).toEqual(['a', 'b']);
  expect([...back.table.columns[1].data]).toEqual([1, 0, 3]);
  expect([...(back.table.columns[1].valid ?? [])]).toEqual([1, 0, 1]);
  expect([...back.odd].map((one) => Object.is(one, -0) || one)).toEqual([NaN, -Infinity, true, 0.1]);
  expect(back.$key).toBe('stays');
  expect(back.codes).toBeInstanceOf(Int32Array);
});

test('an island leaves out what lies behind a table, and cannot end its script element', () => {
  const table = tableOf([field('text', STRING)], [['</script><script>alert(1)</script>']]);
  table.columns[0].data = new Int32Array(64);
  const text = encodeIsland({ table });
  expect(text).not.toContain('<');
  expect(decodeIsland<{ table: typeof table }>(text).table.columns[0].data.length).toBe(1);
});

test('an island with a key __proto__ pollutes nothing', () => {
  const back = decodeIsland<Record<string, unknown>>('{"__proto__": {"polluted": true}}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(Object.keys(back)).toEqual(['__proto__']);
});

test('highlighting loses no character', () => {
  const sql = "SELECT a, 'it''s' -- why\nFROM t WHERE x >= 1.5 AND \"odd\" 'open";
  const text = highlight(sql).map((line) => line.map((piece) => piece.text).join(''));
  expect(text.join('\n')).toBe(sql);
  expect(highlight(sql)[0].find((piece) => piece.kind === 'comment')?.text).toBe('-- why');
});

test('highlighting knows keywords and functions by how they are written', () => {
  const sql = 'SELECT MEDIAN(amount) FROM payments WHERE CAST(x AS DECIMAL(10, 2)) > 1 GROUP BY card';
  const words = highlight(sql)[0].filter((piece) => piece.kind === 'keyword');
  expect(words.map((piece) => piece.text)).toEqual(['SELECT', 'MEDIAN', 'FROM', 'WHERE', 'CAST', 'AS', 'GROUP', 'BY']);
});

test('answers are read in the unit that is asked for', () => {
  expect(readUnit('€36', MONEY)).toBe(3600);
  expect(readUnit('1,036.50', MONEY)).toBe(103_650);
  expect(readUnit('90 s', 'duration')).toBe(90_000);
  expect(readUnit('98 %', 'share')).toBe(0.98);
  expect(readUnit('180,000', 'number')).toBe(180_000);
  expect(() => readUnit('soon', 'number')).toThrow('a number');
  expect(() => readUnit('', MONEY)).toThrow('DECIMAL(10,2)');
});

test('a field is shown as it may be typed again', () => {
  for (const [value, type] of [
    [-4050, MONEY],
    [1_793_613_600_250, TIMESTAMP],
    ['x', STRING],
  ] as const) {
    expect(readField(showField(value, type), field('f', type))).toBe(value);
  }
  expect(() => readField('1.234', field('amount', MONEY))).toThrow('column amount');
});

const cell = (id: string, kind: Cell['kind'], figure = ''): Block => ({
  block: 'cell',
  cell: { id, kind, figure } as unknown as Cell,
});

test('cells between prose stand together, at most one wide picture in each scene, exercises alone, no picture behind a bet', () => {
  const prose: Block = { block: 'prose', nodes: [] };
  const blocks = [cell('a', 'sql'), cell('b', 'figure', 'event-time-plane'), cell('c', 'figure', 'state-table')];
  const more = [cell('d', 'figure', 'log-tape'), cell('e', 'exercise'), prose, cell('f', 'predict')];
  const behind = [cell('g', 'figure', 'event-time-plane')];
  const ids = sectionsOf([...blocks, ...more, ...behind]).map((one) =>
    one.section === 'prose' ? 'prose' : one.cells.map(({ id }) => id).join(''),
  );
  expect(ids).toEqual(['abc', 'd', 'e', 'prose', 'f', 'g']);
});

test('equal requests of two cells are asked once, and each cell finds its own names', () => {
  const shared = new SharedParts();
  shared.add('plane', { 'plane.events': { part: 'events' } });
  shared.add('tape', { 'tape.events': { part: 'events' }, 'tape.dropped': { part: 'dropped' } });
  expect(Object.values(shared.requests)).toEqual([{ part: 'events' }, { part: 'dropped' }]);
  const parts = Object.fromEntries(Object.keys(shared.requests).map((name) => [name, { name }]));
  const view = shared.viewOf('tape', { parts } as never);
  expect(view.parts).toEqual({ 'tape.events': { name: 'p0' }, 'tape.dropped': { name: 'p1' } });
});

test('an embed says what its address lacks', () => {
  const at = (query: string) => askedFor(new URL(`https://x.test/embed.html${query}`));
  expect(at('?lesson=late&figure=plane&step=3')).toEqual({ lesson: 'late', figure: 'plane', step: 2 });
  expect(() => at('')).toThrow('names no lesson');
  expect(() => at('?lesson=../../etc')).toThrow('not the name of a lesson');
  expect(at('?lesson=late&step=-9e9').step).toBe(null);
});
