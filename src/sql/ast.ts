import { type ColumnType, type TextPlace } from '../model';
import { type Comparison } from './plan';

/**
 * What a text says, before names are looked up. Every node carries its place, so that the binder can point at it.
 * Parentheses and comments inside statements are not kept as nodes: the formatter puts parentheses where they are
 * needed, and comments move in front of their statement.
 */
interface At {
  place: TextPlace;
}

/** A name as written, without its backticks. */
export interface Name extends At {
  text: string;
}

export type Statement = At & {
  /** Comments in, before and (for the last statement) after it, with their markers, in order. */
  comments: string[];
} & (
    | { statement: 'set'; key: Name; value: Name }
    | CreateTable
    | { statement: 'create view'; name: Name; materialized: boolean; query: Query }
    | { statement: 'insert'; name: Name; query: Query }
    | { statement: 'select'; query: Query }
  );

export interface CreateTable {
  statement: 'create table';
  name: Name;
  columns: { name: Name; type: ColumnType; nullable: boolean }[];
  watermark: { column: Name; expression: Ast } | null;
  /** PRIMARY KEY … NOT ENFORCED: what tells versions of one row from another. */
  primaryKey: Name[];
  options: { key: string; value: string; place: TextPlace }[];
}

/** `WITH name AS (…), …`, then one SELECT or several with UNION ALL between them, then LIMIT. */
export interface Query extends At {
  names: { name: Name; query: Query }[];
  selects: Select[];
  limit: ({ count: number } & At) | null;
}

export interface Select extends At {
  items: SelectItem[];
  from: Source;
  where: Ast | null;
  groupBy: Ast[];
  having: Ast | null;
  windows: { name: Name; window: OverWindow }[];
}

export type SelectItem =
  (At & { item: 'star'; table: Name | null }) | (At & { item: 'expression'; expression: Ast; alias: Name | null });

/** FROM is a tree. `asOf` of a table is its FOR SYSTEM_TIME AS OF; `nearest` marks an ASOF JOIN. */
export type Source = At &
  (
    | { source: 'table'; name: Name; asOf: Ast | null; alias: Name | null }
    | { source: 'query'; query: Query; alias: Name | null }
    | { source: 'window'; function: Name; arguments: WindowArgument[]; alias: Name | null }
    | { source: 'join'; kind: JoinWord; nearest: boolean; left: Source; right: Source; on: Ast }
  );

export const JOIN_WORDS = ['INNER', 'LEFT', 'RIGHT', 'FULL'] as const;
export type JoinWord = (typeof JOIN_WORDS)[number];

/** An argument of a window table function; `name` for `SIZE => …`. */
export type WindowArgument = At & { name: Name | null } & (
    | { argument: 'table'; input: Extract<Source, { source: 'table' | 'query' }>; partitionBy: Ast[] }
    | { argument: 'descriptor'; column: Name }
    | { argument: 'expression'; expression: Ast }
  );

export interface OverWindow extends At {
  partitionBy: Ast[];
  orderBy: { expression: Ast; descending: boolean }[];
  /** null: not written, which SQL takes as RANGE from the first row on. */
  frame: { unit: 'RANGE' | 'ROWS'; from: FrameBound; to: FrameBound; place: TextPlace } | null;
}

export interface FrameBound extends At {
  side: 'PRECEDING' | 'FOLLOWING' | 'CURRENT ROW';
  /** null: UNBOUNDED, or the current row. */
  distance: Ast | null;
}

export type BinaryOperator = 'OR' | 'AND' | Comparison | '+' | '-' | '||' | '*' | '/' | '%';

export const TIME_UNITS = ['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** A scalar expression as written. */
export type Ast = At &
  (
    | { ast: 'column'; table: Name | null; name: Name }
    | { ast: 'number'; text: string }
    | { ast: 'string'; value: string }
    | { ast: 'constant'; value: boolean | null }
    /** `INTERVAL '1.5' SECOND`: amount `1.5`, always a whole number of ms. */
    | { ast: 'interval'; amount: string; unit: TimeUnit }
    | { ast: 'time'; type: 'TIMESTAMP' | 'DATE'; value: string }
    | { ast: 'unary'; operator: '-' | 'NOT'; input: Ast }
    | { ast: 'binary'; operator: BinaryOperator; left: Ast; right: Ast }
    | { ast: 'is null'; input: Ast; negated: boolean }
    | { ast: 'between'; input: Ast; negated: boolean; low: Ast; high: Ast }
    | { ast: 'in'; input: Ast; negated: boolean; list: Ast[] }
    | { ast: 'in query'; input: Ast; negated: boolean; query: Query }
    | { ast: 'exists'; query: Query }
    /** `a IS [NOT] DISTINCT FROM b`: as `<>` and `=`, but null is a value like any other. */
    | { ast: 'distinct'; left: Ast; right: Ast; negated: boolean }
    | { ast: 'case'; subject: Ast | null; branches: { when: Ast; then: Ast }[]; otherwise: Ast | null }
    | { ast: 'cast'; input: Ast; type: ColumnType }
    | CallAst
  );

/** Whether `test` holds of anything in a part of a syntax tree. */
export const someNode = (part: unknown, test: (node: Ast) => boolean): boolean =>
  typeof part === 'object' &&
  part !== null &&
  (test(part as Ast) || Object.values(part).some((inner) => someNode(inner, test)));

export interface CallAst {
  ast: 'call';
  name: Name;
  /** COUNT(*). */
  star: boolean;
  distinct: boolean;
  arguments: Ast[];
  filter: Ast | null;
  /** OVER (…), OVER name, or null. */
  over: OverWindow | Name | null;
}
