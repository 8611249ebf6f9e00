import { formatType, TidemarkError } from '../model';
import { Names } from './bind';
import { Cursor } from './cursor';
import { formatName } from './format';
import { AGGREGATES, FUNCTIONS, SUGAR, WINDOW_FUNCTIONS } from './functions';
import { lex, MAX_TEXT, type Token } from './lexer';
import { parseStatements } from './parse';
import { TYPE_NAMES } from './parse-expression';
import { type Catalog } from './plan';
import { sameName, WINDOW_COLUMNS } from './scope';

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
  const cursor = new Cursor(before.slice(start));
  attempt(() => parseStatements(cursor));
  // A mistake further up: then anything that a query may hold is offered.
  const asked = cursor.ended ? new Set([...cursor.wanted, ...cursor.possible]) : new Set(['an expression', 'a table']);
  const statement = before.slice(start, -1).concat(tokens(rest(text, end)) ?? []);
  const all = [...candidates(asked, statement, namesBefore(before.slice(0, start), catalog))];
  const typed = word.toLowerCase();
  const seen = new Set<string>();
  return all.filter(({ label }) => label.toLowerCase().startsWith(typed) && !seen.has(label) && seen.add(label));
}

/** Tokens of a piece of text; null where it ends inside a string, a name or a comment. */
function tokens(text: string): Token[] | null {
  return text.length > MAX_TEXT ? null : attempt(() => lex(text));
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return null;
    throw thrown;
  }
}

/** The text from `from` to the end of its statement, or nearly so. */
function rest(text: string, from: number): string {
  const end = text.indexOf(';', from);
  return text.slice(from, end < 0 ? text.length : end).replace(/^[\w$]*/, '');
}

/** The tables and views that the statements above declare, as far as they are right, on top of the catalog. */
function namesBefore(before: readonly Token[], catalog: Catalog): Names {
  const names = new Names(catalog);
  const last = before[before.length - 1];
  const end: Token = {
    kind: 'end',
    text: '',
    word: '',
    comments: [],
    place: last?.place ?? { line: 1, column: 1, from: 0, to: 0 },
  };
  for (let from = 0, at = 0; at < before.length; at += 1) {
    if (before[at].kind !== 'symbol' || before[at].text !== ';') continue;
    const [one] = attempt(() => parseStatements(new Cursor([...before.slice(from, at), end]))) ?? [];
    if (one?.statement === 'create table' || one?.statement === 'create view') attempt(() => names.take(one));
    from = at + 1;
  }
  return names;
}

/** Keywords that come in pairs. */
const PAIRS: ReadonlyMap<string, string> = new Map([
  ['GROUP', 'GROUP BY'],
  ['PARTITION', 'PARTITION BY'],
  ['ORDER', 'ORDER BY'],
  ['INSERT', 'INSERT INTO'],
  ['IS', 'IS NULL'],
  ['CURRENT', 'CURRENT ROW'],
]);

function* candidates(asked: ReadonlySet<string>, statement: readonly Token[], names: Names): Generator<Completion> {
  const isExpression = asked.has('an expression');
  if (isExpression || asked.has('a column')) yield* columns(statement, names);
  if (asked.has('a table')) {
    for (const { name, plan } of names.all()) {
      const detail = plan.schema.map((one) => one.name).join(', ');
      yield { label: formatName(name), kind: 'table', detail };
    }
  }
  if (asked.has('a window function')) yield* details(WINDOW_FUNCTIONS);
  if (asked.has('a type')) for (const label of TYPE_NAMES) yield { label, kind: 'keyword', detail: '' };
  if (isExpression) {
    yield* details(AGGREGATES);
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

/** Columns of the tables that the statement reads; while it reads none yet, those of every table. */
function* columns(statement: readonly Token[], names: Names): Generator<Completion> {
  const all = names.all();
  const isName = (token: Token | undefined, name: string): boolean =>
    (token?.kind === 'word' || token?.kind === 'name') && sameName(token.text, name);
  const read = all.filter(({ name }) =>
    statement.some((one, i) => READS.has(one.word) && one.kind === 'word' && isName(statement[i + 1], name)),
  );
  for (const { name, plan } of read.length ? read : all) {
    for (const one of plan.schema) {
      yield { label: formatName(one.name), kind: 'column', detail: `${formatType(one.type)} of ${name}` };
    }
  }
  if (!statement.some((one) => WINDOW_FUNCTIONS.has(one.word))) return;
  for (const label of WINDOW_COLUMNS) yield { label, kind: 'column', detail: 'TIMESTAMP(3) of the window' };
}

/** Keywords in front of the name of a table. */
const READS: ReadonlySet<string> = new Set(['FROM', 'TABLE', 'JOIN']);
