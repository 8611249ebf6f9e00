import { type Table } from '../model';
import { textWidth } from './label';
import { shown, visible } from './part';

/** Padding of a cell in a narrow table, both sides, and how long a text its cells show, as in `rows.css`. */
const PADDING = 13;
const LONGEST = 22;

/** Up to this width a table of rows chooses its columns itself, px; the same in `rows.css`. */
const NARROW = 480;

/**
 * The columns of a table that fit, in their order, where the document names none: what it is about (`value`, else the last
 * column that is no time) comes first, then what names a row, then times, of which the ends of windows tell the least.
 * `beside`: px that other cells take. On a wide screen all of them.
 */
export function fittingColumns(table: Table, width: number, beside: number, value: string | null = null): string[] {
  const all = visible(table);
  if (width > NARROW) return all;
  const isTime = (name: string): boolean =>
    table.schema.some((one) => one.name === name && one.type.name === 'TIMESTAMP');
  const plain = all.filter((name) => !isTime(name));
  const about = plain.find((name) => name.toLowerCase() === value?.toLowerCase()) ?? plain.at(-1);
  const rank = (name: string): number => (name === about ? 0 : !isTime(name) ? 2 : /end|time/i.test(name) ? 3 : 1);
  let left = width - beside;
  const kept = [...all]
    .sort((a, b) => rank(a) - rank(b))
    .filter((name, place) => {
      left -= widthOf(table, name);
      return place === 0 || left >= 0;
    });
  return all.filter((name) => kept.includes(name));
}

function widthOf(table: Table, name: string): number {
  const write = shown(table, name);
  let longest = '';
  for (let row = 0; row < table.length; row += 1) {
    const text = write(row);
    if (text.length > longest.length) longest = text;
  }
  return Math.max(textWidth(name, 12, 'sans'), textWidth(longest.slice(0, LONGEST), 12)) + PADDING;
}
