import { type ColumnType, type TextPlace } from '../model';

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
    | { statement: 'set'; key: string; value: string }
    | CreateTable
    | { statement: 'create view'; name: Name; materialized: boolean; query: Select }
    | { statement: 'insert'; name: Name; query: Select }
    | { statement: 'select'; query: Select }
  );

export interface CreateTable {
  statement: 'create table';
  name: Name;
  columns: { name: Name; type: ColumnType; nullable: boolean }[];
  watermark: { column: Name; expression: Ast } | null;
  /** Accepted for the sake of real engines; nothing here enforces it. */
  primaryKey: Name[];
  options: { key: string; value: string; place: TextPlace }[];
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

/** FROM is a tree. A join is parsed and formatted; the binder says that nothing runs it yet. */
export type Source = At &
  (
    | { source: 'table'; name: Name; alias: Name | null }
    | { source: 'query'; query: Select; alias: Name | null }
    | { source: 'window'; function: Name; arguments: WindowArgument[]; alias: Name | null }
    | { source: 'join'; kind: JoinKind; left: Source; right: Source; on: Ast }
  );

export const JOIN_KINDS = ['INNER', 'LEFT', 'RIGHT', 'FULL'] as const;
export type JoinKind = (typeof JOIN_KINDS)[number];

/** An argument of a window table function; `name` for `SIZE => …`. */
export type WindowArgument = At & { name: Name | null } & (
    | { argument: 'table'; input: Source }
    | { argument: 'descriptor'; column: Name }
    | { argument: 'expression'; expression: Ast }
  );

export interface OverWindow extends At {
  partitionBy: Ast[];
  orderBy: Ast[];
  /** null: not written, which SQL takes as RANGE from the first row on. */
  frame: { unit: 'RANGE' | 'ROWS'; from: FrameBound; to: FrameBound; place: TextPlace } | null;
}

export interface FrameBound extends At {
  side: 'PRECEDING' | 'FOLLOWING' | 'CURRENT ROW';
  /** null: UNBOUNDED, or the current row. */
  distance: Ast | null;
}

export type BinaryOperator = 'OR' | 'AND' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '||' | '*' | '/' | '%';

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
    | { ast: 'case'; subject: Ast | null; branches: { when: Ast; then: Ast }[]; otherwise: Ast | null }
    | { ast: 'cast'; input: Ast; type: ColumnType }
    | CallAst
  );

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
