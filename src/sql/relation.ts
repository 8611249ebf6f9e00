import { type TextPlace } from '../model';
import { type Name, type Query } from './ast';
import { fail } from './fail';
import { type Expression, type Plan, type WindowShape } from './plan';
import { type Scope, scopeOf } from './scope';

/**
 * What FROM reads and what a SELECT gives: mostly just the rows of a plan. Two kinds of rows mean something only once
 * the SELECT around them has been read: rows in windows, and rows with their place by ROW_NUMBER.
 */
export interface Relation {
  plan: Plan;
  /** Its columns by name; behind those of the plan, in windows, the three of WINDOW_COLUMNS, or the place of the row. */
  scope: Scope;
  windows: Windows | null;
  numbered: Numbered | null;
  /** Not null: an inner join, which takes conditions on both of its sides in, and leaves the rest. */
  narrow: ((conditions: Expression[]) => { plan: Plan; rest: Expression[] }) | null;
}

export interface Windows {
  shape: WindowShape;
  /** PARTITION BY of SESSION, over the columns of the plan. */
  partitionBy: Expression[];
  /** Of the window table function. */
  place: TextPlace;
}

interface Numbered {
  /** The first `limit` rows of each partition: the plan's columns, then the place of the row, if it is wanted. */
  first: (limit: number, place: boolean) => Plan;
  /** Of ROW_NUMBER. */
  place: TextPlace;
}

/** What a SELECT can read. */
export interface Relations {
  /** A table or view; throws where there is none. */
  table: (name: Name) => Relation;
  query: (query: Query) => Relation;
  /** Whether what is written must be able to run on a stream. */
  streaming: boolean;
}

export const relationOf = (plan: Plan, table: string | null = null): Relation => ({
  plan,
  scope: scopeOf(plan.schema, table),
  windows: null,
  numbered: null,
  narrow: null,
});

/** How many columns it has, whether or not they have names. */
export const widthOf = ({ plan, windows, numbered }: Relation): number =>
  plan.schema.length + (windows ? 3 : numbered ? 1 : 0);

/** The same under another name. */
export const renamed = (relation: Relation, name: Name | null): Relation => {
  const table = name?.text ?? null;
  return { ...relation, scope: relation.scope.map((one) => ({ ...one, table })) };
};

/** The plan of rows that are what they are; `reader` says what would read them. */
export function plainRows({ plan, windows, numbered }: Relation, reader: string): Plan {
  if (windows) {
    fail(windows.place, {
      what: `a window table function puts rows into windows, and ${reader} knows nothing of them`,
      expected: 'GROUP BY window_start, window_end, or a join of two inputs in equal windows',
      found: 'rows in windows',
      hint: 'Group by window_start and window_end, or join on l.window_start = r.window_start AND l.window_end = r.window_end.',
    });
  }
  if (numbered) withoutLimit(numbered.place);
  return plan;
}

export function withoutLimit(place: TextPlace): never {
  fail(place, {
    what: 'ROW_NUMBER over all rows would have to number them again with each new one',
    expected: 'an outer SELECT with WHERE rn = 1 or rn <= n',
    found: 'ROW_NUMBER without a limit',
    hint: 'Write SELECT … FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY … ORDER BY … DESC) AS rn FROM …) WHERE rn <= 3.',
  });
}
