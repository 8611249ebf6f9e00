import { MAX_TIME, MIN_TIME, takeRows } from '../../../model';
import { type Aggregate, type WindowAggregate } from '../../../sql/plan';
import { layoutOf } from '../../aggregates';
import { Collector, upTo } from '../../batch/chunk';
import { adding, GroupFinder } from '../../batch/finder';
import { bucketSort, GroupStates, keyIdsOf, keysInOrder, resultColumns } from '../../batch/groups';
import { blocking, rowPerKey, type BatchFamily, type BlockingOperator } from '../../batch/operator';
import { ordered } from '../../batch/order';
import { Slicer, Spans, mergeIntoWindows, refuseNullTime, windowRows, type SpanGroups } from '../../batch/windows';
import { PIECE, sorted } from '../../pieces';
import { PairIndex } from '../../state/pairs';
import { type Grid } from '../../stream/windows';
import { cutOf } from '../../windowing/shapes';

export const batch = {
  aggregate: blocking((node: Aggregate) => ordered(node, aggregate(node))),
  'window aggregate': blocking((node: WindowAggregate) => ordered(node, windowAggregate(node))),
} satisfies BatchFamily;

/** GROUP BY without windows. Rows in order of their keys; without keys one row, even over nothing (S16). */
function aggregate(plan: Aggregate): BlockingOperator {
  const { schema, timeColumn } = plan.input;
  const states = new GroupStates(layoutOf(plan.aggregates, schema, { timeColumn }));
  const finder = new GroupFinder(plan, null, states);
  return {
    consume: adding(finder, states),
    *finish() {
      // All rows are in one slice, so a group's number is its key's.
      const groups = plan.keys.length === 0 ? Int32Array.of(0) : yield* keysInOrder(finder.keys);
      states.reserve(groups.length);
      const keyColumns = plan.keys.length === 0 ? [] : takeRows(finder.keys.table, groups).columns;
      return rowPerKey(plan.schema, [...keyColumns, ...(yield* resultColumns(plan, states, groups))], groups);
    },
  };
}

/** GROUP BY over windows. Rows in order of window (end, then start), then key. */
function windowAggregate(plan: WindowAggregate): BlockingOperator {
  const cut = cutOf(plan.window);
  switch (cut.by) {
    case 'grid':
      return slicedAggregate(plan, cut.grid);
    case 'rows':
      return sessionAggregate(plan, cut.gap);
    case 'nothing':
      return slicedAggregate(plan, null);
  }
}

/** Rows are added to slices of time; without a grid all time is one (S2.8), complete at the end of a bounded table. */
function slicedAggregate(plan: WindowAggregate, grid: Grid | null): BlockingOperator {
  const { schema, timeColumn } = plan.input;
  const states = new GroupStates(layoutOf(plan.aggregates, schema, { timeColumn }));
  const slicer = grid && new Slicer(grid.slice, grid.offset);
  const finder = new GroupFinder(plan, slicer && { slicer, timeColumn }, states);
  return {
    consume: adding(finder, states),
    *finish() {
      const bySlice: SpanGroups = { pairs: finder.pairs, spans: slicer?.slices ?? allTime(), states };
      const isWhole = grid === null || grid.size === grid.slide;
      return yield* windowRows(plan, finder.keys, isWhole ? bySlice : yield* mergeIntoWindows(bySlice, grid));
    },
  };
}

function allTime(): Spans {
  const spans = new Spans();
  spans.numberOf(MIN_TIME, MAX_TIME);
  return spans;
}

/**
 * GROUP BY over SESSION windows. With all rows at hand, sessions are stretches of each key's rows in order of time:
 * one ends where the next row is more than the gap away (S3.1; exactly one gap apart still is one session, S3.2).
 */
function sessionAggregate(plan: WindowAggregate, gap: number): BlockingOperator {
  const { schema, timeColumn } = plan.input;
  const collector = new Collector(schema);
  return {
    consume: collector.take,
    *finish() {
      const table = collector.table();
      const { length } = table;
      const { data: time, valid } = table.columns[timeColumn];
      if (valid !== null) refuseNullTime(valid, 0, length);
      const { ids, table: keys } = keyIdsOf(plan.keys, schema, table);
      const byTime = yield* sorted(upTo(length), (a, b) => time[a] - time[b] || a - b);
      const order = bucketSort(byTime, ids, upTo(Math.max(1, keys.size)));
      const layout = layoutOf(plan.aggregates, schema, { timeColumn });
      const states = new GroupStates(layout);
      const pairs = new PairIndex();
      const spans = new Spans();
      const bases = new Int32Array(length);
      for (let first = 0; first < length;) {
        let last = first;
        const key = ids[order[first]];
        while (last + 1 < length && ids[order[last + 1]] === key && time[order[last + 1]] - time[order[last]] <= gap) {
          last += 1;
        }
        const session = pairs.numberOf(key, spans.numberOf(time[order[first]], time[order[last]] + gap));
        for (let i = first; i <= last; i += 1) bases[order[i]] = session * layout.stride;
        first = last + 1;
      }
      states.reserve(pairs.size);
      const rows = Math.max(1, Math.floor((16 * PIECE) / layout.stride));
      for (let first = 0; first < length; first += rows) {
        layout.add(states.state, bases, table, first, Math.min(length, first + rows));
        yield;
      }
      return yield* windowRows(plan, keys, { pairs, spans, states });
    },
  };
}
