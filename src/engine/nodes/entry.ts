import { TidemarkError } from '../../model';
import { type Plan } from '../../sql/plan';

/**
 * The entry of a node in a table by kind of node. Throws a TidemarkError where there is none: a plan from outside may
 * hold a node that the compiler has never seen, and must not be taken for one with an empty result.
 */
export function entryOf<T>(table: { readonly [N in Plan['node']]?: unknown }, { node }: Plan, what: string): T {
  const entry = table[node];
  if (entry === undefined) throw new TidemarkError({ what: `there is no ${what} for the node ${node}` });
  return entry as T;
}
