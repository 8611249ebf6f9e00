import { isTime } from '../model';
import { lineLabel } from '../words/figures';
import { type Box, textWidth } from './label';
import { type LegendItem } from './legend';
import { clip, linear, type Scale } from './scale';
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

interface TimeLine {
  kind: 'water' | 'now';
  x: number;
  label: string;
  anchor: 'start' | 'end';
}

type Range = [number, number] | null;

/** The axis of lanes, which are `height` px high from `y` on. Without a range of times there is nothing to place on it. */
export interface LaneAxis extends Pick<Lanes, 'frame' | 'ticks'> {
  x: Scale;
  /** The same, no further out than the edges of the frame. */
  clip: Scale;
  line: (time: number, kind?: TimeLine['kind']) => TimeLine | null;
}

/** `times` of the run decide how the line is written; `air`: px at both ends of the axis. */
export function laneAxis(
  range: Range,
  { times, width, y, height, air = 0 }: { times: Range; width: number; y: number; height: number; air?: number },
): LaneAxis {
  const frame = { x: 2, y, width: width - 4, height };
  const x = linear(range ?? [0, 1], [frame.x + air, frame.x + frame.width - air]);
  const ticks = range ? timeTicks(range, frame.width).map((tick) => ({ ...tick, x: x(tick.time) })) : [];
  const clipped = clip(x, frame);
  const line: LaneAxis['line'] = (time, kind = 'water') => {
    if (!range || (!isTime(time) && time < 0)) return null;
    const at = clipped(time);
    const label = lineLabel(kind, isTime(time) ? shortClockOf(times)(time) : null);
    return { kind, x: at, label, anchor: at > frame.x + frame.width / 2 ? 'end' : 'start' };
  };
  return { frame, ticks, x, clip: clipped, line };
}

/** Where a label centred on `x` is so that it is on the picture. */
export function labelX(label: string, x: number, width: number): number {
  const half = textWidth(label, 11) / 2;
  return Math.min(Math.max(x, half), width - half);
}
