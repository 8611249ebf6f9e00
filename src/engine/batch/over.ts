import { TidemarkError, makeColumn, takeRows, type Column, type Table } from '../../model';
import { type Edge, type Frame, type Over } from '../../sql/plan';
import { layoutOf } from '../aggregates';
import { compile } from '../expression';
import { KeyTable } from '../keys';
import { type Breaker } from './aggregate';
import { Collector, lazily, type Identities, type Origin } from './chunk';
import { frameOf, type MovingFrame } from './frame';
import { bucketSort, ranks, upTo } from './groups';
import { refuseNullTime } from './windows';

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
      const time = timesOf(plan, input);
      const order = totalOrder(time, origin, rows);
      const keyIds = keysOf(plan, input);
      const byKey = bucketSort(order, keyIds.ids, upTo(keyIds.count));
      const results = plan.aggregates.map((call) => makeColumn(call.type, input.length));
      rollOver(plan, edge, takeRows(input, byKey), ranks(order), byKey, keyIds.ids, results);
      const columns = [...takeRows(input, order).columns, ...results];
      const table = { schema: plan.schema, columns, length: input.length };
      return { table, origin: reordered(origin, rows, order) };
    },
  };
}

function timesOf({ input }: Over, table: Table): Float64Array {
  if (input.timeColumn < 0) {
    throw new TidemarkError({ what: 'OVER needs an event-time column to order by', where: 'OVER' });
  }
  const column = table.columns[input.timeColumn];
  if (column.valid !== null) refuseNullTime(column.valid, 0, table.length);
  return column.data as Float64Array;
}

/** Row numbers by (event time, append time, partition, offset); where the origin has no log, its own order breaks ties. */
export function totalOrder(time: Float64Array, { append, id1, id2 }: Identities, rows: Int32Array): Int32Array {
  const order = upTo(rows.length);
  const compare = (a: number, b: number): number => {
    if (time[a] !== time[b]) return time[a] - time[b];
    const x = rows[a];
    const y = rows[b];
    if (append === null) return x - y;
    return append[x] - append[y] || id1[x] - id1[y] || id2[x] - id2[y] || x - y;
  };
  for (let row = 1; row < rows.length; row += 1) if (compare(row - 1, row) > 0) return order.sort(compare);
  return order;
}

function keysOf({ partitionBy, input }: Over, table: Table): { ids: Int32Array; count: number } {
  const fields = partitionBy.map((key, i) => ({ name: `key ${i + 1}`, type: key.type, nullable: true }));
  const keys = new KeyTable(fields);
  const ids = new Int32Array(table.length);
  const columns = partitionBy.map((key) => compile(key, input.schema)(table, 0, table.length));
  keys.intern(columns, 0, table.length, ids);
  return { ids, count: keys.size };
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

/** The origin of the rows as they now stand; its own order is the total order already. */
function reordered(origin: Identities, rows: Int32Array, order: Int32Array): Origin {
  const take = (values: Float64Array): Float64Array => {
    const taken = new Float64Array(order.length);
    for (let i = 0; i < order.length; i += 1) taken[i] = values[rows[order[i]]];
    return taken;
  };
  return lazily(() => ({
    id0: take(origin.id0),
    id1: take(origin.id1),
    id2: take(origin.id2),
    append: origin.append && take(origin.append),
  }));
}
