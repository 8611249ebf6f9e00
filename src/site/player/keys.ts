import { type Run } from '../run.svelte';

/** The keys of the player, in words. */
export const KEYS = [
  { keys: 'space', does: 'play or pause' },
  { keys: '←  →', does: 'one step back, one step forward' },
  { keys: 'shift + ←  →', does: 'previous moment, next moment' },
  { keys: 'home  end', does: 'first step, last step' },
  { keys: '/', does: 'this help' },
] as const;

/** Fields in which keys mean text or choice, not the player. */
const TYPING =
  'input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=true], .editor, dialog';

/** Whether the key was one of the player's. `onhelp` opens the list of keys. */
export function handleKey(event: KeyboardEvent, run: Run | null, onhelp: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(TYPING)) return false;
  const action = actionOf(event, target, run, onhelp);
  if (!action) return false;
  event.preventDefault();
  action();
  return true;
}

function actionOf(
  event: KeyboardEvent,
  target: Element | null,
  run: Run | null,
  onhelp: () => void,
): (() => void) | null {
  if (event.key === '/') return onhelp;
  if (!run?.live) return null;
  // Radio buttons use the arrows, sliders of knobs arrows, home and end, buttons and links space, for themselves.
  const own = target?.closest('input, [role=radio], [data-keys]');
  const pressed = target?.closest('button, a, summary, [role=button]');
  switch (event.key) {
    case ' ':
      return pressed || own ? null : () => run.toggle();
    case 'ArrowLeft':
      return own ? null : () => (event.shiftKey ? run.previousMoment() : run.back());
    case 'ArrowRight':
      return own ? null : () => (event.shiftKey ? run.nextMoment() : run.forward());
    case 'Home':
      return own ? null : () => run.first();
    case 'End':
      return own ? null : () => run.end();
    default:
      return null;
  }
}
