import { describe, expect, test } from 'vitest';
import { runBatch, type BatchTable } from '../../../../../src/engine/batch';
import { BIGINT, field, STRING, tableOf, TIMESTAMP, type Schema, type Value } from '../../../../../src/model';
import { type Plan } from '../../../../../src/sql/plan';
import { asof, regular, temporal } from '../../../../support/joins';
import { rowsOf, scan } from '../../../../support/plans';

const ORDERS: Schema = [field('k', STRING, true), field('id', BIGINT), field('ts', TIMESTAMP, true)];
const RATES: Schema = [field('rk', STRING, true), field('rate', BIGINT), field('rts', TIMESTAMP, true)];
const orders = scan('orders', ORDERS, 'ts');
const rates = scan('rates', RATES, 'rts');
const keys: [string, string][] = [['k', 'rk']];

function run(plan: Plan, left: Value[][], right: Value[][], append?: number[]): Value[][] {
  const tables: Record<string, BatchTable> = {
    orders: tableOf(ORDERS, left),
    rates: { ...tableOf(RATES, right), ...(append && { append: Float64Array.from(append) }) },
  };
  return rowsOf(runBatch(plan, (name) => tables[name]).table);
}

describe('as-of and temporal joins of whole tables', () => {
  test('S9.1 each row sees the version of its time, in the total order of the left side', () => {
    const plan = temporal(orders, rates, { kind: 'left', keys });
    const left = [
      ['a', 1, 30],
      ['a', 2, 9],
      ['a', 3, 10],
    ];
    const right = [
      ['a', 200, 20],
      ['a', 100, 10],
    ];
    expect(run(plan, left, right)).toEqual([
      ['a', 2, 9, null, null, null],
      ['a', 3, 10, 'a', 100, 10],
      ['a', 1, 30, 'a', 200, 20],
    ]);
  });

  test('S9.6 of two versions with one time the one that was appended last wins, wherever it is stored', () => {
    const plan = temporal(orders, rates, { keys });
    const right = [
      ['a', 200, 10],
      ['a', 100, 10],
    ];
    expect(run(plan, [['a', 1, 10]], right, [50, 40])).toEqual([['a', 1, 10, 'a', 200, 10]]);
    expect(run(plan, [['a', 1, 10]], right)).toEqual([['a', 1, 10, 'a', 100, 10]]);
  });

  test('S9.7 for a batch, now is the end', () => {
    const plan = temporal(orders, rates, { keys }, 'processing');
    const right = [
      ['a', 200, 20],
      ['a', 100, 10],
    ];
    expect(run(plan, [['a', 1, 0]], right)).toEqual([['a', 1, 0, 'a', 200, 20]]);
  });

  test('S9.8 of right rows with one time the last counts, on either side', () => {
    const right = [
      ['a', 1, 10],
      ['a', 2, 10],
      ['a', 3, 20],
      ['a', 4, 20],
    ];
    const chosen = (match: '<' | '<=' | '>' | '>=', time: number): Value | undefined =>
      run(asof(orders, rates, match, { keys }), [['a', 0, time]], right)[0]?.[4];
    expect([chosen('<', 20), chosen('<=', 20), chosen('>', 10), chosen('>=', 10)]).toEqual([2, 4, 4, 2]);
    expect([chosen('<', 10), chosen('>', 20)]).toEqual([undefined, undefined]);
  });

  test('S9.8 null keys and null times never match', () => {
    const left = [
      ['a', 1, null],
      [null, 2, 10],
    ];
    const right = [
      ['a', 1, null],
      [null, 2, 5],
    ];
    expect(run(asof(orders, rates, '<=', { kind: 'left', keys }), left, right)).toEqual([
      ['a', 1, null, null, null, null],
      [null, 2, 10, null, null, null],
    ]);
    expect(() => run(temporal(orders, rates, { keys }), left, right)).toThrow('a row has no event time');
  });

  test('a join on time without a time column is refused with what to do', () => {
    const timeless = { ...rates, timeColumn: -1 };
    expect(() => run(asof(orders, timeless, '<=', { keys }), [], [])).toThrow(
      /needs an event-time column on both sides.*Keep the time column/,
    );
  });

  test('rows of a pair are known by their numbers', () => {
    const tables: Record<string, BatchTable> = {
      orders: tableOf(ORDERS, [
        ['a', 1, 0],
        ['b', 2, 0],
      ]),
      rates: tableOf(RATES, [
        ['b', 9, 0],
        ['c', 8, 0],
      ]),
    };
    const { id0, id1 } = runBatch(regular(orders, rates, { kind: 'full', keys }), (name) => tables[name]).identities();
    expect([...id0]).toEqual([0, 1, -1]);
    expect([...id1]).toEqual([-1, 0, 1]);
  });
});
