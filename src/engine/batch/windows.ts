import { TidemarkError, floorTime, formatDuration, type Column } from '../../model';
import { type GridShape } from '../../sql/plan';
import { type AggregateLayout } from '../aggregates';
import { PairIndex } from '../pairs';
import { GroupStates } from './groups';

/** More windows than this per row is a mistake in the query, not a wish. */
const MOST_WINDOWS_PER_ROW = 10_000;
/** A few seconds' work. */
const MOST_MERGES = 200_000_000;

/** Start times by dense number, in order of first sight. */
export class StartTimes {
  readonly starts: number[] = [];
  private readonly numbers = new Map<number, number>();

  numberOf(start: number): number {
    let number = this.numbers.get(start);
    if (number === undefined) {
      number = this.starts.length;
      this.starts.push(start);
      this.numbers.set(start, number);
    }
    return number;
  }
}

/**
 * The span of time that rows are first summed up in: the window itself for TUMBLE; for HOP the largest slice that no
 * window edge cuts, so that each row is added once and windows are put together from whole slices.
 */
export function sliceOf(window: GridShape): number {
  if (window.kind === 'tumble') return window.size;
  if (window.kind === 'cumulate') return window.step;
  if (window.size / window.slide > MOST_WINDOWS_PER_ROW) {
    throw new TidemarkError({
      what: 'every row would be in too many windows',
      where: 'HOP',
      expected: `a slide of at least ${formatDuration(Math.ceil(window.size / MOST_WINDOWS_PER_ROW))} for windows of ${formatDuration(window.size)}`,
      found: formatDuration(window.slide),
      hint: 'Use a longer slide, or OVER (… RANGE …) for a value per row.',
    });
  }
  let a = window.size;
  let b = window.slide;
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** Cuts time into slices and numbers them. Rows come mostly in order of time, so the last slice is tried first. */
export class Slicer {
  readonly slices = new StartTimes();
  /** The last slice met, [start, end), and its number. */
  start = 0;
  end = 0;
  number = -1;

  constructor(
    private readonly size: number,
    private readonly offset: number,
  ) {}

  /** `numbers[i]` becomes the number of the slice that row i is in. */
  assign({ data, valid }: Column, from: number, to: number, numbers: Int32Array): void {
    if (valid !== null) refuseNullTime(valid, from, to);
    for (let i = from; i < to; i += 1) {
      const time = data[i];
      this.turnTo(time);
      numbers[i] = this.number;
    }
  }

  /** Makes the slice of a time the last one met. */
  turnTo(time: number): void {
    if (time >= this.start && time < this.end) return;
    this.start = floorTime(time, this.size, this.offset);
    this.end = this.start + this.size;
    this.number = this.slices.numberOf(this.start);
  }
}

export function refuseNullTime(valid: Uint8Array, from: number, to: number): void {
  if (!valid.subarray(from, to).includes(0)) return;
  throw new TidemarkError({ what: 'a row has no event time', hint: 'Filter on IS NOT NULL first.' });
}

/** Groups of (key, span of time). */
export interface SpanGroups {
  /** Key id and span number by group. */
  pairs: PairIndex;
  spans: StartTimes;
  states: GroupStates;
}

/** Puts (key, slice) groups together into (key, window) groups (S2.3). Where slides leave gaps, slices may be in none. */
export function mergeIntoWindows(
  { pairs, spans, states }: SpanGroups,
  window: GridShape & { kind: 'hop' },
  slice: number,
  layout: AggregateLayout,
): SpanGroups {
  const merged: SpanGroups = { pairs: new PairIndex(), spans: new StartTimes(), states: new GroupStates(layout) };
  const key = new Int32Array(1);
  const span = new Int32Array(1);
  const group = new Int32Array(1);
  const merges = pairs.size * Math.ceil(window.size / window.slide);
  if (merges > MOST_MERGES) {
    throw new TidemarkError({
      what: 'too much work for overlapping windows',
      where: 'HOP',
      expected: `at most ${MOST_MERGES} merges of slices into windows`,
      found: String(merges),
      hint: 'Use a longer slide, shorter windows, fewer keys, or filter first.',
    });
  }
  for (let id = 0; id < pairs.size; id += 1) {
    const from = spans.starts[pairs.rights[id]];
    const last = floorTime(from, window.slide, window.offset);
    key[0] = pairs.lefts[id];
    for (let start = last; start + window.size >= from + slice; start -= window.slide) {
      span[0] = merged.spans.numberOf(start);
      merged.pairs.intern(key, span, 0, 1, group);
      merged.states.reserve(merged.pairs.size);
      layout.merge(merged.states.state, group[0] * layout.stride, states.state, id * layout.stride);
    }
  }
  return merged;
}
