import { TidemarkError } from '../../model';
import { type AggregateLayout } from '../aggregates';

/** Float64 slots of one operator's groups; beyond this a run is refused, with advice, before the tab runs out of memory. */
export const MOST_SLOTS = 48_000_000;
/** What an object behind a slot takes, in slots. */
const OBJECT_SLOTS = 48;

/** What so many groups take, in slots. */
export const slotsOf = (groups: number, { stride, flat }: AggregateLayout): number =>
  groups * stride * (flat ? 1 : OBJECT_SLOTS);

/** Throws a TidemarkError where so many groups are too many to keep. */
export function checkRoom(groups: number, layout: AggregateLayout, where: string): void {
  if (slotsOf(groups, layout) <= MOST_SLOTS) return;
  const { stride, flat } = layout;
  throw new TidemarkError({
    what: 'the aggregates need more memory than a page should take',
    where,
    found: `${groups} groups of ${stride} numbers${flat ? '' : ' and collections'}`,
    hint: 'Use fewer aggregates, fewer keys, longer windows, or a shorter allowed lateness.',
  });
}
