import { MAX_TIME, MIN_TIME, takeRows } from '../../model';
import { type Aggregate, type GridShape, type WindowAggregate } from '../../sql/plan';
import { layoutOf } from '../aggregates';
import { type Breaker } from './breaker';
import { CHUNK_ROWS, lazily, type Consumer } from './chunk';
import { GroupFinder } from './finder';
import { GroupStates, keysInOrder } from './groups';
import { sessionAggregate } from './sessions';
import { Slicer, Spans, mergeIntoWindows, sliceOf, type SpanGroups } from './windows';
import { resultColumns, windowRows } from './windowRows';

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
