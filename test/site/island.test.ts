import { expect, test } from 'vitest';
import { Dictionary, field, MONEY, STRING, tableOf } from '../../src/model';
import { decodeIsland, encodeIsland } from '../../src/site/island';

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
