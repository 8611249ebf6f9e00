import { formatDuration, MAX_TIME, TidemarkError } from '../model';
import { type GridShape, type WindowShape } from '../sql/plan';

/** More windows than this per row is a mistake in the query, not a wish. */
export const MOST_WINDOWS_PER_ROW = 10_000;

/** What `WindowShape.kind` is called in SQL. */
const NAMES: Record<WindowShape['kind'], string> = {
  tumble: 'TUMBLE',
  hop: 'HOP',
  cumulate: 'CUMULATE',
  session: 'SESSION',
  global: 'the global window',
};

/** The shape of windows whose edges do not depend on the data; others are refused. */
export function onGrid(window: WindowShape): GridShape {
  if (window.kind !== 'session' && window.kind !== 'global') return window;
  throw new TidemarkError({
    what: `${window.kind} windows have no fixed edges`,
    expected: 'TUMBLE, HOP or CUMULATE',
    found: window.kind,
  });
}

/**
 * Throws a TidemarkError for a shape that has no meaning (S2.4) or asks for more windows than anybody could look at.
 * `offsets`: Flink takes any shift shorter than the grid, Beam none below zero.
 */
export function checkShape<S extends WindowShape>(shape: S, offsets: 'any' | 'forward' = 'any'): S {
  const where = NAMES[shape.kind];
  switch (shape.kind) {
    case 'global':
      return shape;
    case 'session':
      checkLength(where, 'the gap', shape.gap);
      return shape;
    case 'tumble':
      checkLength(where, 'the size', shape.size);
      checkOffset(where, shape.offset, shape.size, offsets);
      return shape;
    case 'hop':
      checkLength(where, 'the size', shape.size);
      checkLength(where, 'the slide', shape.slide);
      checkOffset(where, shape.offset, shape.slide, offsets);
      checkOverlap(where, 'slide', shape.size, shape.slide);
      return shape;
    case 'cumulate':
      checkLength(where, 'the size', shape.size);
      checkLength(where, 'the step', shape.step);
      checkOffset(where, shape.offset, shape.size, offsets);
      checkOverlap(where, 'step', shape.size, shape.step);
      if (shape.size % shape.step === 0) return shape;
      throw new TidemarkError({
        what: 'the size is no multiple of the step',
        where,
        expected: `a multiple of ${formatDuration(shape.step)}`,
        found: formatDuration(shape.size),
      });
  }
}

function checkLength(where: string, name: string, span: number): void {
  if (Number.isSafeInteger(span) && span > 0) return;
  throw new TidemarkError({
    what: 'a window has no length',
    where,
    expected: `${name} above zero, in whole milliseconds`,
    found: `${span} ms`,
  });
}

function checkOffset(where: string, offset: number, grid: number, offsets: 'any' | 'forward'): void {
  const least = offsets === 'forward' ? 0 : 1 - grid;
  if (Number.isSafeInteger(offset) && offset >= least && offset < grid) return;
  throw new TidemarkError({
    what: 'the offset is no shift of the grid',
    where,
    expected: `${offsets === 'forward' ? '0 s or more' : `more than ${formatDuration(-grid)}`} and less than ${formatDuration(grid)}`,
    found: `${offset} ms`,
  });
}

function checkOverlap(where: string, name: string, size: number, by: number): void {
  if (size / by <= MOST_WINDOWS_PER_ROW) return;
  throw new TidemarkError({
    what: 'every row would be in too many windows',
    where,
    expected: `a ${name} of at least ${formatDuration(Math.ceil(size / MOST_WINDOWS_PER_ROW))} for windows of ${formatDuration(size)}`,
    found: formatDuration(by),
    hint: `Use a longer ${name}, or OVER (… RANGE …) for a value per row.`,
  });
}

/** The last millisecond of a window, which is the time of its results (S2.1); a window that never ends has none before MAX. */
export const lastOf = (end: number): number => (end === MAX_TIME ? MAX_TIME : end - 1);
