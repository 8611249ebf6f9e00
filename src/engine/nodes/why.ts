import { type Plan } from '../../sql/plan';
import { why as aggregate } from './aggregate/why';
import { entryOf } from './entry';
import { type Explanation } from './explanation';
import { why as join } from './join/why';
import { why as over } from './over/why';
import { why as rank } from './rank/why';
import { why as rows } from './rows/why';

/** How each node explains its result; loaded with the first question. */
const EXPLANATIONS: { readonly [N in Plan['node']]: Explanation<N> } = {
  ...rows,
  ...aggregate,
  ...over,
  ...rank,
  ...join,
};

export const explanationOf = (plan: Plan): Explanation<Plan['node']> =>
  entryOf<Explanation<Plan['node']>>(EXPLANATIONS, plan, 'explanation');
