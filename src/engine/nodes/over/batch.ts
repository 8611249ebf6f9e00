import { aggregateOf } from '../../../aggregates';
import {
  TidemarkError,
  makeColumn,
  readValue,
  takeRows,
  writeValue,
  type Column,
  type Duration,
  type Schema,
  type Table,
} from '../../../model';
import { type AggregateCall, type Edge, type Over } from '../../../sql/plan';
import { layoutOf } from '../../aggregates';
import { compile } from '../../expression';
import { boundsOf, type Bounds } from '../../frames/bounds';
import { piecesOf } from '../../frames/frames';
import { lagOf } from '../../frames/lags';
import { PIECE, type Pieces } from '../../pieces';
import { blocking, type BatchFamily, type BlockingOperator, type Job } from '../../batch/operator';
import { Collector, upTo } from '../../batch/chunk';
import { frameOf, type MovingFrame } from '../../batch/movingFrame';
import { bucketSort, keyIdsOf, ranks } from '../../batch/groups';
import { collected } from '../../batch/order';

export const batch = {
  over: blocking(over),
} satisfies BatchFamily;

/**
 * Rolling aggregates: each row once, with the aggregates of its frame, in the total order of S19.
 *
 * Rows are laid out by key and, within a key, in total order; then one frame moves over each key's stretch of rows.
 */
function over(plan: Over, { edge, hop }: Job): BlockingOperator {
  const collector = new Collector(plan.input.schema);
  return {
    consume: collector.take,
    *finish() {
      if (plan.input.timeColumn < 0) {
        throw new TidemarkError({ what: 'OVER needs an event-time column to order by', where: 'OVER' });
      }
      const { table: input, order, origin } = yield* collected(plan.input, collector);
      const { ids, table: keys } = keyIdsOf(plan.partitionBy, plan.input.schema, input);
      const byKey = bucketSort(order, ids, upTo(keys.size));
      const results = plan.aggregates.map((call) => makeColumn(call.type, input.length));
      yield* rollOver(plan, edge, hop, takeRows(input, byKey), ranks(order), byKey, ids, results);
      const columns = [...takeRows(input, order).columns, ...results];
      const table = { schema: plan.schema, columns, length: input.length };
      return { table, origin };
    },
  };
}

/** `rows` by key and time; row i of it answers at place `placeOf[byKey[i]]` of the results. */
function* rollOver(
  { frame, aggregates, input }: Over,
  edge: Edge,
  hop: Duration | null,
  rows: Table,
  placeOf: Int32Array,
  byKey: Int32Array,
  ids: Int32Array,
  results: Column[],
): Pieces {
  const { timeColumn } = input;
  const time = rows.columns[timeColumn].data as Float64Array;
  const inFrame = aggregates.map(({ name }) => aggregateOf(name).fold !== null);
  const calls = aggregates.filter((_, i) => inFrame[i]);
  let layout = layoutOf(calls, input.schema, { timeColumn });
  // Objects are too much to hold one of for each row, as a frame of MIN and MAX alone does.
  if (!layout.flat) layout = layoutOf(calls, input.schema, { timeColumn, retracting: true });
  const moving = frameOf(layout, rows, frame.preceding === null);
  const answers = results.filter((_, i) => inFrame[i]);
  const piece = piecesOf(layout);
  const answer = (row: number): boolean => {
    moving.result(answers, placeOf[byKey[row]]);
    return row % piece === 0;
  };
  const bounds = boundsOf(frame.preceding, edge, hop);
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && ids[byKey[end]] === ids[byKey[start]]) end += 1;
    moving.restart(start);
    if (frame.unit === 'rows') yield* moveByRows(moving, frame.preceding, start, end, answer);
    else yield* moveByTime(moving, bounds, time, start, end, answer);
    start = end;
  }
  for (const [i, call] of aggregates.entries())
    if (!inFrame[i]) yield* lag(call, input.schema, rows, placeOf, byKey, ids, results[i]);
}

/** The value some rows earlier in the partition; null counts as a value. */
function* lag(
  call: AggregateCall,
  schema: Schema,
  rows: Table,
  placeOf: Int32Array,
  byKey: Int32Array,
  ids: Int32Array,
  result: Column,
): Pieces {
  const { rows: back, otherwise } = lagOf(call);
  const values = compile(call.argument!, schema)(rows, 0, rows.length);
  for (let row = 0; row < rows.length; row += 1) {
    const there = row >= back && ids[byKey[row - back]] === ids[byKey[row]];
    writeValue(result, placeOf[byKey[row]], there ? readValue(values, row - back) : otherwise);
    if (row % PIECE === 0) yield;
  }
}

/** `answer` says where the frame may be left; so in `moveByTime`. */
function* moveByRows(
  moving: MovingFrame,
  preceding: number | null,
  start: number,
  end: number,
  answer: (row: number) => boolean,
): Pieces {
  for (let row = start; row < end; row += 1) {
    yield* moving.extend(row + 1);
    if (preceding !== null && row - preceding > start) yield* moving.shrink(row - preceding);
    if (answer(row)) yield;
  }
}

/** Peers (rows of one time) enter together and share one result (S7.1). */
function* moveByTime(
  moving: MovingFrame,
  { least, most }: Bounds,
  time: Float64Array,
  start: number,
  end: number,
  answer: (row: number) => boolean,
): Pieces {
  let oldest = start;
  let newest = start;
  for (let row = start; row < end; row += 1) {
    const now = time[row];
    if (row === start || now !== time[row - 1]) {
      while (newest < end && time[newest] <= most(now)) newest += 1;
      yield* moving.extend(newest);
      while (oldest < newest && time[oldest] < least(now)) oldest += 1;
      yield* moving.shrink(oldest);
    }
    if (answer(row)) yield;
  }
}
