import { MARKS } from '../../model';
import { type FigureCell, type FigureOptions, type Show, type SqlCell } from '../document';
import { factsOf, FIGURE_NAMES, type FigureName } from '../figures';
import { type Item } from '../item';
import { type Known } from '../known';
import { readWhere } from '../queries';
import { columnValue } from '../values';
import { type CellKind } from './cell';

/** A picture bound to a run: its name with what it keeps, and where the run stands when the page opens. */
export const figure: CellKind<FigureCell> = {
  head: ['reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const cell = known.cell(head.need('reads'), 'sql');
    const fields = body.fields([...FIGURE_NAMES, 'show']);
    const names = FIGURE_NAMES.filter((name) => fields.has(name));
    if (names.length !== 1) {
      throw body.error(names.length ? 'two pictures in one figure' : 'a figure without a picture', {
        expected: `one of ${FIGURE_NAMES.join(', ')}`,
        found: names.join(' and ') || 'none',
      });
    }
    return {
      reads: cell.id,
      figure: names[0],
      options: readOptions(names[0], fields.need(names[0]), cell, known),
      show: readShow(fields.get('show')),
    };
  },
};

const OPTION_KEYS = ['where', 'color', 'value'];

/** `{where: {card: 4417}, value: spend}`; a column of the run stands for a `where` on it: `{card: 4417}`. */
export function readOptions(figure: FigureName, item: Item, cell: SqlCell, known: Known): FigureOptions {
  const options: FigureOptions = { where: {}, color: null, value: null };
  if (item.scalar === null) return options;
  const columns = known.columnsAround(cell);
  const names = columns.map((one) => one.name);
  const own = factsOf(figure).options;
  const fields = item.fields([...new Set([...OPTION_KEYS, ...Object.keys(own), ...names])]);
  options.where = readWhere(fields.get('where'), columns);
  for (const key of ['color', 'value'] as const) {
    if (fields.has(key)) options[key] = fields.need(key).oneOf(names);
  }
  for (const [key, read] of Object.entries(own)) if (fields.has(key)) options[key] = read(fields.need(key));
  for (const [key, value] of item.entries()) {
    const column =
      OPTION_KEYS.includes(key) || Object.hasOwn(own, key) ? undefined : columns.find((one) => one.name === key);
    if (column) options.where[key] = columnValue(value, column.type);
  }
  return options;
}

/** `end`, `{step: 12}` or `{moment: late, n: 1}`. */
export function readShow(item: Item | null): Show {
  if (!item || item.scalar === 'end') return { at: 'end' };
  if (!item.isMap) throw item.error('show is not known', { expected: 'end, {step: 12} or {moment: late, n: 1}' });
  const fields = item.fields(['step', 'moment', 'n']);
  if (fields.has('step')) {
    if (fields.has('moment') || fields.has('n'))
      throw item.error('show is at a step or at a moment', { expected: 'one of them', found: 'both' });
    return { at: 'step', step: fields.need('step').whole(0, 10_000_000) };
  }
  return { at: 'moment', mark: fields.need('moment').oneOf(MARKS), n: fields.get('n')?.whole(1, 1_000_000) ?? 1 };
}
