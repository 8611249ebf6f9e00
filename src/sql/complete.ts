import { attempt, formatType } from '../model';
import { type Statement } from './ast';
import { Names } from './bind';
import { formatName } from './format';
import { AGGREGATES, FUNCTIONS, SUGAR, WINDOW_FUNCTIONS } from './functions';
import { lex, MAX_TEXT, type Token } from './lexer';
import { cursorOf, parseStatements } from './parse';
import { TYPE_NAMES } from './parse-type';
import { type Catalog } from './plan';
import { sameName, WINDOW_COLUMNS } from './scope';
import { RESERVED } from './reserved';

export interface Completion {
  label: string;
  kind: 'keyword' | 'table' | 'column' | 'function';
  /** One line beside the label; empty where the label says it all. */
  detail: string;
}

/**
 * What may stand at `offset` of a text, whether or not the text is complete, the likeliest first. The parser itself
 * says so: it reads up to the word that is being written, and what it asked for there is offered, as far as it begins
 * like that word. Never throws.
 */
export function complete(text: string, offset: number, catalog: Catalog): Completion[] {
  const end = Math.max(0, Math.min(offset, text.length));
  const word = /[A-Za-z_][\w$]*$/.exec(text.slice(Math.max(0, end - 100), end))?.[0] ?? '';
  const before = tokens(text.slice(0, end - word.length));
  if (!before) return [];
  const start = before.findLastIndex((one) => one.kind === 'symbol' && one.text === ';') + 1;
  const cursor = cursorOf(before.slice(start));
  attempt(() => parseStatements(cursor));
  // A mistake further up: then anything that a query may hold is offered.
  const asked = cursor.ended ? new Set([...cursor.wanted, ...cursor.possible]) : new Set(['an expression', 'a table']);
  const statement = before.slice(start, -1).concat(tokens(rest(text, end)) ?? []);
  const names = namesBefore(before.slice(0, start), catalog);
  takeNames(before.slice(start), names);
  const [name, point] = before.slice(-3, -1);
  const qualifier = point?.kind === 'symbol' && point.text === '.' ? name.text : null;
  const all = [...candidates(asked, statement, qualifier, names)];
  const typed = word.toLowerCase();
  const seen = new Set<string>();
  return all.filter(({ label }) => label.toLowerCase().startsWith(typed) && !seen.has(label) && seen.add(label));
}

/** Tokens of a piece of text; null where it ends inside a string, a name or a comment. */
function tokens(text: string): Token[] | null {
  return text.length > MAX_TEXT ? null : attempt(() => lex(text));
}

/** The text from `from` to the end of its statement, or nearly so. */
function rest(text: string, from: number): string {
  const end = text.indexOf(';', from);
  return text.slice(from, end < 0 ? text.length : end).replace(/^[\w$]*/, '');
}

/** The tables and views that the statements above declare, as far as they are right, on top of the catalog. */
function namesBefore(before: readonly Token[], catalog: Catalog): Names {
  const names = new Names(catalog, 'table');
  for (let from = 0, at = 0; at < before.length; at += 1) {
    if (before[at].kind !== 'symbol' || before[at].text !== ';') continue;
    const one = statementOf(before.slice(from, at));
    if (one?.statement === 'create table' || one?.statement === 'create view') attempt(() => names.take(one));
    from = at + 1;
  }
  return names;
}

/** The statement that some tokens are, if they are one. */
function statementOf(tokens: readonly Token[]): Statement | undefined {
  const place = tokens[tokens.length - 1]?.place ?? { line: 1, column: 1, from: 0, to: 0 };
  const end: Token = { kind: 'end', text: '', word: '', comments: [], place };
  return attempt(() => parseStatements(cursorOf([...tokens, end])))?.[0];
}

/** The names that WITH gives in the statement that is being written, as far as they are right and complete. */
function takeNames(statement: readonly Token[], names: Names): void {
  if (statement[0]?.word !== 'WITH') return;
  let from = 1;
  let depth = 0;
  statement.forEach(({ kind, text }, at) => {
    if (kind !== 'symbol') return;
    if (text === '(') depth += 1;
    if (text !== ')') return;
    depth -= 1;
    if (depth !== 0) return;
    const [name, as, open] = statement.slice(from, from + 3);
    if (as?.word === 'AS' && open?.text === '(') {
      const one = statementOf(statement.slice(from + 3, at));
      if (one?.statement === 'select')
        attempt(() => names.take({ ...one, statement: 'create view', name, materialized: false }));
    }
    // Behind `)` comes a comma, and then the next name.
    from = at + 2;
  });
}

/** Keywords that come in pairs. */
const PAIRS: ReadonlyMap<string, string> = new Map([
  ['GROUP', 'GROUP BY'],
  ['PARTITION', 'PARTITION BY'],
  ['ORDER', 'ORDER BY'],
  ['INSERT', 'INSERT INTO'],
  ['IS', 'IS NULL'],
  ['CURRENT', 'CURRENT ROW'],
  ['LEFT', 'LEFT JOIN'],
  ['RIGHT', 'RIGHT JOIN'],
  ['FULL', 'FULL JOIN'],
  ['ASOF', 'ASOF JOIN'],
  ['UNION', 'UNION ALL'],
  ['FOR', 'FOR SYSTEM_TIME AS OF'],
  ['PRIMARY', 'PRIMARY KEY'],
]);

function* candidates(
  asked: ReadonlySet<string>,
  statement: readonly Token[],
  qualifier: string | null,
  names: Names,
): Generator<Completion> {
  const isExpression = asked.has('an expression');
  if (isExpression || asked.has('a column')) yield* columns(statement, qualifier, names);
  if (asked.has('a table')) {
    for (const { name, relation } of names.all()) {
      const detail = relation.scope.map((one) => one.name).join(', ');
      yield { label: formatName(name), kind: 'table', detail };
    }
  }
  if (asked.has('a window function')) yield* details(WINDOW_FUNCTIONS);
  if (asked.has('a type')) for (const label of TYPE_NAMES) yield { label, kind: 'keyword', detail: '' };
  if (isExpression) {
    for (const [label, { detail, inFlink }] of AGGREGATES) {
      yield { label, kind: 'function', detail: inFlink ? detail : `${detail}; not in Flink SQL` };
    }
    yield* details(FUNCTIONS);
    yield* details(SUGAR);
  }
  for (const word of asked) {
    if (/^[A-Z]+$/.test(word)) yield { label: PAIRS.get(word) ?? word, kind: 'keyword', detail: '' };
  }
}

function* details(functions: ReadonlyMap<string, { detail: string }>): Generator<Completion> {
  for (const [label, { detail }] of functions) yield { label, kind: 'function', detail };
}

/** Columns of the tables that the statement reads, or of the one that is named before a point; else those of every table. */
function* columns(statement: readonly Token[], qualifier: string | null, names: Names): Generator<Completion> {
  const all = names.all().map(({ name, relation }) => ({ name, relation, aliases: aliasesOf(statement, name) }));
  const read = all.filter(({ aliases }) => aliases.length);
  const meant = read.filter(({ aliases }) => qualifier !== null && aliases.some((one) => sameName(one, qualifier)));
  const from = meant.length ? meant : read.length ? read : all;
  for (const { name, relation } of from) {
    for (const one of relation.scope) {
      yield { label: formatName(one.name), kind: 'column', detail: `${formatType(one.type)} of ${name}` };
    }
  }
  if (!statement.some((one) => WINDOW_FUNCTIONS.has(one.word))) return;
  for (const label of WINDOW_COLUMNS) yield { label, kind: 'column', detail: 'TIMESTAMP(3) of the window' };
}

/** Keywords in front of the name of a table. */
const READS: ReadonlySet<string> = new Set(['FROM', 'TABLE', 'JOIN']);

/** What a table is called in a statement, once for each time that it is read there. */
function aliasesOf(statement: readonly Token[], name: string): string[] {
  const isName = (token: Token | undefined): token is Token =>
    token?.kind === 'name' || (token?.kind === 'word' && !RESERVED.has(token.word));
  return statement.flatMap((one, i) => {
    const table = statement[i + 1];
    if (one.kind !== 'word' || !READS.has(one.word) || !isName(table) || !sameName(table.text, name)) return [];
    let at = i + 2;
    // FOR SYSTEM_TIME AS OF l.ts stands between a table and its alias.
    if (statement[at]?.word === 'FOR') at += statement[at + 5]?.text === '.' ? 7 : 5;
    const alias = statement[statement[at]?.word === 'AS' ? at + 1 : at];
    return [isName(alias) ? alias.text : name];
  });
}
