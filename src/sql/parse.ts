import { TidemarkError, type TextPlace } from '../model';
import { type CreateTable, type Name, type Statement } from './ast';
import { Cursor } from './cursor';
import { fail } from './fail';
import { lex, type Token } from './lexer';
import { parseExpression } from './parse-expression';
import { parseType } from './parse-type';
import { parseQuery } from './parse-query';

/** More statements than this are refused: views may read views, and a plan must stay shallow. */
const MAX_STATEMENTS = 100;

/** Reads a text of statements with semicolons between them. Throws a TidemarkError with a place. */
export function parse(text: string): Statement[] {
  if (typeof text !== 'string')
    throw new TidemarkError({ what: 'SQL is a text', expected: 'a text', found: `a ${typeof text}` });
  return parseStatements(cursorOf(lex(text)));
}

export const cursorOf = (tokens: readonly Token[]): Cursor => new Cursor(tokens, parseQuery);

export function parseStatements(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (cursor.accept(';'));
  while (!cursor.ended) {
    if (statements.length === MAX_STATEMENTS) tooMany(cursor.token.place);
    const first = cursor.at;
    const body = parseStatement(cursor);
    const place = cursor.placeFrom(cursor.tokens[first].place);
    if (!cursor.ended) cursor.expect(';');
    while (!cursor.ended && cursor.accept(';'));
    // What stands behind the semicolons belongs to the next statement, but behind the last one there is none.
    const until = cursor.ended ? cursor.at : cursor.at - 1;
    const from = statements.length ? first : 0;
    const comments = cursor.tokens.slice(from, until + 1).flatMap((token) => token.comments);
    statements.push({ ...body, place, comments });
  }
  if (statements.length === 0) {
    cursor.want('a statement');
    cursor.allow('SELECT', 'WITH', 'CREATE', 'INSERT', 'SET');
  }
  return statements;
}

function tooMany(place: TextPlace): never {
  fail(place, {
    what: 'there are too many statements',
    expected: `at most ${MAX_STATEMENTS}`,
    found: 'one more',
    hint: 'Split them over several cells.',
  });
}

type Body = { [S in Statement as S['statement']]: Omit<S, 'place' | 'comments'> }[Statement['statement']];

function parseStatement(cursor: Cursor): Body {
  if (cursor.accept('SET')) {
    const key = quoted(cursor, "a key in quotes, such as 'table.exec.state.ttl'");
    cursor.expect('=');
    return { statement: 'set', key, value: quoted(cursor, 'a value in quotes') };
  }
  if (cursor.accept('CREATE')) return create(cursor);
  if (cursor.accept('INSERT')) {
    cursor.expect('INTO');
    const name = cursor.name('a table');
    return { statement: 'insert', name, query: parseQuery(cursor) };
  }
  cursor.want('SELECT');
  cursor.want('WITH');
  if (!cursor.sees('SELECT') && !cursor.sees('WITH')) cursor.unexpected();
  return { statement: 'select', query: parseQuery(cursor) };
}

/** A text in quotes, with its place. */
function quoted(cursor: Cursor, kind: string): Name {
  const { place } = cursor.token;
  return { text: cursor.text(kind), place };
}

function create(cursor: Cursor): Body {
  if (cursor.accept('TABLE')) return createTable(cursor);
  const materialized = cursor.accept('MATERIALIZED');
  cursor.expect('VIEW');
  const name = cursor.name('a name');
  cursor.expect('AS');
  const query = parseQuery(cursor);
  return { statement: 'create view', name, materialized, query };
}

function createTable(cursor: Cursor): Body {
  const table: CreateTable = {
    statement: 'create table',
    name: cursor.name('a name'),
    columns: [],
    watermark: null,
    primaryKey: [],
    options: [],
  };
  cursor.inside(() => cursor.list(() => tableElement(cursor, table)));
  cursor.expect('WITH');
  table.options = cursor.inside(() => cursor.list(() => tableOption(cursor)));
  return table;
}

function tableOption(cursor: Cursor): CreateTable['options'][number] {
  const start = cursor.token.place;
  const key = cursor.text("a key in quotes, such as 'connector'");
  cursor.expect('=');
  const value = cursor.text('a value in quotes');
  return { key, value, place: cursor.placeFrom(start) };
}

/** A column, the WATERMARK clause or the primary key. */
function tableElement(cursor: Cursor, table: CreateTable): void {
  cursor.want('a column');
  cursor.allow('WATERMARK', 'PRIMARY');
  if (cursor.sees('WATERMARK') && cursor.sees('FOR', 1)) {
    if (table.watermark)
      cursor.refuse({ what: 'a second WATERMARK clause', hint: 'Keep one: a table has one event time.' });
    cursor.at += 2;
    const column = cursor.name('a column');
    cursor.expect('AS');
    table.watermark = { column, expression: parseExpression(cursor) };
    return;
  }
  if (cursor.sees('PRIMARY') && cursor.sees('KEY', 1)) {
    cursor.at += 2;
    table.primaryKey.push(...cursor.inside(() => cursor.list(() => cursor.name('a column'))));
    cursor.expect('NOT', 'ENFORCED');
    return;
  }
  const name = cursor.name('a column');
  if (cursor.sees('AS')) {
    cursor.want('a type');
    cursor.refuse({
      what: 'computed columns are not run here',
      hint: 'Compute the column in a CREATE VIEW over this table.',
    });
  }
  const type = parseType(cursor);
  const nullable = !cursor.accept('NOT');
  if (!nullable) cursor.expect('NULL');
  if (cursor.accept('PRIMARY')) {
    cursor.expect('KEY', 'NOT', 'ENFORCED');
    table.primaryKey.push(name);
  }
  table.columns.push({ name, type, nullable });
}
