import { type FigureOptions } from '../notebook/document';
import {
  FATES,
  MAX_TIME,
  MIN_TIME,
  columnIndex,
  formatValue,
  readValue,
  type Extent,
  type SnapshotPart,
  type Snapshot,
  type Table,
  type Value,
} from '../model';
import { partName } from './figure';

/** Reads parts of a snapshot (`model/snapshot.ts`) into the plain rows that figures draw. */

export const isTime = (time: number): boolean => time > MIN_TIME && time < MAX_TIME;

export type Fate = (typeof FATES)[number];

export interface EventRow {
  /** Partition and offset: the event's identity. */
  id: string;
  time: number;
  append: number;
  partition: number;
  offset: number;
  input: number;
  fate: Fate;
  /** The value that gives its colour, as shown; empty where no column does. */
  key: string;
  /** Whether it holds under the figure's `where`. */
  here: boolean;
  /** Its other columns in words: `amount €40.00`; made when asked for. */
  readonly facts: string;
}

export interface WindowRow {
  id: string;
  key: string;
  keyValues: Record<string, Value>;
  start: number;
  end: number;
  opened: number;
  /** Since when it has these bounds: later than `opened` for a session that has grown. */
  since: number;
  fired: number;
  /** When the watermark, or the clock, reached its end: what comes behind that is late. */
  passed: number;
  purged: number;
  /** When it became part of a longer session. */
  merged: number;
  panes: number;
  /** Of these, late ones. */
  late: number;
  /** Its bounds are times of the clock. */
  byClock: boolean;
  rows: number;
  /** The value of the last pane, as shown; empty before the first. */
  value: string;
  open: boolean;
}

export interface WatermarkMove {
  processing: number;
  watermark: number;
}

export const findPart = (snapshot: Snapshot, name: string, short: string): SnapshotPart | undefined =>
  snapshot.parts[partName(name, short)];

/** Place of a column; names are written as in SQL, where case does not matter. */
function placeOf(table: Table, name: string): number {
  const exact = columnIndex(table.schema, name);
  return exact >= 0 ? exact : table.schema.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** A reader of one column of a table: null in every row where there is no such column. */
export function reader(table: Table, name: string): (row: number) => Value {
  const index = placeOf(table, name);
  if (index < 0) return () => null;
  const column = table.columns[index];
  return (row) => readValue(column, row);
}

export function numbers(table: Table, name: string, otherwise: number): (row: number) => number {
  const read = reader(table, name);
  return (row) => {
    const value = read(row);
    return value === null ? otherwise : Number(value);
  };
}

export const visible = (table: Table): string[] =>
  table.schema.filter((one) => !one.name.startsWith('#')).map((one) => one.name);

/** Names of the key columns of a `windows` or `state` part: those before `#start`. */
export function keyColumns(table: Table): string[] {
  const start = columnIndex(table.schema, '#start');
  return table.schema.slice(0, Math.max(start, 0)).map((one) => one.name);
}

/** A fate is held as its place in `FATES`, or spelled out. */
function fateOf(value: Value): Fate {
  const at = typeof value === 'string' ? FATES.indexOf(value as Fate) : Number(value ?? 0);
  return FATES[at] ?? FATES[0];
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

export function readEvents(part: SnapshotPart | undefined, color: string | null, options: FigureOptions): EventRow[] {
  if (!part) return [];
  const { table } = part;
  const time = numbers(table, '#time', 0);
  const append = numbers(table, '#append', 0);
  const partition = numbers(table, '#partition', 0);
  const offset = numbers(table, '#offset', -1);
  const input = numbers(table, '#input', -1);
  const fate = reader(table, '#fate');
  const key = color === null ? () => '' : shown(table, color);
  const holds = Object.entries(options.where)
    .filter(([name]) => placeOf(table, name) >= 0)
    .map(([name, value]) => ({ read: reader(table, name), value }));
  const timeColumns = table.schema.filter((one) => one.type.name === 'TIMESTAMP').map((one) => one.name);
  const facts = wording(
    table,
    visible(table).filter((name) => name !== color && !timeColumns.includes(name)),
  );
  return Array.from({ length: table.length }, (_, row) => ({
    id: `e${partition(row)}.${offset(row)}`,
    time: time(row),
    append: append(row),
    partition: partition(row),
    offset: offset(row),
    input: input(row),
    fate: fateOf(fate(row)),
    key: key(row),
    here: holds.every(({ read, value }) => String(read(row)) === String(value)),
    get facts() {
      return facts(row);
    },
  }));
}

/** A column as shown. */
export function shown(table: Table, name: string): (row: number) => string {
  const index = placeOf(table, name);
  if (index < 0) return () => '';
  const column = table.columns[index];
  return (row) => formatValue(readValue(column, row), column.type);
}

export function joinedKey(table: Table, names: string[]): (row: number) => string {
  const reads = names.map((name) => shown(table, name));
  return (row) => reads.map((read) => read(row)).join(' · ');
}

export function readWindows(part: SnapshotPart | undefined): WindowRow[] {
  if (!part) return [];
  const { table } = part;
  const names = keyColumns(table);
  const key = joinedKey(table, names);
  const keys = names.map((name) => reader(table, name));
  const start = numbers(table, '#start', 0);
  const end = numbers(table, '#end', 0);
  const opened = numbers(table, '#opened', MAX_TIME);
  const since = numbers(table, '#since', MAX_TIME);
  const passed = numbers(table, '#passed', MAX_TIME);
  const merged = numbers(table, '#merged', MAX_TIME);
  const late = numbers(table, '#late', 0);
  const byClock = reader(table, '#clock');
  const fired = numbers(table, '#fired', MAX_TIME);
  const purged = numbers(table, '#purged', MAX_TIME);
  const panes = numbers(table, '#panes', 0);
  const rows = numbers(table, '#rows', 0);
  const value = shown(table, '#value');
  const open = reader(table, '#open');
  return Array.from({ length: table.length }, (_, row) => ({
    id: `w${key(row)}|${start(row)}|${end(row)}|${since(row)}`,
    key: key(row),
    keyValues: Object.fromEntries(names.map((name, i) => [name, keys[i](row)])),
    start: start(row),
    end: end(row),
    opened: opened(row),
    since: since(row),
    fired: fired(row),
    passed: passed(row),
    purged: purged(row),
    merged: merged(row),
    panes: panes(row),
    late: late(row),
    byClock: Boolean(byClock(row)),
    rows: rows(row),
    value: panes(row) > 0 ? value(row) : '',
    open: Boolean(open(row)),
  }));
}

export function readWatermarks(part: SnapshotPart | undefined): WatermarkMove[] {
  if (!part) return [];
  const processing = numbers(part.table, '#processing', 0);
  const watermark = numbers(part.table, '#watermark', MIN_TIME);
  return Array.from({ length: part.table.length }, (_, row) => ({
    processing: processing(row),
    watermark: watermark(row),
  }));
}

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
  if (!part) return [];
  const { table } = part;
  const [processing, source, partition] = ['#processing', '#source', '#partition'].map((name) =>
    numbers(table, name, 0),
  );
  const watermark = numbers(table, '#watermark', MIN_TIME);
  const idle = reader(table, '#idle');
  const lines = new Map<string, PartitionLine>();
  for (let row = 0; row < table.length; row += 1) {
    const id = `${source(row)} ${partition(row)}`;
    const line = lines.get(id) ?? { source: source(row), partition: partition(row), moves: [] };
    line.moves.push({ processing: processing(row), watermark: watermark(row), idle: Boolean(idle(row)) });
    lines.set(id, line);
  }
  return [...lines.values()].sort((a, b) => a.source - b.source || a.partition - b.partition);
}
