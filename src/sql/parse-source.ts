import { type Ast, JOIN_WORDS, type JoinWord, type Name, type Source, type WindowArgument } from './ast';
import { type Cursor } from './cursor';
import { parseExpression } from './parse-expression';
import { CROSS, USING } from './words';

/** A table, a subquery or a window table function, and joins of them. */
export function parseSource(cursor: Cursor): Source {
  const start = cursor.token.place;
  let source = parseOne(cursor);
  let joins = 0;
  for (let join = parseJoin(cursor); join; join = parseJoin(cursor)) {
    // A chain of joins is as deep as it is long.
    cursor.checkDepth((joins += 1));
    const right = parseOne(cursor);
    if (cursor.sees('USING')) cursor.refuse(USING);
    cursor.expect('ON');
    const on = parseExpression(cursor);
    source = { source: 'join', ...join, left: source, right, on, place: cursor.placeFrom(start) };
  }
  if (cursor.sees(',')) {
    cursor.want('JOIN');
    cursor.refuse(CROSS);
  }
  return source;
}

/** `[ASOF] [INNER | LEFT | RIGHT | FULL [OUTER]] JOIN`, or null where there is none. */
function parseJoin(cursor: Cursor): { kind: JoinWord; nearest: boolean } | null {
  cursor.allow('JOIN', 'ASOF', ...JOIN_WORDS);
  const nearest = cursor.may('ASOF');
  const kind = JOIN_WORDS.find((one) => cursor.sees(one));
  if (!kind && !nearest && !cursor.sees('JOIN')) return null;
  if (kind) cursor.at += 1;
  if (kind && kind !== 'INNER') cursor.may('OUTER');
  cursor.expect('JOIN');
  return { kind: kind ?? 'INNER', nearest };
}

function parseOne(cursor: Cursor): Source {
  const start = cursor.token.place;
  cursor.want('(');
  if (cursor.sees('(')) {
    const query = cursor.inside(() => cursor.query());
    const alias = cursor.alias();
    return { source: 'query', query, alias, place: cursor.placeFrom(start) };
  }
  if (cursor.accept('TABLE')) {
    const call = cursor.inside(() => parseWindowFunction(cursor));
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
  let asOf: Ast | null = null;
  if (cursor.may('FOR')) {
    cursor.expect('SYSTEM_TIME', 'AS', 'OF');
    asOf = parseExpression(cursor);
  }
  const alias = cursor.alias();
  return { source: 'table', name, asOf, alias, place: cursor.placeFrom(start) };
}

/** `TUMBLE ( argument, … )`; which functions and arguments there are, the binder knows. */
function parseWindowFunction(cursor: Cursor): { function: Name; arguments: WindowArgument[] } {
  const name = cursor.name('a window function');
  const list = cursor.inside(() => cursor.list(() => parseArgument(cursor)));
  return { function: { ...name, text: name.text.toUpperCase() }, arguments: list };
}

function parseArgument(cursor: Cursor): WindowArgument {
  const start = cursor.token.place;
  let name: Name | null = null;
  if (cursor.sees('=>', 1)) {
    name = cursor.name('a name');
    cursor.at += 1;
  }
  const input = parseData(cursor);
  if (input) {
    const partitionBy = parsePartition(cursor);
    return { name, argument: 'table', input, partitionBy, place: cursor.placeFrom(start) };
  }
  cursor.want('DESCRIPTOR');
  if (cursor.sees('DESCRIPTOR') && cursor.sees('(', 1)) {
    cursor.at += 1;
    const column = cursor.inside(() => cursor.name('a column'));
    return { name, argument: 'descriptor', column, place: cursor.placeFrom(start) };
  }
  const expression = parseExpression(cursor);
  return { name, argument: 'expression', expression, place: cursor.placeFrom(start) };
}

/** `TABLE name` or `(SELECT …)`, or null where something else stands. */
function parseData(cursor: Cursor): Extract<Source, { source: 'table' | 'query' }> | null {
  const start = cursor.token.place;
  if (cursor.accept('TABLE')) {
    const name = cursor.name('a table');
    return { source: 'table', name, asOf: null, alias: null, place: cursor.placeFrom(start) };
  }
  if (!cursor.sees('(') || !(cursor.sees('SELECT', 1) || cursor.sees('WITH', 1))) return null;
  const query = cursor.inside(() => cursor.query());
  return { source: 'query', query, alias: null, place: cursor.placeFrom(start) };
}

/** `PARTITION BY key` or `PARTITION BY (key, key)`: a comma outside of parentheses begins the next argument. */
function parsePartition(cursor: Cursor): Ast[] {
  if (!cursor.may('PARTITION')) return [];
  cursor.expect('BY');
  cursor.want('(');
  const key = (): Ast => parseExpression(cursor);
  return cursor.sees('(') ? cursor.inside(() => cursor.list(key)) : [key()];
}
