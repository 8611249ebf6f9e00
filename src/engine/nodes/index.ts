import { inputsOf, type Plan } from '../../sql/plan';
import { kinds as aggregate } from './aggregate/kinds';
import { entryOf } from './entry';
import { kinds as join } from './join/kinds';
import { type NodeKind } from './kind';
import { type StreamOptions } from '../stream/options';
import { kinds as over } from './over/kinds';
import { kinds as rank } from './rank/kinds';
import { kinds as rows } from './rows/kinds';

/**
 * The nodes of a plan. To add one: its type in `sql/plan.ts`, the binder that makes it, and its entries in the tables
 * here, which the compiler asks for: `kinds`, `batch` and `why` in one folder with its operators, and one in `stream.ts`.
 */
export const KINDS: { readonly [N in Plan['node']]: NodeKind<N> } = {
  ...rows,
  ...aggregate,
  ...over,
  ...rank,
  ...join,
};

export const kindOf = (plan: Plan): NodeKind<Plan['node']> => entryOf<NodeKind<Plan['node']>>(KINDS, plan, 'kind');

/**
 * The node whose rows those of a plan are, through nodes that handle each by itself; by column of the plan, which column
 * of that node it is, -1 where it is computed.
 */
export function rowsBelow(plan: Plan): { node: Plan; columns: number[] } {
  const kind = kindOf(plan);
  if (!kind.column) return { node: plan, columns: plan.schema.map((_, index) => index) };
  const below = rowsBelow(inputsOf(plan)[0]);
  const columns = plan.schema.map((_, index) => {
    const from = kind.column!(plan, index);
    return from.op === 'column' ? below.columns[from.index] : -1;
  });
  return { node: below.node, columns };
}

/**
 * Whether the rows of a plan are results by key, not events of a log: of equal event time they stand in the order of
 * their identities, since they have no place in a log (S19).
 */
export function keyedResult(plan: Plan): boolean {
  const { keyed } = kindOf(plan);
  return keyed === 'as inputs' ? inputsOf(plan).some(keyedResult) : keyed;
}

/** What one node does, without its name: `TUMBLE 5 min, SUM(amount) per card`. */
export const explainNode = (plan: Plan, options: StreamOptions | null = null): string =>
  kindOf(plan).explain(plan, options);

/** The whole plan, one node per line, each above what it reads. */
export function explainPlan(plan: Plan): string {
  const lines = (one: Plan, depth: number): string[] => [
    `${'  '.repeat(depth)}${one.node} ${explainNode(one)}`.trimEnd(),
    ...inputsOf(one).flatMap((input) => lines(input, depth + 1)),
  ];
  return lines(plan, 0).join('\n');
}
