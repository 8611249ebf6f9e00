import { MAX_TIME, MIN_TIME, TIMESTAMP, makeColumn, takeRows, type Column, type Table } from '../../model';
import { type Aggregate, type GridShape, type WindowAggregate } from '../../sql/plan';
import { lastOf } from '../grid';
import { layoutOf } from '../aggregates';
import { type KeyTable } from '../keys';
import { type PairIndex } from '../pairs';
import { CHUNK_ROWS, lazily, type Consumer, type Origin } from './chunk';
import { GroupFinder } from './finder';
import { GroupStates, bucketSort, keysInOrder, ranks, upTo } from './groups';
import { sessionAggregate } from './sessions';
import { Slicer, Spans, mergeIntoWindows, sliceOf, type SpanGroups } from './windows';

/** An operator that answers only when it has seen all: rows go in, and at the end a table comes out. */
export interface Breaker {
  consume: Consumer;
  finish(): { table: Table; origin: Origin };
}

/** GROUP BY without windows. Rows in order of their keys; without keys one row, even over nothing (S16). */
export function aggregate(plan: Aggregate): Breaker {
  const { schema, timeColumn } = plan.input;
  const states = new GroupStates(layoutOf(plan.aggregates, schema, { timeColumn }));
  const finder = new GroupFinder(plan, null, states);
  return {
    consume: adding(finder, states),
    finish() {
      // All rows are in one slice, so a group's number is its key's.
      const groups = plan.keys.length === 0 ? Int32Array.of(0) : keysInOrder(finder.keys);
      states.reserve(groups.length);
      const keyColumns = plan.keys.length === 0 ? [] : takeRows(finder.keys.table, groups).columns;
      const columns = [...keyColumns, ...resultColumns(plan, states, groups)];
      const zero = new Float64Array(groups.length);
      const origin = lazily(() => ({ id0: new Float64Array(groups), id1: zero, id2: zero, append: null }));
      return { table: { schema: plan.schema, columns, length: groups.length }, origin };
    },
  };
}

/** GROUP BY over windows. Rows in order of window (end, then start), then key. */
export function windowAggregate(plan: WindowAggregate): Breaker {
  switch (plan.window.kind) {
    case 'session':
      return sessionAggregate(plan, plan.window.gap);
    case 'global':
      return globalAggregate(plan);
    default:
      return gridAggregate(plan, plan.window);
  }
}

function gridAggregate(plan: WindowAggregate, window: GridShape): Breaker {
  const { input } = plan;
  const layout = layoutOf(plan.aggregates, input.schema, { timeColumn: input.timeColumn });
  const states = new GroupStates(layout);
  const slice = sliceOf(window);
  const slicer = new Slicer(slice, window.offset);
  const finder = new GroupFinder(plan, { slicer, timeColumn: input.timeColumn }, states);
  return {
    consume: adding(finder, states),
    finish() {
      const bySlice: SpanGroups = { pairs: finder.pairs, spans: slicer.slices, states };
      const groups = window.kind === 'tumble' ? bySlice : mergeIntoWindows(bySlice, window, slice, layout);
      return windowRows(plan, finder.keys, groups);
    },
  };
}

/** One window of all time (S2.8): at the end of a bounded table it is complete. */
function globalAggregate(plan: WindowAggregate): Breaker {
  const { input } = plan;
  const states = new GroupStates(layoutOf(plan.aggregates, input.schema, { timeColumn: input.timeColumn }));
  const finder = new GroupFinder(plan, null, states);
  const spans = new Spans();
  spans.numberOf(MIN_TIME, MAX_TIME);
  return {
    consume: adding(finder, states),
    finish: () => windowRows(plan, finder.keys, { pairs: finder.pairs, spans, states }),
  };
}

function adding(finder: GroupFinder, states: GroupStates): Consumer {
  const bases = new Int32Array(CHUNK_ROWS);
  return (chunk) => {
    finder.find(chunk, bases);
    states.layout.add(states.state, bases, chunk, 0, chunk.length);
  };
}

/** The rows of finished windows, in order of window (end, then start), then key. */
export function windowRows(
  plan: WindowAggregate,
  keyTable: KeyTable,
  { pairs, spans, states }: SpanGroups,
): ReturnType<Breaker['finish']> {
  const order = groupsInOrder(pairs, spans, keyTable);
  const keyIds = new Int32Array(order.length);
  const start = makeColumn(TIMESTAMP, order.length);
  const end = makeColumn(TIMESTAMP, order.length);
  const time = makeColumn(TIMESTAMP, order.length);
  for (let row = 0; row < order.length; row += 1) {
    const span = pairs.rights[order[row]];
    keyIds[row] = pairs.lefts[order[row]];
    start.data[row] = spans.starts[span];
    end.data[row] = spans.ends[span];
    time.data[row] = lastOf(spans.ends[span]);
  }
  const columns = [
    ...takeRows(keyTable.table, keyIds).columns,
    start,
    end,
    time,
    ...resultColumns(plan, states, order),
  ];
  const origin = lazily(() => ({
    id0: new Float64Array(keyIds),
    id1: start.data as Float64Array,
    id2: end.data as Float64Array,
    append: null,
  }));
  return { table: { schema: plan.schema, columns, length: order.length }, origin };
}

/** Two stable sorts by small numbers: by place of the key, then by place of the window. */
function groupsInOrder(pairs: PairIndex, { starts, ends }: Spans, keys: KeyTable): Int32Array {
  const keyRank = ranks(keysInOrder(keys));
  const spanRank = ranks(upTo(starts.length).sort((a, b) => ends[a] - ends[b] || starts[a] - starts[b]));
  const byKey = bucketSort(upTo(pairs.size), pairs.lefts, keyRank);
  return bucketSort(byKey, pairs.rights, spanRank);
}

function resultColumns(
  plan: Aggregate | WindowAggregate,
  { state, layout }: GroupStates,
  groups: Int32Array,
): Column[] {
  const columns = plan.aggregates.map((call) => makeColumn(call.type, groups.length));
  const bases = groups.map((group) => group * layout.stride);
  layout.results(state, bases, bases.length, columns, 0);
  return columns;
}
