import { type Query } from './ast';
import { type Cursor } from './cursor';
import { parseSelect } from './parse-select';
import { CUTS, UNION } from './words';

/** `[WITH name AS (…), …] SELECT … [UNION ALL SELECT …]… [LIMIT n]`. */
export function parseQuery(cursor: Cursor): Query {
  return cursor.nested(() => {
    const start = cursor.token.place;
    const names = cursor.may('WITH') ? cursor.list(() => parseName(cursor)) : [];
    const selects = [parseSelect(cursor)];
    while (cursor.may('UNION')) {
      cursor.want('ALL');
      if (!cursor.sees('ALL')) cursor.refuse(UNION);
      cursor.at += 1;
      selects.push(parseSelect(cursor));
    }
    const limit = parseLimit(cursor);
    return { names, selects, limit, place: cursor.placeFrom(start) };
  });
}

function parseLimit(cursor: Cursor): Query['limit'] {
  const start = cursor.token.place;
  if (!cursor.may('LIMIT')) return null;
  cursor.want('a whole number');
  const { kind, text } = cursor.token;
  if (kind !== 'number' || !/^\d+$/.test(text)) cursor.unexpected();
  cursor.at += 1;
  if (cursor.sees(',')) cursor.refuse(CUTS);
  return { count: Number(text), place: cursor.placeFrom(start) };
}

function parseName(cursor: Cursor): Query['names'][number] {
  cursor.want('a name');
  if (cursor.sees('RECURSIVE') && !cursor.sees('AS', 1)) cursor.unexpected();
  const name = cursor.name('a name');
  cursor.expect('AS');
  return { name, query: cursor.inside(() => parseQuery(cursor)) };
}
