import { type ColumnType, type Field, type Schema, type TextPlace, TIMESTAMP } from '../model';
import { type Name, type Select } from './ast';
import { alternatives, fail } from './fail';
import { formatExpression } from './format';
import { type Expression } from './plan';
import { AGGREGATES, FUNCTIONS, REFUSED_FUNCTIONS, SUGAR } from './functions';
import { didYouMean } from './suggest';
import { columnAt } from './walk';

/** A column that can be named, and its place among the columns of the input. */
export interface ScopeColumn {
  /** Name or alias of the table; null where it has none. */
  table: string | null;
  name: string;
  type: ColumnType;
  nullable: boolean;
  index: number;
  /** Of the SELECT around a subquery: seen only where no column of the subquery has the name. */
  outer?: boolean;
}

/** What names mean at one place of a SELECT. Names are found whatever their case. */
export type Scope = readonly ScopeColumn[];

export const WINDOW_COLUMNS = ['window_start', 'window_end', 'window_time'] as const;

/** The columns that a window table function adds. */
export const WINDOW_FIELDS: Field[] = WINDOW_COLUMNS.map((name) => ({ name, type: TIMESTAMP, nullable: false }));

export const scopeOf = (schema: Schema, table: string | null, from = 0): ScopeColumn[] =>
  schema.map(({ name, type, nullable }, i) => ({ table, name, type, nullable, index: from + i }));

/** The columns of a right side behind `width` columns of a left one. */
export const behind = (scope: Scope, width: number): ScopeColumn[] =>
  scope.map((one) => ({ ...one, index: one.index + width }));

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The columns of one table of the scope. */
export function columnsOf(scope: Scope, table: Name): ScopeColumn[] {
  const columns = scope.filter((one) => one.table !== null && sameName(one.table, table.text));
  if (columns.length) return inmost(columns);
  const tables = [...new Set(scope.flatMap((one) => one.table ?? []))];
  return fail(table.place, {
    what: `there is no table ${table.text} in this FROM`,
    expected: alternatives(tables) || 'a column without a table in front',
    found: table.text,
    hint: tables.length ? didYouMean(table.text, tables, 'tables') : 'Write the column alone.',
  });
}

function inmost(columns: ScopeColumn[]): ScopeColumn[] {
  const inner = columns.filter((one) => !one.outer);
  return inner.length ? inner : columns;
}

/** What the names given by AS in a SELECT list stand for, by the name in lower case: no column reads them there. */
export type Aliases = ReadonlyMap<string, string>;

export const aliasesOf = ({ items }: Select): Aliases =>
  new Map(
    items.flatMap((one): [string, string][] =>
      one.item === 'star' || !one.alias ? [] : [[one.alias.text.toLowerCase(), formatExpression(one.expression)]],
    ),
  );

export function resolve(scope: Scope, table: Name | null, name: Name, aliases?: Aliases): Expression {
  const candidates = table ? columnsOf(scope, table) : scope;
  const found = inmost(candidates.filter((one) => sameName(one.name, name.text)));
  if (found.length === 1) return columnAt(found[0], found[0].index);
  if (found.length) ambiguous(found, name);
  const meant = table ? undefined : aliases?.get(name.text.toLowerCase());
  return meant === undefined ? unknown(candidates, name) : notYet(meant, name);
}

function ambiguous(columns: Scope, { text, place }: Name): never {
  const tables = new Set(columns.map((one) => one.table));
  const named = [...tables].flatMap((table) => (table === null ? [] : `${table}.${text}`));
  const bySide = tables.size === columns.length && named.length === columns.length;
  return fail(place, {
    what: `${text} could be more than one column`,
    expected: bySide ? alternatives(named) : 'a name that only one column has',
    found: text,
    hint: bySide
      ? `Write ${alternatives(named)}.`
      : 'Give one of them another name with AS in the inner SELECT, or name its table in front of it.',
  });
}

function notYet(meant: string, { text, place }: Name): never {
  return fail(place, {
    what: `${text} is an alias of the SELECT list, which names results only`,
    expected: meant,
    found: text,
    hint: `Write ${meant} here; or put this SELECT in FROM (…), and use ${text} in the SELECT around it.`,
  });
}

function unknown(columns: Scope, { text, place }: Name): never {
  const names = columns.map((one) => one.name);
  const isWindow = WINDOW_COLUMNS.some((one) => sameName(one, text));
  return fail(place, {
    what: `there is no column ${text} here`,
    expected: 'a column of what FROM reads',
    found: text,
    hint: isWindow
      ? `${text} is a column of TABLE(TUMBLE(…)) and its like, known in GROUP BY, HAVING and the SELECT list.`
      : (meantAs(columns, text) ?? didYouMean(text, names, 'columns')),
  });
}

/** Where a name is known, though of no column: of a table, or of a function without its parentheses. */
function meantAs(columns: Scope, text: string): string | null {
  if (columns.some(({ table }) => table !== null && sameName(table, text)))
    return `Write ${text}.* for all its columns.`;
  const name = text.toUpperCase();
  const known = AGGREGATES.get(name) ?? FUNCTIONS.get(name) ?? SUGAR.get(name);
  return known ? `Write ${known.detail.replace(/:.*/, '')}.` : (REFUSED_FUNCTIONS.get(name)?.hint ?? null);
}

/** Names made unique as SQL engines do: the second `a` becomes `a0`. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let i = 0; taken.has(unique.toLowerCase()); i += 1) unique = `${name}${i}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

/** Places of the column references in bound expressions, so that a later check can point at them. */
export type Origins = WeakMap<Expression, TextPlace>;
