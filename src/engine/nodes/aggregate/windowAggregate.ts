import { TidemarkError } from '../../../model';
import { type Aggregate, type WindowAggregate } from '../../../sql/plan';
import { layoutOf } from '../../aggregates';
import { POLICIES } from '../../profiles';
import { slotsOf } from '../../state/room';
import { type Context, type Operator } from '../../stream/operator';
import { type StreamOptions } from '../../stream/options';
import { assignerOf } from '../../windowing/assign';
import { cutOf, MOST_WINDOWS_PER_ROW } from '../../windowing/shapes';
import { explainNode } from '..';
import { WindowOperator } from './windowOperator';
import { SlicedWindowAggregateOperator } from './slicedWindowAggregate';

/** Of all windows of a row: it is added to each of them in one go. */
const MOST_SLOTS_PER_ROW = 2_000_000;

/** The fast operator wherever it can do what is asked. */
export const windowAggregate = (node: WindowAggregate, options: StreamOptions, context: Context): Operator =>
  isCommon(node, options)
    ? new SlicedWindowAggregateOperator(node, options.lateness, context)
    : windowOperator(node, options, context);

/** One firing at the end and one per late row, on a fixed grid in event time, with plain numbers and few slices. */
function isCommon({ window, aggregates, input }: WindowAggregate, options: StreamOptions): boolean {
  const { profile, time, trigger, accumulation, evictor } = options;
  if (evictor || time !== 'event' || POLICIES[profile].lateElement.is !== 'at once') return false;
  if (trigger !== null && trigger.type !== 'window-end') return false;
  if (accumulation !== null && accumulation !== 'retracting') return false;
  const cut = cutOf(window);
  return (
    cut.by === 'grid' &&
    cut.grid.width <= MOST_WINDOWS_PER_ROW &&
    layoutOf(aggregates, input.schema, { timeColumn: input.timeColumn }).flat
  );
}

/** A GROUP BY without windows, but with a trigger, is one window of all time (S2.8). */
export function windowOperator(node: WindowAggregate | Aggregate, options: StreamOptions, context: Context): Operator {
  const { profile } = options;
  if (node.node === 'window aggregate') checkWindowsOfRow(node, options);
  const shape = node.node === 'aggregate' ? ({ kind: 'global' } as const) : node.window;
  const settings = {
    ...options,
    assigner: assignerOf(shape, POLICIES[profile]),
    streamTime: node.node === 'window aggregate' && POLICIES[profile].watermark.is === 'none',
  };
  return new WindowOperator(node, settings, context);
}

function checkWindowsOfRow(node: WindowAggregate, { profile }: StreamOptions): void {
  const { window, aggregates, input } = node;
  const cut = cutOf(window, POLICIES[profile]);
  if (cut.by !== 'grid') return;
  const layout = layoutOf(aggregates, input.schema, { timeColumn: input.timeColumn });
  const windows = Math.ceil(cut.grid.size / cut.grid.slide);
  if (slotsOf(windows, layout) <= MOST_SLOTS_PER_ROW) return;
  throw new TidemarkError({
    what: 'every row would be in too many windows for so many aggregates',
    where: explainNode(node),
    found: `${windows} windows of ${layout.stride} numbers${layout.flat ? '' : ' and collections'} each`,
    hint: 'Use a longer slide, shorter windows, or fewer aggregates.',
  });
}
