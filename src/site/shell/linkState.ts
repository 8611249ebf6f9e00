import type { LinkState } from '../keep';
import { type Notebook } from '../notebook.svelte';

/** What a link to the page as it is now has to say. */
export function linkStateOf({ lesson, seed, knobs, edits, forks, compares, bets, runs }: Notebook): LinkState {
  const all = Object.values(runs);
  const clocks = all.flatMap(({ cell, clock: { name } }) => (name === 'processing' ? [] : [[cell.id, name] as const]));
  const moments = all.flatMap(({ cell, moved, snapshot }) =>
    moved && snapshot ? [[cell.id, [snapshot.input, snapshot.ordinal] as const] as const] : [],
  );
  const locked = Object.entries(bets).flatMap(([id, bet]) => (bet.locked ? [[id, bet.value] as const] : []));
  return {
    lesson: lesson.slug,
    seed,
    knobs,
    edits,
    forks,
    moment: Object.fromEntries(moments),
    clock: Object.fromEntries(clocks),
    place: Object.fromEntries(Object.entries(compares).map(([id, { at }]) => [id, at])),
    bets: Object.fromEntries(locked),
  };
}
