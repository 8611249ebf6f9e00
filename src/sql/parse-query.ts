import { type Query } from './ast';
import { type Cursor } from './cursor';
import { parseSelect } from './parse-select';
import { UNION } from './words';

/** `[WITH name AS (…), …] SELECT … [UNION ALL SELECT …]…`. */
export function parseQuery(cursor: Cursor): Query {
  return cursor.nested(() => {
    const start = cursor.token.place;
    const names: Query['names'] = [];
    cursor.allow('WITH');
    if (cursor.sees('WITH')) {
      cursor.at += 1;
      names.push(...cursor.list(() => parseName(cursor)));
    }
    const selects = [parseSelect(cursor)];
    for (;;) {
      cursor.allow('UNION');
      if (!cursor.sees('UNION')) break;
      cursor.at += 1;
      cursor.want('ALL');
      if (!cursor.sees('ALL')) cursor.refuse(UNION);
      cursor.at += 1;
      selects.push(parseSelect(cursor));
    }
    return { names, selects, place: cursor.placeFrom(start) };
  });
}

function parseName(cursor: Cursor): Query['names'][number] {
  cursor.want('a name');
  if (cursor.sees('RECURSIVE') && !cursor.sees('AS', 1)) cursor.unexpected();
  const name = cursor.name('a name');
  cursor.expect('AS', '(');
  return { name, query: cursor.query() };
}
