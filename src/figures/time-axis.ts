import { formatClock, formatDate, formatTime } from '../model';
import { textWidth } from './label';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps at which people read clocks. */
export const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * DAY),
];

export interface Tick {
  time: number;
  label: string;
}

/** Clock time; the month and day where a day begins and the axis is longer than a day. */
function tickLabel(time: number, step: number, from: number, to: number): string {
  if (step >= DAY || (to - from > DAY && time % DAY === 0)) return formatDate(time).slice(5);
  return formatClock(time, step < MINUTE ? 'seconds' : 'minutes');
}

/**
 * Round times in [from, to], so many that labels of 11 px keep `gap` px between them over `length` px. `along: 'y'`
 * needs room for a line of text instead of its width.
 */
export function timeTicks([from, to]: readonly [number, number], length: number, along: 'x' | 'y' = 'x'): Tick[] {
  const span = Math.max(to - from, 1);
  const fits = (step: number): boolean => {
    const label = tickLabel(0, step, from, to).length;
    const room = along === 'x' ? textWidth('0'.repeat(label), 11) + 22 : 40;
    return (step / span) * length >= room;
  };
  const step = STEPS.find(fits) ?? Math.ceil(span / DAY / 2) * DAY;
  const ticks: Tick[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    ticks.push({ time, label: tickLabel(time, step, from, to) });
  }
  return ticks;
}

/** A range with a little air, and never empty: one event still has a plane around it. */
export function padded([from, to]: readonly [number, number], share = 0.03): [number, number] {
  if (from === to) return [from - MINUTE, to + MINUTE];
  const air = (to - from) * share;
  return [from - air, to + air];
}

/** How times are written in a picture of this range: with the date where it is longer than a day. */
export function clockOf(range: readonly [number, number] | null): (time: number) => string {
  return range && range[1] - range[0] > DAY ? formatTime : (time) => formatClock(time, 'seconds');
}

/** The same, to the whole second, for what is drawn. */
export function shortClockOf(range: readonly [number, number] | null): (time: number) => string {
  const write = clockOf(range);
  return (time) => write(Math.floor(time / SECOND) * SECOND);
}
