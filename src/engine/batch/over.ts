import { TidemarkError, makeColumn, takeRows, type Column, type Table } from '../../model';
import { keyedResult, type Edge, type Frame, type Over } from '../../sql/plan';
import { layoutOf } from '../aggregates';
import { type Breaker } from './aggregate';
import { Collector, lazily } from './chunk';
import { frameOf, type MovingFrame } from './frame';
import { bucketSort, ranks, upTo } from './groups';
import { reordered, timesOf, totalOrder } from './order';
import { keyIdsOf } from './partitions';

/**
 * Rolling aggregates: each row once, with the aggregates of its frame, in the total order of S19.
 *
 * Rows are laid out by key and, within a key, in total order; then one frame moves over each key's stretch of rows.
 */
export function over(plan: Over, edge: Edge): Breaker {
  const collector = new Collector(plan.input.schema);
  return {
    consume: collector.take,
    finish() {
      const input = collector.table();
      const origin = collector.origin();
      const rows = collector.rows();
      if (plan.input.timeColumn < 0) {
        throw new TidemarkError({ what: 'OVER needs an event-time column to order by', where: 'OVER' });
      }
      const order = totalOrder(timesOf(plan.input, input), origin, rows, keyedResult(plan.input));
      const { ids, table: keys } = keyIdsOf(plan.partitionBy, plan.input.schema, input);
      const byKey = bucketSort(order, ids, upTo(keys.size));
      const results = plan.aggregates.map((call) => makeColumn(call.type, input.length));
      rollOver(plan, edge, takeRows(input, byKey), ranks(order), byKey, ids, results);
      const columns = [...takeRows(input, order).columns, ...results];
      const table = { schema: plan.schema, columns, length: input.length };
      return { table, origin: lazily(() => reordered(origin, rows, order)) };
    },
  };
}

/** `rows` by key and time; row i of it answers at place `placeOf[byKey[i]]` of the results. */
function rollOver(
  { frame, aggregates, input }: Over,
  edge: Edge,
  rows: Table,
  placeOf: Int32Array,
  byKey: Int32Array,
  ids: Int32Array,
  results: Column[],
): void {
  const time = rows.columns[input.timeColumn].data as Float64Array;
  const moving = frameOf(layoutOf(aggregates, input.schema), rows, frame.preceding === null);
  const answer = (row: number): void => moving.result(results, placeOf[byKey[row]]);
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && ids[byKey[end]] === ids[byKey[start]]) end += 1;
    moving.restart(start);
    if (frame.unit === 'rows') moveByRows(moving, frame.preceding, start, end, answer);
    else moveByTime(moving, frame, edge, time, start, end, answer);
    start = end;
  }
}

function moveByRows(
  moving: MovingFrame,
  preceding: number | null,
  start: number,
  end: number,
  answer: (row: number) => void,
): void {
  for (let row = start; row < end; row += 1) {
    moving.extend(row + 1);
    if (preceding !== null && row - preceding > start) moving.shrink(row - preceding);
    answer(row);
  }
}

/** Peers (rows of one time) enter together and share one result (S7.1). */
function moveByTime(
  moving: MovingFrame,
  { preceding }: Frame,
  edge: Edge,
  time: Float64Array,
  start: number,
  end: number,
  answer: (row: number) => void,
): void {
  let oldest = start;
  for (let row = start; row < end;) {
    const now = time[row];
    let peers = row + 1;
    while (peers < end && time[peers] === now) peers += 1;
    const newest = edge === 'open-right' ? row : peers;
    moving.extend(newest);
    if (preceding !== null) {
      const least = now - preceding;
      while (oldest < newest && (edge === 'open-left' ? time[oldest] <= least : time[oldest] < least)) oldest += 1;
      moving.shrink(oldest);
    }
    for (let peer = row; peer < peers; peer += 1) answer(peer);
    row = peers;
  }
}
