import { TidemarkError } from '../model';
import { type GridShape, type WindowShape } from '../sql/plan';

/** The shape of windows whose edges do not depend on the data; others are refused. */
export function onGrid(window: WindowShape): GridShape {
  if (window.kind !== 'session' && window.kind !== 'global') return window;
  throw new TidemarkError({
    what: `${window.kind} windows have no fixed edges`,
    expected: 'TUMBLE, HOP or CUMULATE',
    found: window.kind,
  });
}
