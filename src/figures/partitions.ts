import { type FigureOptions } from '../notebook/document';
import { isTime, MIN_TIME, type PartitionState, type PartRequest, type Snapshot } from '../model';
import {
  AT_THE_END,
  EVENT,
  LANE_STATES,
  laneNote,
  NEWEST_EVENT,
  partitionSentence,
  partitionsTrack,
  partitionTitle,
  streamWatermark,
  timeText,
  type PartitionLaneState,
} from '../words/figures';
import { type Mark, type TextTable } from './figure';
import { middleOf, textWidth, type Box } from './label';
import { laneAxis, type LaneAxis, type Lanes } from './lanes';
import { drawnItems, type LegendItem } from './legend';
import { findPart, readEvents, span, timeRange, type EventRow } from './part';
import { clockOf, padded, shortClockOf } from './time-axis';

/**
 * Who holds the watermark back: one lane per partition on event time, with its events, its newest one, and its own
 * watermark; the least of those that count is the thick line across all lanes. A lane shows whether its partition is
 * idle (the watermark does not wait for it), paused (too far ahead to be read) or holds the others back.
 *
 * Options: `stream` (default: the first that the run reads).
 */
export function parts({ stream }: FigureOptions): Record<string, PartRequest> {
  return { events: typeof stream === 'string' ? { part: 'events', stream } : { part: 'events' } };
}

interface PartitionLane extends Mark {
  title: string;
  state: PartitionLaneState;
  /** In words, on the right; empty for one that is merely active. */
  note: string;
  box: Box;
  /** Height at which events lie. */
  line: number;
  events: { x: number; isNewest: boolean }[];
  /** Its own watermark, and what is written there. */
  watermark: { x: number; text: string; at: number; anchor: 'start' | 'end' } | null;
}

interface PartitionLanes extends Lanes {
  lanes: PartitionLane[];
}

const TOP = 30;
const LANE = 76;

/** The partitions that are shown, and the state of each. */
function read(snapshot: Snapshot, options: FigureOptions, name: string) {
  const part = findPart(snapshot, name, 'events');
  const asked =
    typeof options.stream === 'string' ? options.stream.toLowerCase() : snapshot.partitions[0]?.topic.toLowerCase();
  const partitions = snapshot.partitions.filter(({ topic }) => topic.toLowerCase() === asked);
  return {
    partitions: partitions.map((one) => ({ ...one, state: stateOf(one, partitions) })),
    events: readEvents(part, null, options),
    times: span(timeRange(part)),
    watermark: watermarkOf(partitions),
  };
}

/** The least of those that are not idle; once all are, the largest (S1.9). */
function watermarkOf(partitions: PartitionState[]): number {
  const active = partitions.filter(({ idle }) => !idle);
  if (active.length > 0) return Math.min(...active.map(({ watermark }) => watermark));
  return Math.max(MIN_TIME, ...partitions.map(({ watermark }) => watermark));
}

function stateOf(own: PartitionState, all: PartitionState[]): PartitionLaneState {
  if (own.idle) return 'idle';
  if (own.pausedByAlignment) return 'paused';
  const ahead = all.some((one) => !one.idle && one.watermark > own.watermark);
  return ahead && own.watermark === watermarkOf(all) ? 'holds back' : 'active';
}

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string): PartitionLanes {
  const { partitions, events, times, watermark } = read(snapshot, options, name);
  const axis = laneAxis(times && padded(times), { times, width, y: TOP, height: partitions.length * LANE });
  const { x, frame } = axis;
  const lanes = partitions.map((one, i): PartitionLane => {
    const mine = events.filter((event) => event.partition === one.partition);
    const y = TOP + i * LANE;
    return {
      ...markOf(one, { x: frame.x, y, width: frame.width, height: LANE - 4 }, clockOf(times)),
      title: partitionTitle(one.partition),
      state: one.state,
      note: laneNote(one.state, width < 480),
      line: y + 36,
      events: dotsOf(mine, one.newestEventTime, x),
      watermark: times && one.watermark > MIN_TIME ? ownLine(one.watermark, axis, shortClockOf(times)) : null,
    };
  });
  const line = axis.line(watermark);
  return {
    ...axis,
    height: TOP + Math.max(partitions.length, 1) * LANE + 22,
    lanes,
    line,
    legend: legendOf(lanes, line !== null),
  };
}

/** At most so many dots a lane: the newest. */
const MOST_DOTS = 300;

const dotsOf = (events: EventRow[], newest: number, x: (time: number) => number): PartitionLane['events'] =>
  events.slice(-MOST_DOTS).map(({ time }) => ({ x: x(time), isNewest: time === newest }));

function markOf(
  one: PartitionState & { state: PartitionLaneState },
  box: Box,
  clock: (time: number) => string,
): Mark & { box: Box } {
  return {
    id: `${one.topic} ${one.partition}`,
    ...middleOf(box),
    box,
    target: { kind: 'watermark', watermark: one.watermark },
    get sentence() {
      return partitionSentence(one, clock);
    },
  };
}

type Line = NonNullable<PartitionLane['watermark']>;

function ownLine(watermark: number, { clip, frame }: LaneAxis, write: (time: number) => string): Line {
  const at = clip(watermark);
  const text = isTime(watermark) ? write(watermark) : 'end';
  const isRight = at - frame.x > textWidth(text, 11) + 8;
  return { x: at, text, at: isRight ? at - 5 : at + 5, anchor: isRight ? 'end' : 'start' };
}

function legendOf(lanes: PartitionLane[], line: boolean): LegendItem[] {
  const marked = lanes.filter((lane) => lane.watermark);
  return drawnItems([
    [lanes.some((lane) => lane.events.length > 0), 'other', EVENT],
    [lanes.some((lane) => lane.events.some((one) => one.isNewest)), 'event', NEWEST_EVENT],
    [marked.some((lane) => lane.state !== 'idle'), 'own watermark'],
    [marked.some((lane) => lane.state === 'idle'), 'own idle'],
    [line, 'watermark line', streamWatermark(lanes.every((lane) => lane.state === 'idle'))],
  ]);
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { partitions, events, times, watermark } = read(snapshot, options, name);
  const clock = clockOf(times);
  const write = (time: number): string => timeText(time, clock, AT_THE_END);
  return {
    caption: partitionsTrack.caption(partitions.length, write(watermark)),
    columns: partitionsTrack.columns,
    rows: partitions.map((one) => [
      String(one.partition),
      String(events.filter((event) => event.partition === one.partition).length),
      write(one.newestEventTime),
      write(one.watermark),
      LANE_STATES[one.state],
    ]),
  };
}
