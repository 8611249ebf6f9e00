import { type Select, type SelectItem } from './ast';
import { type Cursor } from './cursor';
import { parseExpression, parseOverWindow } from './parse-expression';
import { parseSource } from './parse-source';
import { ALL_COLUMNS } from './words';

/** `SELECT … FROM … [WHERE …] [GROUP BY …] [HAVING …] [WINDOW …]`. */
export function parseSelect(cursor: Cursor): Select {
  return cursor.nested(() => {
    const start = cursor.token.place;
    cursor.expect('SELECT');
    cursor.may('ALL');
    const items = cursor.list(() => parseItem(cursor));
    cursor.expect('FROM');
    const from = parseSource(cursor);
    const where = cursor.accept('WHERE') ? parseExpression(cursor) : null;
    const groupBy = cursor.accept('GROUP') ? (cursor.expect('BY'), cursor.list(() => parseExpression(cursor))) : [];
    const having = cursor.accept('HAVING') ? parseExpression(cursor) : null;
    const windows = cursor.accept('WINDOW')
      ? cursor.list(() => {
          const name = cursor.name('a name');
          cursor.expect('AS');
          return { name, window: parseOverWindow(cursor) };
        })
      : [];
    return { items, from, where, groupBy, having, windows, place: cursor.placeFrom(start) };
  });
}

function parseItem(cursor: Cursor): SelectItem {
  const start = cursor.token.place;
  cursor.want('*');
  const qualified = cursor.sees('.', 1) && cursor.sees('*', 2);
  const table = qualified ? cursor.name('a table') : null;
  if (qualified) cursor.at += 1;
  if (cursor.accept('*')) {
    if (['EXCEPT', 'EXCLUDE', 'REPLACE'].some((word) => cursor.sees(word))) cursor.refuse(ALL_COLUMNS);
    return { item: 'star', table, place: cursor.placeFrom(start) };
  }
  const expression = parseExpression(cursor);
  const alias = cursor.alias();
  return { item: 'expression', expression, alias, place: cursor.placeFrom(start) };
}
