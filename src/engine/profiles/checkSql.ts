import { formatDuration, TidemarkError } from '../../model';
import { inputsOf, type Plan, type WindowShape } from '../../sql/plan';
import { POLICIES } from './index';
import { type Profile } from '../stream/options';

/** Whether the SQL of a system has HOP of this size and slide. */
export function sqlTakesHop(profile: Profile, { size, slide }: { size: number; slide: number }): boolean {
  switch (POLICIES[profile].sqlHop.is) {
    case 'any':
      return true;
    case 'slide or more':
      return size >= slide;
    case 'multiple of slide':
      return size % slide === 0;
  }
}

/** Throws a TidemarkError for a query that the SQL of the system refuses, though its operators could run it. */
export function checkSql(plan: Plan, profile: Profile): void {
  const { system, sqlHop } = POLICIES[profile];
  for (const input of inputsOf(plan)) checkSql(input, profile);
  const shape: WindowShape | null = 'window' in plan ? plan.window : null;
  if (shape?.kind !== 'hop' || sqlTakesHop(profile, shape)) return;
  const { size, slide } = shape;
  throw new TidemarkError({
    what: `the SQL of ${system} has no HOP of this size (${sqlHop.rule})`,
    where: 'HOP',
    expected: `${sqlHop.is === 'slide or more' ? 'a size of at least' : 'a size that is a multiple of'} the slide, ${formatDuration(slide)}`,
    found: formatDuration(size),
    hint:
      slide > size
        ? 'The slide comes first: HOP(TABLE t, DESCRIPTOR(time), slide, size). Are the two exchanged?'
        : 'Take a slide that divides the size.',
  });
}
