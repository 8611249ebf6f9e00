import { aggregateOf } from '../../aggregates';
import { MIN_TIME, takeRows, type Table } from '../../model';
import { type Aggregate, type Plan, type WindowAggregate } from '../../sql/plan';
import { keyedResult } from '../nodes';
import { sorted, type Pieces } from '../pieces';
import { type BlockingOperator } from './operator';
import { Collector, lazily, pushTable, upTo, type Identities, type Origin } from './chunk';
import { refuseNullTime } from './windows';

/** Event time of the rows of a node; where it carries none all are of one time. */
export function timesOf({ timeColumn }: Plan, table: Table): Float64Array {
  if (timeColumn < 0) return new Float64Array(table.length).fill(MIN_TIME);
  const column = table.columns[timeColumn];
  if (column.valid !== null) refuseNullTime(column.valid, 0, table.length);
  return column.data as Float64Array;
}

/**
 * Compares rows by (event time, append time, partition, offset) (S19). `keyed` results go by their key instead of
 * by a log; where there is neither, rows go by their own order. `rows`: row numbers in the origin.
 */
export function totalComparer(
  time: Float64Array,
  { append, id0, id1, id2 }: Identities,
  rows: Int32Array,
  keyed: boolean,
): (a: number, b: number) => number {
  const byKey = append === null && keyed;
  return (a, b) => {
    if (time[a] !== time[b]) return time[a] - time[b];
    const x = rows[a];
    const y = rows[b];
    if (byKey) return id0[x] - id0[y] || id1[x] - id1[y] || id2[x] - id2[y] || x - y;
    if (append === null) return x - y;
    return append[x] - append[y] || id1[x] - id1[y] || id2[x] - id2[y] || x - y;
  };
}

/** Row numbers in the total order. */
export function* totalOrder(
  time: Float64Array,
  origin: Origin,
  rows: () => Int32Array,
  keyed = false,
): Pieces<Int32Array> {
  const order = upTo(time.length);
  // Most rows arrive in order with distinct times, so their identities are rarely needed.
  if (ascends(time)) return order;
  const compare = totalComparer(time, origin(), rows(), keyed);
  for (let row = 1; row < time.length; row += 1) if (compare(row - 1, row) > 0) return yield* sorted(order, compare);
  return order;
}

/** Whether each time from row `from` on is behind the one before it: then the total order is the rows' own. */
export function ascends(time: Float64Array, from = 0): boolean {
  for (let row = Math.max(1, from); row < time.length; row += 1) if (time[row - 1] >= time[row]) return false;
  return true;
}

/** An aggregate whose value depends on the order of its rows takes them in the total order (S19). */
export function ordered(
  { aggregates, input }: Aggregate | WindowAggregate,
  operator: BlockingOperator,
): BlockingOperator {
  const matters = aggregates.some(({ name }) => aggregateOf(name).byTime);
  return matters ? inTotalOrder(input, operator) : operator;
}

/** A blocking operator for which the order of its rows counts: they are held back, and pushed in total order. */
function inTotalOrder(input: Plan, operator: BlockingOperator): BlockingOperator {
  const collector = new Collector(input.schema);
  return {
    consume: collector.take,
    *finish() {
      const { table, order, origin } = yield* collected(input, collector);
      yield* pushTable(takeRows(table, order), origin, operator.consume);
      return yield* operator.finish();
    },
  };
}

/** All rows of an input, their total order, and the origin that they have in it. */
export function* collected(
  input: Plan,
  collector: Collector,
): Pieces<{ table: Table; order: Int32Array; origin: Origin }> {
  const table = collector.table();
  const { origin } = collector;
  const rows = (): Int32Array => collector.rows();
  const order = yield* totalOrder(timesOf(input, table), origin, rows, keyedResult(input));
  return { table, order, origin: lazily(() => reordered(origin(), rows(), order)) };
}

/** The origin of chosen rows as they now stand. */
export function reordered(origin: Identities, rows: Int32Array, order: Int32Array): Identities {
  const take = (values: Float64Array): Float64Array => {
    const taken = new Float64Array(order.length);
    for (let i = 0; i < order.length; i += 1) taken[i] = values[rows[order[i]]];
    return taken;
  };
  return {
    id0: take(origin.id0),
    id1: take(origin.id1),
    id2: take(origin.id2),
    append: origin.append && take(origin.append),
  };
}
