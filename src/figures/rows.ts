import {
  isTime,
  columnIndex,
  formatValue,
  makeTable,
  readValue,
  type Extent,
  type SnapshotPart,
  type Table,
  type Value,
} from '../model';
import { type FigureOptions } from '../notebook/document';
import { JUST_CHANGED, moreRows } from '../words/figures';
import { distinct, type Chosen, type TextTable, type WhyTarget } from './figure';
import { type LegendItem } from './legend';
import { visible } from './part';

/** A table made ready to show: `Rows.svelte` draws it, `rowsText` is its text. */
export interface RowsView {
  columns: Pick<Shape, 'title' | 'numeric' | 'look'>[];
  /** The columns that tell its rows apart, in words: two tables of one kind differ in them. */
  named: string;
  rows: ShownRow[];
  /** Rows of the table that are not among `rows`, in words; empty where there are none. */
  rest: string;
  /** Rows that the box has room for, shown or not. */
  room: number;
  /** Whether it also has room for the count of rows that are not shown. */
  counts: boolean;
  /** What `changed` rows are. */
  marks: string;
  legend: LegendItem[];
}

interface ShownRow {
  /** Place in the table. */
  at: number;
  cells: string[];
  /** What it is called where it is asked about. */
  name: string;
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

/** `most` comes from the page, which knows the whole run: the most rows that the table has at any step. */
export const boxOf = ({ limit, most }: FigureOptions): Box => ({
  limit: Number(limit) > 0 ? Number(limit) : 8,
  ...(typeof most === 'number' ? { most } : {}),
});

/** The columns that the document asks for; none: all that fit. */
export const askedColumns = ({ columns }: FigureOptions): string[] =>
  Array.isArray(columns) ? columns.map(String) : [];

/** A column of the picture, and how it is written. */
export interface Shape {
  title: string;
  numeric?: boolean;
  /** The sign of a change, drawn as its shape; a value that is struck out where it is taken back, in bold or not. */
  look?: 'sign-cell' | 'said' | 'said strong';
  write: (row: number) => string;
}

const DAY = 86_400_000;
/** Whether a clock alone would not say which day is meant. */
const overMidnight = ({ time }: Extent): boolean =>
  time.every(isTime) && new Set(time.map((one) => Math.floor(one / DAY))).size > 1;

/** The table of a part, empty where it is missing, and how a column of it is written. */
export function readTable(part: SnapshotPart | undefined) {
  const table = part?.table ?? makeTable([]);
  const day = part !== undefined && overMidnight(part.extent);
  const shapeOf = (name: string, title = name): Shape => {
    const column = table.columns[columnIndex(table.schema, name)];
    const write = (row: number): string => formatValue(readValue(column, row), column.type, { day });
    return { title, numeric: !['STRING', 'BOOLEAN'].includes(column.type.name), write };
  };
  return { table, day, shapeOf };
}

/** A row stands for itself, and for the window that it belongs to, where the table has one. */
function rowTarget(table: Table): (row: number) => WhyTarget {
  const names = visible(table);
  return (row) => {
    const [start, end] = ['#start', '#end'].map((name) => valueAt(table, name, row));
    return {
      kind: 'row',
      row: Object.fromEntries(names.map((name) => [name, valueAt(table, name, row)])),
      span: start === null || end === null ? undefined : [Number(start), Number(end)],
    };
  };
}

export function valueAt(table: Table, name: string, row: number): Value {
  const index = columnIndex(table.schema, name);
  return index < 0 ? null : readValue(table.columns[index], row);
}

/** What a row stands for, and what it means that one is marked as changed. */
interface Meaning {
  target?: (row: number) => WhyTarget;
  marks?: string;
}

export function rowsView(
  table: Table,
  shapes: Shape[],
  { limit, most = Infinity, chosen, target = rowTarget(table), marks = JUST_CHANGED }: Box & Meaning,
): RowsView {
  const changed = (row: number): boolean => Boolean(valueAt(table, '#changed', row));
  const picked = pick(table.length, limit, (row) => changed(row) || Boolean(chosen?.(target(row))));
  return {
    columns: shapes.map(({ title, numeric, look }) => ({ title, numeric, look })),
    named: shapes.map(({ title }) => title).join(', '),
    rows: picked.map((at) => {
      const cells = shapes.map((shape) => shape.write(at));
      return { at, cells, name: cells.join(', '), changed: changed(at), target: target(at) };
    }),
    rest: moreRows(table.length - picked.length),
    room: Math.max(1, Math.min(limit, most)),
    counts: most > limit,
    marks,
    legend: [{ symbol: 'changed', text: marks }],
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

export function rowsText(caption: string, { columns, rows, marks }: RowsView): TextTable {
  return {
    caption,
    columns: distinct([...columns.map((column) => column.title), marks]),
    rows: rows.map((row) => [...row.cells, row.changed ? 'yes' : '']),
  };
}
