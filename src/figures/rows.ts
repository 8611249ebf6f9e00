import {
  columnIndex,
  formatValue,
  isTime,
  readValue,
  type ColumnType,
  type Extent,
  type Snapshot,
  type Table,
  type Value,
} from '../model';
import { fittingColumns } from './columns';
import { distinct, type Chosen, type TextTable, type WhyTarget } from './figure';
import { knownNames } from './known';
import { findPart, keyColumns, visible } from './part';
import { formatSpan } from '../words/phrases';

export const JUST_CHANGED = 'just changed';

/** A table made ready to show: `Rows.svelte` draws it, `rowsText` is its text. */
export interface RowsView {
  columns: { title: string; numeric: boolean }[];
  rows: ShownRow[];
  /** Rows of the table that are not among `rows`. */
  more: number;
  /** Rows that the box has room for, shown or not. */
  room: number;
  /** What `changed` rows are, where that is not `just changed`. */
  marks?: string;
  /** Whether it also has room for the count of rows that are not shown. */
  counts: boolean;
}

interface ShownRow {
  /** Place in the table. */
  at: number;
  cells: string[];
  changed: boolean;
  target: WhyTarget;
}

/** Rows to show at most, and the most that the table has anywhere in its run, where that is known. */
export interface Box {
  limit: number;
  most?: number;
  /** Rows that are shown before others. */
  chosen?: Chosen;
}

const roomOf = ({ limit, most = Infinity }: Box): Pick<RowsView, 'room' | 'counts'> => ({
  room: Math.max(1, Math.min(limit, most)),
  counts: most > limit,
});

interface Shape {
  title: string;
  numeric: boolean;
  write: (row: number) => string;
}

const isNumber = (type: ColumnType): boolean => !['STRING', 'BOOLEAN'].includes(type.name);

const DAY = 86_400_000;
/** Whether a clock alone would not say which day is meant. */
const overMidnight = (extent: Extent | undefined): boolean =>
  extent !== undefined &&
  extent.time.every(isTime) &&
  new Set(extent.time.map((time) => Math.floor(time / DAY))).size > 1;

function shapeOf(table: Table, name: string, title: string, day: boolean): Shape {
  const column = table.columns[columnIndex(table.schema, name)];
  const write = (row: number): string => formatValue(readValue(column, row), column.type, { day });
  return { title, numeric: isNumber(column.type), write };
}

/** The state of an operator: its keys, its window if it has one, and what it holds. */
export function stateView(snapshot: Snapshot, name: string, box: Box): RowsView {
  const part = findPart(snapshot, name, 'state');
  if (!part) return { columns: [], rows: [], more: 0, ...roomOf(box) };
  const { table, extent } = part;
  const day = overMidnight(extent);
  const keys = keyColumns(table);
  const names = visible(table);
  const plain = (name: string): Shape => shapeOf(table, name, name, day);
  const rest = names.filter((name) => !keys.includes(name)).map(plain);
  const shapes = [...keys.map(plain), ...windowShape(table, day), ...rest];
  return view(table, shapes, box, (row) => {
    const key = Object.fromEntries(keys.map((name) => [name, valueAt(table, name, row)]));
    const [start, end] = ['#start', '#end'].map((name) => Number(valueAt(table, name, row) ?? 0));
    return { kind: 'window', key, start, end };
  });
}

/** One column for `#start` and `#end`, where some row has a window. */
function windowShape(table: Table, day: boolean): Shape[] {
  if (columnIndex(table.schema, '#start') < 0 || columnIndex(table.schema, '#end') < 0) return [];
  const bounds = (row: number): [number, number] => [
    Number(valueAt(table, '#start', row) ?? 0),
    Number(valueAt(table, '#end', row) ?? 0),
  ];
  const windowed = Array.from({ length: table.length }, (_, row) => bounds(row)).some(([start, end]) => start !== end);
  if (!windowed) return [];
  const write = (row: number): string => formatSpan(...bounds(row), day);
  return [{ title: 'window', numeric: false, write }];
}

/** What `known at` and `Why?` take of a narrow table, px. */
const BESIDE = 62 + 48;

/** A result as it stands, and when each row became known; by known-at time beside what is published now. */
export function resultView(
  snapshot: Snapshot,
  name: string,
  box: Box,
  asked: string[] = [],
  width = Infinity,
): RowsView {
  const part = findPart(snapshot, name, 'result');
  if (!part) return { columns: [], rows: [], more: 0, ...roomOf(box) };
  const known = findPart(snapshot, name, 'known');
  const day = overMidnight(part.extent);
  const columns = asked.length ? asked : fittingColumns(part.table, width, BESIDE);
  if (!known) return tableView(part.table, { columns, ...box, day });
  const both = columns.flatMap((column) => [column, ...knownNames(column)]);
  return { ...tableView(known.table, { columns: both, ...box, day }), marks: 'not the same now' };
}

/** Any table: the named columns or all visible ones, and `#emitted` as "known at" where there is one. */
export function tableView(
  table: Table,
  { columns = [], day = false, ...box }: Box & { columns?: string[]; day?: boolean },
): RowsView {
  const all = visible(table);
  const names = columns.length ? columns.filter((name) => all.includes(name)) : all;
  const shapes = names.map((name) => shapeOf(table, name, name, day));
  if (columnIndex(table.schema, '#emitted') >= 0) shapes.push(shapeOf(table, '#emitted', 'known at', day));
  return view(table, shapes, box, (row) => ({
    kind: 'row',
    row: Object.fromEntries(all.map((name) => [name, valueAt(table, name, row)])),
    span: spanAt(table, row),
  }));
}

/** The window that a row belongs to, where the table has one. */
export function spanAt(table: Table, row: number): [number, number] | undefined {
  const [start, end] = ['#start', '#end'].map((name) => valueAt(table, name, row));
  return start === null || end === null ? undefined : [Number(start), Number(end)];
}

function valueAt(table: Table, name: string, row: number): Value {
  const index = columnIndex(table.schema, name);
  return index < 0 ? null : readValue(table.columns[index], row);
}

function view(table: Table, shapes: Shape[], box: Box, target: (row: number) => WhyTarget): RowsView {
  const changed = (row: number): boolean => Boolean(valueAt(table, '#changed', row));
  const picked = pick(table.length, box.limit, (row) => changed(row) || Boolean(box.chosen?.(target(row))));
  return {
    columns: shapes.map(({ title, numeric }) => ({ title, numeric })),
    rows: picked.map((at) => ({
      at,
      cells: shapes.map((shape) => shape.write(at)),
      changed: changed(at),
      target: target(at),
    })),
    more: table.length - picked.length,
    ...roomOf(box),
  };
}

/** As many rows as there is room for, in the table's order: those that must be shown, and else the last ones. */
function pick(length: number, limit: number, asked: (row: number) => boolean): number[] {
  const all = Array.from({ length }, (_, row) => row);
  if (length <= limit) return all;
  const must = all.filter(asked).slice(-limit);
  const rest = all.filter((row) => !must.includes(row)).slice(-(limit - must.length) || length);
  return [...must, ...rest.slice(0, limit - must.length)].sort((a, b) => a - b);
}

export function rowsText(caption: string, { columns, rows, marks = JUST_CHANGED }: RowsView): TextTable {
  return {
    caption,
    columns: distinct([...columns.map((column) => column.title), marks]),
    rows: rows.map((row) => [...row.cells, row.changed ? 'yes' : '']),
  };
}
