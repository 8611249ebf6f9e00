import { formatDuration, MAX_TIME, TidemarkError } from '../model';
import { type GridShape, type WindowShape } from '../sql/plan';
import { FLINK } from './profiles/flink';
import { type Policies, type Policy } from './profiles/policy';

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

/** What the systems allow of windows on a grid (S2.4). */
type ShapePolicies = Pick<Policies, 'offset' | 'gaps' | 'cumulating'>;

/** Throws a TidemarkError for a shape that the system refuses (S2.4), or that puts a row into too many windows. */
export function checkShape<S extends WindowShape>(shape: S, policies: ShapePolicies = FLINK): S {
  const where = NAMES[shape.kind];
  switch (shape.kind) {
    case 'global':
      return shape;
    case 'session':
      checkLength(where, 'the gap', shape.gap);
      return shape;
    case 'tumble':
      checkLength(where, 'the size', shape.size);
      checkOffset(where, shape.offset, shape.size, policies);
      return shape;
    case 'hop':
      checkLength(where, 'the size', shape.size);
      checkLength(where, 'the slide', shape.slide);
      checkOffset(where, shape.offset, shape.slide, policies);
      checkOverlap(where, 'slide', shape.size, shape.slide);
      checkGaps(where, shape.size, shape.slide, policies);
      return shape;
    case 'cumulate':
      checkLength(where, 'the size', shape.size);
      checkLength(where, 'the step', shape.step);
      checkOffset(where, shape.offset, shape.size, policies);
      checkOverlap(where, 'step', shape.size, shape.step);
      if (!policies.cumulating.is)
        refuse(policies.cumulating, 'no cumulative windows', where, 'TUMBLE, HOP or SESSION', where);
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

function checkOffset(where: string, offset: number, grid: number, policies: ShapePolicies): void {
  const [least, limit, expected] = {
    signed: [1 - grid, grid, `more than ${formatDuration(-grid)} and less than ${formatDuration(grid)}`],
    'from zero': [0, grid, `0 s or more and less than ${formatDuration(grid)}`],
    none: [0, 1, 'no offset'],
  }[policies.offset.is] as [number, number, string];
  if (Number.isSafeInteger(offset) && offset >= least && offset < limit) return;
  throw new TidemarkError({ what: 'the offset is no shift of the grid', where, expected, found: `${offset} ms` });
}

function checkGaps(where: string, size: number, slide: number, { gaps }: ShapePolicies): void {
  if (slide > size && !gaps.is)
    refuse(
      gaps,
      'no windows with gaps between them',
      where,
      `a slide of at most ${formatDuration(size)}`,
      formatDuration(slide),
    );
}

function refuse({ rule }: Policy<boolean>, none: string, where: string, expected: string, found: string): never {
  throw new TidemarkError({ what: `the profile has ${none} (${rule})`, where, expected, found });
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
