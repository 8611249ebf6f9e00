import { type FigureOptions } from '../notebook/document';
import { CHANGE_SIGNS, TIMINGS, columnIndex, formatValue, readValue, type PartRequest, type Snapshot } from '../model';
import { fittingColumns } from './columns';
import { distinct, type TextTable, type WhyTarget } from './figure';
import { type LegendItem } from './legend';
import { findPart, numbers, processingRange, span, visible } from './part';
import { spanAt } from './rows';
import { clockOf } from './time-axis';

/**
 * Every row that was ever put out, in order: when, with which sign (+I adds, −U takes back what +U replaces, −D takes
 * away), which pane of its window it is and when that came. The newest stands at the bottom, in gold while it is new.
 *
 * Options: `where`, `columns` (default all that fit), `value` (the column that it is about, in bold), `limit` (rows that the box
 * has room for; default 8, older ones are reached by scrolling).
 */
export function parts({ where }: FigureOptions): Record<string, PartRequest> {
  return { panes: { part: 'panes', where } };
}

export interface ChangeRow {
  /** Place among all emissions. */
  at: number;
  emitted: string;
  sign: (typeof CHANGE_SIGNS)[number];
  cells: string[];
  /** `pane 2, late`; empty without windows. */
  pane: string;
  changed: boolean;
  target: WhyTarget;
}

interface ChangelogView {
  columns: { title: string; numeric: boolean; strong: boolean }[];
  rows: ChangeRow[];
  /** Rows before the first that is shown. */
  earlier: number;
  hasPanes: boolean;
  /** Rows that the box has room for. */
  room: number;
  legend: LegendItem[];
}

/** What the time, the sign and `Why?` take of a narrow list, px. */
const BESIDE = 72 + 48 + 48;

/** So many rows are elements at most: the newest. */
const MOST_ROWS = 200;

export function changelogView(
  snapshot: Snapshot,
  options: FigureOptions,
  name: string,
  most = MOST_ROWS,
  width = Infinity,
): ChangelogView {
  const part = findPart(snapshot, name, 'panes');
  const room = Number(options.limit) > 0 ? Number(options.limit) : 8;
  if (!part) return { columns: [], rows: [], earlier: 0, hasPanes: false, room, legend: [] };
  const { table } = part;
  const all = visible(table);
  const asked = Array.isArray(options.columns) ? options.columns.map(String) : [];
  const names = asked.length
    ? all.filter((one) => asked.includes(one))
    : fittingColumns(table, width, BESIDE, options.value);
  const columns = names.map((one) => table.columns[columnIndex(table.schema, one)]);
  const write = clockOf(span(processingRange(part)));
  const [emitted, kind, pane, changed] = ['#emitted', '#kind', '#pane', '#changed'].map((one) =>
    numbers(table, one, 0),
  );
  const timingAt = numbers(table, '#timing', -1);
  // On a narrow screen the text beside the picture names the pane.
  const roomForPanes = asked.length > 0 || names.length === all.length;
  const hasPanes =
    roomForPanes && Array.from({ length: table.length }, (_, row) => timingAt(row)).some((one) => one >= 0);
  const earlier = Math.max(0, table.length - most);
  const rows = Array.from({ length: table.length - earlier }, (_, i): ChangeRow => {
    const row = earlier + i;
    const timing = TIMINGS[timingAt(row)];
    return {
      at: row,
      emitted: write(emitted(row)),
      sign: CHANGE_SIGNS[kind(row)] ?? CHANGE_SIGNS[0],
      cells: columns.map((column) => formatValue(readValue(column, row), column.type)),
      pane: timing ? `${pane(row)}, ${timing}` : '',
      changed: changed(row) === 1,
      target: {
        kind: 'row',
        row: Object.fromEntries(all.map((one) => [one, readValue(table.columns[columnIndex(table.schema, one)], row)])),
        span: spanAt(table, row),
      },
    };
  });
  return {
    columns: names.map((title, i) => ({
      title,
      numeric: !['STRING', 'BOOLEAN'].includes(columns[i].type.name),
      strong: title.toLowerCase() === options.value?.toLowerCase(),
    })),
    rows,
    earlier,
    hasPanes,
    room,
    legend: legendOf(rows),
  };
}

const MEANINGS: [ChangeRow['sign'], LegendItem][] = [
  ['+I', { symbol: '+I', text: '+I a new row' }],
  ['−U', { symbol: '−U', text: '−U takes back' }],
  ['+U', { symbol: '+U', text: '+U puts in its place' }],
  ['−D', { symbol: '−D', text: '−D takes away' }],
];

function legendOf(rows: ChangeRow[]): LegendItem[] {
  const signs = new Set(rows.map((row) => row.sign));
  const items = MEANINGS.filter(([sign]) => signs.has(sign)).map(([, item]) => item);
  return rows.some((row) => row.changed) ? [...items, { symbol: 'changed', text: 'just now' }] : items;
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { columns, rows, hasPanes } = changelogView(snapshot, options, name, Infinity);
  const pane = hasPanes ? ['pane'] : [];
  return {
    caption: `Every row put out so far: ${rows.length}`,
    columns: distinct(['put out', 'change', ...columns.map(({ title }) => title), ...pane, 'just now']),
    rows: rows.map((row) => [
      row.emitted,
      row.sign,
      ...row.cells,
      ...(hasPanes ? [row.pane] : []),
      row.changed ? 'yes' : '',
    ]),
  };
}
