import { type Box, textWidth } from './label';
import { type LegendItem } from './legend';
import { isTime } from './part';
import { shortClockOf, timeTicks, type Tick } from './time-axis';

/** What all pictures with lanes on event time share: `LaneFrame.svelte` draws it. */
export interface Lanes {
  height: number;
  frame: Box;
  ticks: (Tick & { x: number })[];
  /** The watermark; where windows are cut by the clock, the clock. */
  line: TimeLine | null;
  legend: LegendItem[];
}

export interface TimeLine {
  kind: 'water' | 'now';
  x: number;
  label: string;
  anchor: 'start' | 'end';
}

type Range = [number, number] | null;
type Scale = (time: number) => number;

export const laneTicks = (range: Range, x: Scale, frame: Box): Lanes['ticks'] =>
  range ? timeTicks(range, frame.width).map((tick) => ({ ...tick, x: x(tick.time) })) : [];

/** A time across all lanes; null before the first. `times` of the run decide how it is written. */
export function timeLine(
  time: number,
  { kind = 'water', x, frame, times }: { kind?: TimeLine['kind']; x: Scale; frame: Box; times: Range },
): TimeLine | null {
  if (!isTime(time) && time < 0) return null;
  const right = frame.x + frame.width;
  const at = isTime(time) ? Math.min(Math.max(x(time), frame.x), right) : right;
  const name = kind === 'now' ? 'now' : 'watermark';
  return {
    kind,
    x: at,
    label: isTime(time) ? `${name} ${shortClockOf(times)(time)}` : 'end of input',
    anchor: at > (frame.x + right) / 2 ? 'end' : 'start',
  };
}

/** Where a label centred on `x` is so that it is on the picture. */
export function labelX(label: string, x: number, width: number): number {
  const half = textWidth(label, 11) / 2;
  return Math.min(Math.max(x, half), width - half);
}
