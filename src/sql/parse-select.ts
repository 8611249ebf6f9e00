import {
  type Ast,
  JOIN_KINDS,
  type JoinKind,
  type Name,
  type Select,
  type SelectItem,
  type Source,
  type WindowArgument,
} from './ast';
import { type Cursor } from './cursor';
import { parseExpression, parseOverWindow } from './parse-expression';
import { JOINS } from './words';

/** `SELECT … FROM … [WHERE …] [GROUP BY …] [HAVING …] [WINDOW …]`. */
export function parseSelect(cursor: Cursor): Select {
  return cursor.nested(() => {
    const start = cursor.token.place;
    cursor.expect('SELECT');
    cursor.allow('ALL');
    if (cursor.sees('ALL')) cursor.at += 1;
    const items = cursor.list(() => parseItem(cursor));
    cursor.expect('FROM');
    const from = parseSource(cursor);
    const behindFrom = cursor.at;
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
    if (cursor.at === behindFrom && cursor.sees(',')) cursor.refuse(JOINS);
    return { items, from, where, groupBy, having, windows, place: cursor.placeFrom(start) };
  });
}

function parseItem(cursor: Cursor): SelectItem {
  const start = cursor.token.place;
  cursor.want('*');
  const qualified = cursor.sees('.', 1) && cursor.sees('*', 2);
  const table = qualified ? cursor.name('a table') : null;
  if (qualified) cursor.at += 1;
  if (cursor.accept('*')) return { item: 'star', table, place: cursor.placeFrom(start) };
  const expression = parseExpression(cursor);
  const alias = cursor.alias();
  return { item: 'expression', expression, alias, place: cursor.placeFrom(start) };
}

/** A table, a subquery or a window table function, and joins of them. */
function parseSource(cursor: Cursor): Source {
  const start = cursor.token.place;
  let source = parseOneSource(cursor);
  let joins = 0;
  for (let kind = joinKind(cursor); kind; kind = joinKind(cursor)) {
    // A chain of joins is as deep as it is long.
    cursor.checkDepth((joins += 1));
    const right = parseOneSource(cursor);
    cursor.expect('ON');
    const on = parseExpression(cursor);
    source = { source: 'join', kind, left: source, right, on, place: cursor.placeFrom(start) };
  }
  return source;
}

function joinKind(cursor: Cursor): JoinKind | null {
  const kind = JOIN_KINDS.find((one) => cursor.sees(one));
  if (!kind && !cursor.sees('JOIN')) return null;
  if (kind) cursor.at += 1;
  if (kind && kind !== 'INNER' && cursor.sees('OUTER')) cursor.at += 1;
  cursor.expect('JOIN');
  return kind ?? 'INNER';
}

function parseOneSource(cursor: Cursor): Source {
  const start = cursor.token.place;
  if (cursor.accept('(')) {
    const query = parseSelect(cursor);
    cursor.expect(')');
    const alias = cursor.alias();
    return { source: 'query', query, alias, place: cursor.placeFrom(start) };
  }
  if (cursor.accept('TABLE')) {
    cursor.expect('(');
    const call = parseWindowFunction(cursor);
    cursor.expect(')');
    const alias = cursor.alias();
    return { source: 'window', ...call, alias, place: cursor.placeFrom(start) };
  }
  const name = cursor.name('a table');
  if (cursor.sees('(')) {
    cursor.refuse({
      what: 'a table function stands inside TABLE( )',
      hint: `Write FROM TABLE(${name.text}(TABLE name, DESCRIPTOR(time), INTERVAL '5' MINUTE)).`,
    });
  }
  const alias = cursor.alias();
  return { source: 'table', name, alias, place: cursor.placeFrom(start) };
}

/** `TUMBLE ( argument, … )`; which functions and arguments there are, the binder knows. */
function parseWindowFunction(cursor: Cursor): { function: Name; arguments: WindowArgument[] } {
  const name = cursor.name('a window function');
  cursor.expect('(');
  const list = cursor.list(() => parseArgument(cursor));
  cursor.expect(')');
  return { function: { ...name, text: name.text.toUpperCase() }, arguments: list };
}

function parseArgument(cursor: Cursor): WindowArgument {
  const start = cursor.token.place;
  let name: Name | null = null;
  if (cursor.sees('=>', 1)) {
    name = cursor.name('a name');
    cursor.at += 1;
  }
  const place = (): Source['place'] => cursor.placeFrom(start);
  const from = cursor.token.place;
  if (cursor.accept('TABLE')) {
    const table = cursor.name('a table');
    const input: Source = { source: 'table', name: table, alias: null, place: cursor.placeFrom(from) };
    return { name, argument: 'table', input, place: place() };
  }
  if (cursor.sees('(') && cursor.sees('SELECT', 1)) {
    cursor.at += 1;
    const query = parseSelect(cursor);
    cursor.expect(')');
    const input: Source = { source: 'query', query, alias: null, place: cursor.placeFrom(from) };
    return { name, argument: 'table', input, place: place() };
  }
  cursor.want('DESCRIPTOR');
  if (cursor.sees('DESCRIPTOR') && cursor.sees('(', 1)) {
    cursor.at += 2;
    const column = cursor.name('a column');
    cursor.expect(')');
    return { name, argument: 'descriptor', column, place: place() };
  }
  const expression: Ast = parseExpression(cursor);
  return { name, argument: 'expression', expression, place: place() };
}
