import { MAX_TIME, MIN_TIME } from '../../../model';
import { type GridShape, type WindowAggregate } from '../../../sql/plan';
import { layoutOf } from '../../aggregates';
import { adding, GroupFinder } from '../../batch/finder';
import { GroupStates } from '../../batch/groups';
import { blocking, type BatchFamily, type BlockingOperator } from '../../batch/operator';
import { ordered } from '../../batch/order';
import { Slicer, Spans, mergeIntoWindows, sliceOf, type SpanGroups } from '../../batch/windows';
import { windowRows } from './batchRows';
import { sessionAggregate } from './batchSessions';

export const batch = {
  'window aggregate': blocking((node: WindowAggregate) => ordered(node, windowAggregate(node))),
} satisfies BatchFamily;

/** GROUP BY over windows. Rows in order of window (end, then start), then key. */
function windowAggregate(plan: WindowAggregate): BlockingOperator {
  switch (plan.window.kind) {
    case 'session':
      return sessionAggregate(plan, plan.window.gap);
    case 'global':
      return globalAggregate(plan);
    default:
      return gridAggregate(plan, plan.window);
  }
}

function gridAggregate(plan: WindowAggregate, window: GridShape): BlockingOperator {
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
function globalAggregate(plan: WindowAggregate): BlockingOperator {
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
