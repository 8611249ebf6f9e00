import { JOIN_FATES, type Snapshot, type Table } from '../model';
import { findPart, isTime, joinedKey, numbers, reader, span, timeRange, visible } from './part';
import { clockOf } from './time-axis';

/** Rows and pairs of a join, as the picture and the table want them. */

export interface JoinedRow {
  place: number;
  side: 'left' | 'right';
  stream: string;
  key: string;
  label: string;
  partition: number;
  offset: number;
  time: number;
  /** The times that it looks for on the other side; for a version, those at which it is valid. */
  from: number;
  to: number;
  arrived: number;
  partners: number;
  fate: (typeof JOIN_FATES)[number];
  padded: boolean;
  changed: boolean;
}

export interface JoinedPair {
  left: JoinedRow;
  right: JoinedRow;
  processing: number;
  changed: boolean;
}

export type JoinKind = 'interval' | 'window' | 'version' | 'lookup' | 'ever';

export function readJoin(snapshot: Snapshot, name: string) {
  const part = findPart(snapshot, name, 'rows');
  const table = part?.table;
  const rows = table ? readRows(table) : [];
  const times = span(timeRange(part));
  return {
    kind: ((table && table.length > 0 && reader(table, '#kind')(0)) || 'interval') as JoinKind,
    keys: table ? visible(table) : [],
    rows,
    pairs: readPairs(snapshot, name, new Map(rows.map((row) => [row.place, row]))),
    times,
    clock: clockOf(times),
  };
}

function readRows(table: Table): JoinedRow[] {
  const number = (name: string) => numbers(table, name, 0);
  const text = (name: string) => {
    const read = reader(table, name);
    return (row: number): string => String(read(row) ?? '');
  };
  const key = joinedKey(table, visible(table));
  const [place, side, partition, offset] = ['#row', '#side', '#partition', '#offset'].map(number);
  const [time, from, to, arrived] = ['#time', '#from', '#to', '#arrived'].map(number);
  const [partners, fate, padded, changed] = ['#partners', '#fate', '#padded', '#changed'].map(number);
  const [stream, label] = ['#stream', '#label'].map(text);
  return Array.from({ length: table.length }, (_, row) => ({
    place: place(row),
    side: side(row) === 0 ? 'left' : 'right',
    stream: stream(row),
    key: key(row),
    label: label(row),
    partition: partition(row),
    offset: offset(row),
    time: time(row),
    from: from(row),
    to: to(row),
    arrived: arrived(row),
    partners: partners(row),
    fate: JOIN_FATES[fate(row)] ?? JOIN_FATES[0],
    padded: padded(row) === 1,
    changed: changed(row) === 1,
  }));
}

function readPairs(snapshot: Snapshot, name: string, rows: Map<number, JoinedRow>): JoinedPair[] {
  const table = findPart(snapshot, name, 'pairs')?.table;
  if (!table) return [];
  const [left, right, processing, changed] = ['#left', '#right', '#processing', '#changed'].map((one) =>
    numbers(table, one, 0),
  );
  return Array.from({ length: table.length }, (_, row) => ({
    left: rows.get(left(row)),
    right: rows.get(right(row)),
    processing: processing(row),
    changed: changed(row) === 1,
  })).filter((pair): pair is JoinedPair => pair.left !== undefined && pair.right !== undefined);
}

export const hasReach = ({ from, to }: JoinedRow): boolean => from !== to && (isTime(from) || isTime(to));
