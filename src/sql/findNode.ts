import { TidemarkError } from '../model';
import { inputsOf, type Plan } from './plan';

/** The uppermost node of a kind in a plan, such as the `window aggregate` below a projection. */
export function findNode<N extends Plan['node']>(plan: Plan, kind: N): Extract<Plan, { node: N }> {
  let level: Plan[] = [plan];
  while (level.length > 0) {
    const found = level.find((one): one is Extract<Plan, { node: N }> => one.node === kind);
    if (found) return found;
    level = level.flatMap(inputsOf);
  }
  throw new TidemarkError({ what: 'the plan has no such node', expected: kind, found: plan.node });
}
