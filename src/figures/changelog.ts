import { CHANGE_SIGNS, TIMINGS, type PartRequest, type Snapshot } from '../model';
import { type FigureOptions } from '../notebook/document';
import { changelogCaption, earlierRows, JUST_NOW, LEGEND, paneLabel } from '../words/figures';
import { fittingColumns } from './columns';
import { type TextTable } from './figure';
import { fields, findPart, processingRange, span, visible } from './part';
import { askedColumns, boxOf, readTable, rowsText, rowsView, type RowsView, type Shape } from './rows';
import { clockOf } from './time-axis';

/**
 * Every row that was ever emitted, in order: when, with which sign (+I adds, −U takes back what +U replaces, −D takes
 * away), which pane of its window it is and when that came. The newest stands at the bottom, in gold while it is new.
 *
 * Options: `where`, `columns` (default all that fit), `value` (the column that it is about, in bold), `limit` (rows that the box
 * has room for; default 8, older ones are reached by scrolling).
 */
export function parts({ where }: FigureOptions): Record<string, PartRequest> {
  return { panes: { part: 'panes', where } };
}

/** What the time, the sign and `Why?` take of a narrow list, px. */
const BESIDE = 72 + 48 + 48;

/** So many rows are elements at most: the newest. */
const MOST_ROWS = 200;

export function changelogView(
  snapshot: Snapshot,
  options: FigureOptions,
  name: string,
  { most = MOST_ROWS, width = Infinity } = {},
): RowsView {
  const part = findPart(snapshot, name, 'panes');
  const { table, shapeOf } = readTable(part);
  const all = visible(table);
  const asked = askedColumns(options);
  const names = asked.length
    ? all.filter((one) => asked.includes(one))
    : fittingColumns(table, width, BESIDE, options.value);
  const clock = clockOf(span(processingRange(part)));
  const numbersOf = fields(table, { emitted: 0, kind: 0, pane: 0, timing: -1 });
  const sign = (row: number) => CHANGE_SIGNS[numbersOf(row).kind] ?? CHANGE_SIGNS[0];
  const isAbout = (one: string): boolean => one.toLowerCase() === options.value?.toLowerCase();
  const shapes: Shape[] = [
    { title: 'emitted', write: (row) => clock(numbersOf(row).emitted) },
    { title: 'change', look: 'sign-cell', write: sign },
    ...names.map((one): Shape => ({ ...shapeOf(one), look: isAbout(one) ? 'said strong' : 'said' })),
  ];
  const rows = Array.from({ length: table.length }, (_, row) => row);
  // On a narrow screen the text beside the picture names the pane.
  const roomForPanes = asked.length > 0 || names.length === all.length;
  if (roomForPanes && rows.some((row) => numbersOf(row).timing >= 0)) shapes.push({ title: 'pane', write: paneOf });
  const view = rowsView(table, shapes, { limit: most, marks: JUST_NOW });
  const signs = new Set(rows.slice(-most).map(sign));
  return {
    ...view,
    named: names.join(', '),
    rows: view.rows.map((row) => ({ ...row, name: nameOf(row.cells) })),
    rest: earlierRows(table.length - view.rows.length),
    room: boxOf(options).limit,
    legend: [
      ...CHANGE_SIGNS.filter((one) => signs.has(one)).map((symbol) => ({ symbol, text: LEGEND[symbol] })),
      ...(view.rows.some(({ changed }) => changed) ? view.legend : []),
    ],
  };

  function nameOf([, sign, ...cells]: string[]): string {
    return `${sign} ${cells.slice(0, names.length).join(', ')}`;
  }

  function paneOf(row: number): string {
    const { pane, timing } = numbersOf(row);
    return paneLabel(pane, TIMINGS[timing]);
  }
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const view = changelogView(snapshot, options, name, { most: Infinity });
  return rowsText(changelogCaption(view.rows.length), view);
}
