import { type FigureOptions } from '../notebook/document';
import {
  FATES,
  MAX_TIME,
  MIN_TIME,
  columnIndex,
  columnNamed,
  isTime,
  formatValue,
  readValue,
  type Extent,
  type SnapshotPart,
  type Snapshot,
  type Table,
  type Value,
} from '../model';
import { type EventFacts, type WindowFacts } from '../words/figures';
import { partName } from './figure';

/** Reads parts of a snapshot (`model/snapshot.ts`) into the plain rows that figures draw. */

export type Fate = (typeof FATES)[number];

export interface EventRow extends EventFacts {
  /** Partition and offset: the event's identity. */
  id: string;
  partition: number;
  offset: number;
  /** Whether it holds under the figure's `where`. */
  here: boolean;
}

export interface WindowRow extends WindowFacts {
  id: string;
  keyValues: Record<string, Value>;
  /** Since when it has these bounds: later than `opened` for a session that has grown. */
  since: number;
  /** When the watermark, or the clock, reached its end: what comes behind that is late. */
  passed: number;
  panes: number;
  /** Of these, late ones. */
  late: number;
  /** Its bounds are times of the clock. */
  byClock: boolean;
}

export interface WatermarkMove {
  processing: number;
  watermark: number;
}

export const findPart = (snapshot: Snapshot, name: string, short: string): SnapshotPart | undefined =>
  snapshot.parts[partName(name, short)];

/** A reader of one column of a table: null in every row where there is no such column. */
export function reader(table: Table, name: string): (row: number) => Value {
  const column = table.columns[columnNamed(table.schema, name)];
  return column ? (row) => readValue(column, row) : () => null;
}

export function numbers(table: Table, name: string, otherwise: number): (row: number) => number {
  const read = reader(table, name);
  return (row) => {
    const value = read(row);
    return value === null ? otherwise : Number(value);
  };
}

/** A reader of the numbers of a row: of each column `#name`, and what stands there for null. */
export function fields<N extends string>(
  table: Table,
  otherwise: Record<N, number>,
): (row: number) => Record<N, number> {
  const reads = (Object.keys(otherwise) as N[]).map(
    (name) => [name, numbers(table, `#${name}`, otherwise[name])] as const,
  );
  return (row) => {
    const read = {} as Record<N, number>;
    for (const [name, number] of reads) read[name] = number(row);
    return read;
  };
}

/** What is read from every row; nothing where the part is missing. */
export const readRows = <R>(part: SnapshotPart | undefined, reading: (table: Table) => (row: number) => R): R[] => {
  if (!part) return [];
  const read = reading(part.table);
  return Array.from({ length: part.table.length }, (_, row) => read(row));
};

export const visible = (table: Table): string[] =>
  table.schema.filter((one) => !one.name.startsWith('#')).map((one) => one.name);

/** Names of the key columns of a `windows` or `state` part: those before `#start`. */
export function keyColumns(table: Table): string[] {
  const start = columnIndex(table.schema, '#start');
  return table.schema.slice(0, Math.max(start, 0)).map((one) => one.name);
}

/** The column that colours dots: the option, or the first key of the windows, or of the first text column. */
export function colorColumn(
  options: FigureOptions,
  events: Table | undefined,
  windows: Table | undefined,
): string | null {
  if (options.color) return options.color;
  if (!events) return null;
  const names = visible(events);
  const key = windows && keyColumns(windows).find((name) => names.includes(name));
  if (key) return key;
  const fixed = Object.keys(options.where).find((name) => names.includes(name));
  return fixed ?? events.schema.find((one) => one.type.name === 'STRING' && !one.name.startsWith('#'))?.name ?? null;
}

/** Text of rows' columns, in words: `card 4417, amount €40.00`. Long texts are not cut. */
function wording(table: Table, names: string[]): (row: number) => string {
  const columns = names.map((name) => table.columns[columnIndex(table.schema, name)]);
  return (row) =>
    columns
      .map((column, i) => ({ name: names[i], value: readValue(column, row), type: column.type }))
      .filter(({ value }) => value !== null)
      .map(({ name, value, type }) => `${name} ${formatValue(value, type)}`)
      .join(', ');
}

export const readEvents = (part: SnapshotPart | undefined, color: string | null, options: FigureOptions): EventRow[] =>
  readRows(part, (table) => {
    const numbersOf = fields(table, { time: 0, append: 0, partition: 0, offset: -1, fate: 0 });
    const key = color === null ? () => '' : shown(table, color);
    const holds = Object.entries(options.where)
      .filter(([name]) => columnNamed(table.schema, name) >= 0)
      .map(([name, value]) => ({ read: reader(table, name), value }));
    const timeColumns = table.schema.filter((one) => one.type.name === 'TIMESTAMP').map((one) => one.name);
    const facts = wording(
      table,
      visible(table).filter((name) => name !== color && !timeColumns.includes(name)),
    );
    return (row) => {
      const read = numbersOf(row);
      return {
        id: `e${read.partition}.${read.offset}`,
        ...read,
        fate: FATES[read.fate] ?? FATES[0],
        key: key(row),
        here: holds.every(({ read, value }) => String(read(row)) === String(value)),
        get facts() {
          return facts(row);
        },
      };
    };
  });

/** A column as shown. */
export function shown(table: Table, name: string): (row: number) => string {
  const column = table.columns[columnNamed(table.schema, name)];
  return column ? (row) => formatValue(readValue(column, row), column.type) : () => '';
}

export function joinedKey(table: Table, names: string[]): (row: number) => string {
  const reads = names.map((name) => shown(table, name));
  return (row) => reads.map((read) => read(row)).join(' · ');
}

const NOT_YET = {
  opened: MAX_TIME,
  since: MAX_TIME,
  fired: MAX_TIME,
  passed: MAX_TIME,
  purged: MAX_TIME,
  merged: MAX_TIME,
};

export const readWindows = (part: SnapshotPart | undefined): WindowRow[] =>
  readRows(part, (table) => {
    const names = keyColumns(table);
    const keyOf = joinedKey(table, names);
    const keys = names.map((name) => reader(table, name));
    const numbersOf = fields(table, { start: 0, end: 0, ...NOT_YET, panes: 0, late: 0, rows: 0, clock: 0 });
    const value = shown(table, '#value');
    return (row) => {
      const { clock, ...read } = numbersOf(row);
      const key = keyOf(row);
      return {
        id: `w${key}|${read.start}|${read.end}|${read.since}`,
        key,
        keyValues: Object.fromEntries(names.map((name, i) => [name, keys[i](row)])),
        ...read,
        byClock: clock > 0,
        value: read.panes > 0 ? value(row) : '',
      };
    };
  });

export const readWatermarks = (part: SnapshotPart | undefined): WatermarkMove[] =>
  readRows(part, (table) => fields(table, { processing: 0, watermark: MIN_TIME }));

/**
 * The least range that covers the given ones; ends that are no times are left out. null where nothing is left, so
 * that the caller decides what an empty picture frames.
 */
export function span(...ranges: (readonly [number, number] | undefined)[]): [number, number] | null {
  let least = MAX_TIME;
  let most = MIN_TIME;
  for (const range of ranges) {
    if (!range) continue;
    const [from, to] = range;
    if (isTime(from) && from < least) least = from;
    if (isTime(to) && to > most) most = to;
  }
  return least <= most ? [least, most] : null;
}

export const timeRange = (part: SnapshotPart | undefined): Extent['time'] | undefined => part?.extent.time;
export const processingRange = (part: SnapshotPart | undefined): Extent['processing'] | undefined =>
  part?.extent.processing;

export interface PartitionLine {
  source: number;
  partition: number;
  /** Stretches of the line, each from where the one before it ends. */
  moves: (WatermarkMove & { idle: boolean })[];
}

/** The moves of each partition's watermark. */
export function readPartitions(part: SnapshotPart | undefined): PartitionLine[] {
  const moves = readRows(part, (table) =>
    fields(table, { processing: 0, source: 0, partition: 0, watermark: MIN_TIME, idle: 0 }),
  );
  const lines = new Map<string, PartitionLine>();
  for (const { source, partition, idle, ...move } of moves) {
    const id = `${source} ${partition}`;
    const line = lines.get(id) ?? { source, partition, moves: [] };
    line.moves.push({ ...move, idle: idle > 0 });
    lines.set(id, line);
  }
  return [...lines.values()].sort((a, b) => a.source - b.source || a.partition - b.partition);
}
