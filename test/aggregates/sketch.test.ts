import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../src/engine/aggregates';
import { hashNumber, HyperLogLog } from '../../src/aggregates/sketch';
import { BIGINT, field, makeColumn, tableOf } from '../../src/model';
import { type AggregateCall } from '../../src/sql/plan';
import { column } from '../support/plans';

const ids = [field('id', BIGINT)];
const calls: AggregateCall[] = [
  {
    name: 'APPROX_COUNT_DISTINCT',
    argument: column(ids, 'id'),
    distinct: false,
    filter: null,
    type: BIGINT,
    text: 'APPROX_COUNT_DISTINCT(id)',
  },
];

describe('S15.2 the sketch', () => {
  test.each([0, 1, 10, 1_000, 5_000, 10_000, 20_000, 100_000])('of %i values is within four standard errors', (n) => {
    const layout = layoutOf(calls, ids);
    const state = new Float64Array(layout.stride);
    layout.init(state, 0);
    const rows = tableOf(
      ids,
      Array.from({ length: n }, (_, i) => [i * 7 + 1]),
    );
    layout.add(state, new Int32Array(n), rows, 0, n);
    const out = makeColumn(BIGINT, 1);
    layout.result(state, 0, [out], 0);
    expect(Math.abs(out.data[0] - n)).toBeLessThanOrEqual(4 * (1.04 / 64) * n);
    layout.add(state, new Int32Array(n), rows, 0, n);
    const again = makeColumn(BIGINT, 1);
    layout.result(state, 0, [again], 0);
    expect(again.data[0]).toBe(out.data[0]);
  });

  test('has no bias: over many sketches the mean error is far below the error of one', () => {
    for (const n of [500, 8_000, 12_000, 40_000]) {
      let error = 0;
      for (let trial = 0; trial < 20; trial += 1) {
        const sketch = new HyperLogLog();
        for (let i = 0; i < n; i += 1) sketch.raise(placeOf(sketch, trial * 1e6 + i));
        error += (sketch.estimate() - n) / n / 20;
      }
      expect(Math.abs(error)).toBeLessThan(0.012);
    }
  });

  test('two zeros are one value', () => {
    const sketch = new HyperLogLog();
    expect(placeOf(sketch, -0)).toBe(placeOf(sketch, 0));
  });
});

function placeOf(sketch: HyperLogLog, value: number): number {
  const [high, low] = hashNumber(value);
  return sketch.place(high, low);
}
