import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type PartitionState, type Snapshot } from '../model';
import { distinct, type Mark, type TextTable } from './figure';
import { keyColors, type KeyClass } from './keys';
import { fit, shorten, textWidth } from './label';
import { fateItems, keyItems, type LegendItem } from './legend';
import { colorColumn, findPart, isTime, readEvents, span, timeRange, type EventRow } from './part';
import { eventSentence } from './plane-events';
import { clockOf, roughly, shortClockOf } from './time-axis';

/**
 * The log: one lane per partition, events in offset order, each with its event time, and the read head behind the
 * last one that was read. Where the lane is too short, it shows its newest end.
 *
 * Options: `where` (other events are drawn pale, since a log has no gaps), `color`.
 */
export function parts(): Record<string, PartRequest> {
  return { events: { part: 'events' } };
}

export interface Cell extends Mark {
  width: number;
  /** Event time as written in the cell. */
  time: string;
  offset: string;
  color: KeyClass;
  fate: EventRow['fate'];
  newest: boolean;
  aside: boolean;
}

interface Lane {
  id: string;
  y: number;
  title: string;
  /** The partition's watermark, where there is one. */
  watermark: string;
  cells: Cell[];
  /** Events before the first cell. */
  hidden: number;
  /** Left edge of the next cell, where the read head stands. */
  head: number;
}

interface TapeLayout {
  height: number;
  cellWidth: number;
  lanes: Lane[];
  marks: Cell[];
  legend: LegendItem[];
}

export const LANE = 92;
export const CELL_Y = 28;
export const CELL_HEIGHT = 38;
const GAP = 4;

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string): TapeLayout {
  const part = findPart(snapshot, name, 'events');
  const column = colorColumn(options, part?.table, undefined);
  const events = readEvents(part, column, options);
  const range = span(timeRange(part));
  const write = shortClockOf(range);
  const cellWidth = Math.ceil(textWidth(range ? write(range[0]) : '00:00:00', 11)) + 32;
  const colors = keyColors(events.filter((event) => event.here).map((event) => event.key));
  const fits = Math.max(Math.floor((width - GAP) / (cellWidth + GAP)) - 1, 1);
  const newest = events[events.length - 1]?.id;
  const lanes = read(snapshot).map((partition, i): Lane => {
    const all = events.filter((event) => event.partition === partition.partition);
    const shown = all.slice(-fits);
    const y = i * LANE;
    const cells = shown.map((event, at): Cell => {
      const x = at * (cellWidth + GAP) + 1;
      const box = { x, y: y + CELL_Y, width: cellWidth, height: CELL_HEIGHT };
      return {
        id: event.id,
        x,
        y: box.y,
        box,
        width: cellWidth,
        time: write(event.time),
        offset: fit(String(event.offset), cellWidth, 11),
        color: colors.of(event.key),
        fate: event.fate,
        newest: event.id === newest,
        aside: !event.here,
        target: { kind: 'event', partition: event.partition, offset: event.offset, eventTime: event.time },
        get sentence() {
          return `partition ${event.partition}, offset ${event.offset}. ${eventSentence(event, column, clockOf(range))}`;
        },
      };
    });
    return {
      id: `${partition.topic} ${partition.partition}`,
      y,
      title: titleOf(partition, snapshot.partitions, width),
      watermark: isTime(partition.watermark) ? `watermark ${write(partition.watermark)}` : '',
      cells,
      hidden: all.length - shown.length,
      head: cells.length * (cellWidth + GAP) + 1,
    };
  });
  const marks = lanes.flatMap((lane) => lane.cells);
  const here = new Set(marks.map((cell) => cell.id));
  const drawn = events.filter((event) => here.has(event.id));
  return {
    height: Math.max(lanes.length, 1) * LANE - 6,
    cellWidth,
    lanes,
    marks,
    legend: legendOf(marks, events.length ? keyItems(colors, column) : [], drawn),
  };
}

/** The partitions of the stream whose events are shown: the first that the run reads. */
const read = ({ partitions }: Snapshot): PartitionState[] =>
  partitions.filter(({ topic }) => topic === partitions[0].topic);

function titleOf({ topic, partition, head }: PartitionState, all: PartitionState[], width: number): string {
  const several = all.some((one) => one.topic !== topic);
  const who = several ? `${shorten(topic, 20)} ${partition}` : `partition ${partition}`;
  return width < 480 ? who : `${who} · next offset ${head}`;
}

function legendOf(cells: Cell[], keys: LegendItem[], events: EventRow[]): LegendItem[] {
  const items = [...keys, ...fateItems(events)];
  if (cells.some((cell) => cell.aside)) items.push({ symbol: 'other', text: 'other events' });
  if (cells.some((cell) => cell.newest)) items.push({ symbol: 'newest', text: 'just read' });
  return [...items, { symbol: 'head', text: 'read head' }];
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const part = findPart(snapshot, name, 'events');
  const column = colorColumn(options, part?.table, undefined);
  const events = readEvents(part, column, options);
  const clock = clockOf(span(timeRange(part)));
  const heads = read(snapshot).map(({ partition, head, watermark }) => {
    const mark = isTime(watermark) ? `, watermark ${clock(watermark)}` : '';
    return `partition ${partition}: next offset ${head}${mark}`;
  });
  return {
    caption: `The log, as read so far: ${[`${events.length} events`, ...heads].join('; ')}`,
    columns: distinct(['partition', 'offset', 'event time', 'arrived', 'on the way', column ?? 'key', 'event', 'fate']),
    rows: [...events]
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
      .map((event) => [
        String(event.partition),
        String(event.offset),
        clock(event.time),
        clock(event.append),
        roughly(event.append - event.time),
        event.key,
        event.facts,
        event.fate,
      ]),
  };
}
