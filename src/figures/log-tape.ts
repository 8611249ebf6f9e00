import { type FigureOptions } from '../notebook/document';
import { isTime, type PartRequest, type PartitionState, type Snapshot } from '../model';
import { eventSentence, headTitle, logSentence, partitionTitle, tapeTrack, watermarkTitle } from '../words/figures';
import { roughly } from '../words/phrases';
import { distinct, type Mark, type TextTable } from './figure';
import { keyColors, type KeyClass } from './keys';
import { fit, shorten, textWidth } from './label';
import { drawnItems, fateItems, keyItems } from './legend';
import { colorColumn, findPart, readEvents, span, timeRange, type EventRow } from './part';
import { eventTarget } from './plane-events';
import { clockOf, shortClockOf } from './time-axis';

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

const LANE = 92;
export const CELL_Y = 28;
export const CELL_HEIGHT = 38;
const GAP = 4;

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string) {
  const { column, events, partitions, range, clock } = read(snapshot, options, name);
  const write = shortClockOf(range);
  const cellWidth = Math.ceil(textWidth(range ? write(range[0]) : '00:00:00', 11)) + 32;
  const colors = keyColors(events.filter((event) => event.here).map((event) => event.key));
  const fits = Math.max(Math.floor((width - GAP) / (cellWidth + GAP)) - 1, 1);
  const newest = events[events.length - 1]?.id;
  const lanes = partitions.map((partition, i): Lane => {
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
        time: write(event.time),
        offset: fit(String(event.offset), cellWidth, 11),
        color: colors.of(event.key),
        fate: event.fate,
        newest: event.id === newest,
        aside: !event.here,
        target: eventTarget(event),
        get sentence() {
          return logSentence(event.partition, event.offset, eventSentence(event, column, clock));
        },
      };
    });
    return {
      id: `${partition.topic} ${partition.partition}`,
      y,
      title: titleOf(partition, snapshot.partitions, width),
      watermark: isTime(partition.watermark) ? watermarkTitle(write(partition.watermark)) : '',
      cells,
      hidden: all.length - shown.length,
      head: cells.length * (cellWidth + GAP) + 1,
    };
  });
  const marks = lanes.flatMap((lane) => lane.cells);
  const here = new Set(marks.map((cell) => cell.id));
  const drawn = events.filter((event) => here.has(event.id));
  const height = Math.max(lanes.length, 1) * LANE - 6;
  return {
    height,
    frame: { x: 0, y: 0, width, height },
    cellWidth,
    lanes,
    marks,
    legend: [
      ...(events.length ? keyItems(colors, column) : []),
      ...fateItems(drawn),
      ...drawnItems([
        [marks.some((cell) => cell.aside), 'other'],
        [marks.some((cell) => cell.newest), 'newest'],
        [true, 'head'],
      ]),
    ],
  };
}

/** The events, and the partitions of their stream: the first that the run reads. */
function read(snapshot: Snapshot, options: FigureOptions, name: string) {
  const part = findPart(snapshot, name, 'events');
  const column = colorColumn(options, part?.table, undefined);
  const range = span(timeRange(part));
  return {
    column,
    events: readEvents(part, column, options),
    partitions: snapshot.partitions.filter(({ topic }, _, [first]) => topic === first.topic),
    range,
    clock: clockOf(range),
  };
}

function titleOf({ topic, partition, head }: PartitionState, all: PartitionState[], width: number): string {
  const several = all.some((one) => one.topic !== topic);
  const who = partitionTitle(partition, several ? shorten(topic, 20) : null);
  return width < 480 ? who : headTitle(who, head);
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { column, events, partitions, clock } = read(snapshot, options, name);
  return {
    caption: tapeTrack.caption(events.length, partitions, clock),
    columns: distinct(tapeTrack.columns(column)),
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
