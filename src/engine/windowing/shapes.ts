import { formatDuration, TidemarkError } from '../../model';
import { type WindowShape } from '../../sql/plan';
import { FLINK } from '../profiles/flink';
import { type Policies, type Policy } from '../profiles/policy';
import { gridWith, type Grid } from '../stream/windows';

/** More windows than this per row is a mistake in the query, not a wish. */
export const MOST_WINDOWS_PER_ROW = 10_000;

/** By what time is cut into windows. Times in ms. */
export type Cut =
  /** Edges do not depend on the data (S2). */
  | { by: 'grid'; grid: Grid }
  | ({ by: 'rows' } & Sessions)
  /** One window is all time (S2.8). */
  | { by: 'nothing' };

/** Windows of one key in which each row is close enough to the next (S3). Times in ms. */
export interface Sessions {
  gap: number;
  /** The furthest that two rows of one window, with none between them, are apart. */
  link: number;
  /** From the last row to the end. */
  tail: number;
}

/** What the systems allow of windows on a grid (S2.4), and what their sessions are (S3.2). */
type ShapePolicies = Pick<Policies, 'offset' | 'gaps' | 'cumulating' | 'sessionEnd' | 'touching'>;

interface Kind<S extends WindowShape> {
  /** In SQL. */
  name: string;
  /** The rule that says which windows there are. */
  rule: string;
  /** Throws a TidemarkError for spans that the system refuses (S2.4), or that put a row into too many windows. */
  cut(shape: S, policies: ShapePolicies): Cut;
}

/** The kinds of windows. To add one: its shape in `sql/plan.ts`, how SQL writes it, and its entry here. */
const KINDS: { readonly [K in WindowShape['kind']]: Kind<Extract<WindowShape, { kind: K }>> } = {
  tumble: {
    name: 'TUMBLE',
    rule: 'S2.2',
    cut({ size, offset }, policies) {
      checkLength(this.name, 'the size', size);
      checkOffset(this.name, offset, size, policies);
      return { by: 'grid', grid: gridWith(size, size, offset, false) };
    },
  },
  hop: {
    name: 'HOP',
    rule: 'S2.3',
    cut({ size, slide, offset }, policies) {
      checkLength(this.name, 'the size', size);
      checkLength(this.name, 'the slide', slide);
      checkOffset(this.name, offset, slide, policies);
      checkOverlap(this.name, 'slide', size, slide);
      checkGaps(this.name, size, slide, policies);
      return { by: 'grid', grid: gridWith(size, slide, offset, false) };
    },
  },
  cumulate: {
    name: 'CUMULATE',
    rule: 'S2.6',
    cut({ size, step, offset }, policies) {
      checkLength(this.name, 'the size', size);
      checkLength(this.name, 'the step', step);
      checkOffset(this.name, offset, size, policies);
      checkOverlap(this.name, 'step', size, step);
      if (!policies.cumulating.is)
        refuse(policies.cumulating, 'no cumulative windows', this.name, 'TUMBLE, HOP or SESSION', this.name);
      checkMultiple(this.name, size, step);
      return { by: 'grid', grid: gridWith(size, step, offset, true) };
    },
  },
  session: {
    name: 'SESSION',
    rule: 'S3.1',
    cut({ gap }, { sessionEnd, touching }) {
      checkLength(this.name, 'the gap', gap);
      const link = touching.is === 'separate' ? gap - 1 : gap;
      return { by: 'rows', gap, link, tail: sessionEnd.is === 'last' ? 0 : gap };
    },
  },
  global: { name: 'the global window', rule: 'S2.8', cut: () => ({ by: 'nothing' }) },
};

/** Throws a TidemarkError for a shape that the system refuses. */
export const cutOf = (shape: WindowShape, policies: ShapePolicies = FLINK): Cut =>
  (KINDS[shape.kind] as Kind<WindowShape>).cut(shape, policies);

/** The rule that says which windows a shape has. */
export const ruleOf = ({ kind }: WindowShape): string => KINDS[kind].rule;

/** Throws a TidemarkError for a shape without fixed edges, too. */
export function gridOf(shape: WindowShape): Grid {
  const cut = cutOf(shape);
  if (cut.by === 'grid') return cut.grid;
  throw new TidemarkError({
    what: `${shape.kind} windows have no fixed edges`,
    expected: 'TUMBLE, HOP or CUMULATE',
    found: shape.kind,
  });
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

function checkMultiple(where: string, size: number, step: number): void {
  if (size % step === 0) return;
  throw new TidemarkError({
    what: 'the size is no multiple of the step',
    where,
    expected: `a multiple of ${formatDuration(step)}`,
    found: formatDuration(size),
  });
}
