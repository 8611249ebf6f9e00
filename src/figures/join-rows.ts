import { JOIN_FATES, type Snapshot, type Table } from '../model';
import { type JoinedFacts } from '../words/figures';
import { fields, findPart, joinedKey, reader, readRows, span, timeRange, visible } from './part';
import { clockOf } from './time-axis';

/** Rows and pairs of a join, as the picture and the table want them. */

export interface JoinedRow extends JoinedFacts {
  place: number;
  partition: number;
  offset: number;
  arrived: number;
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
  const rows = readRows(part, joinedRow);
  const places = new Map(rows.map((row) => [row.place, row]));
  const pairs = readRows(findPart(snapshot, name, 'pairs'), (table) =>
    fields(table, { left: 0, right: 0, processing: 0, changed: 0 }),
  ).map(({ left, right, processing, changed }) => ({
    left: places.get(left),
    right: places.get(right),
    processing,
    changed: changed === 1,
  }));
  const times = span(timeRange(part));
  return {
    kind: ((rows.length > 0 && part && reader(part.table, '#kind')(0)) || 'interval') as JoinKind,
    keys: part ? visible(part.table) : [],
    rows,
    pairs: pairs.filter((pair): pair is JoinedPair => pair.left !== undefined && pair.right !== undefined),
    times,
    clock: clockOf(times),
  };
}

const NUMBERS = { row: 0, side: 0, fate: 0, padded: 0, changed: 0 };
const PLAIN = { partition: 0, offset: 0, time: 0, from: 0, to: 0, arrived: 0, partners: 0 };

function joinedRow(table: Table): (row: number) => JoinedRow {
  const [coded, plain] = [fields(table, NUMBERS), fields(table, PLAIN)];
  const [stream, label] = ['#stream', '#label'].map((name) => reader(table, name));
  const key = joinedKey(table, visible(table));
  return (at) => {
    const { row, side, fate, padded, changed } = coded(at);
    return {
      place: row,
      side: side === 0 ? 'left' : 'right',
      stream: String(stream(at) ?? ''),
      key: key(at),
      label: String(label(at) ?? ''),
      ...plain(at),
      fate: JOIN_FATES[fate] ?? JOIN_FATES[0],
      padded: padded === 1,
      changed: changed === 1,
    };
  };
}
