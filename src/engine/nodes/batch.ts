import { type Plan } from '../../sql/plan';
import { type BatchOperator } from '../batch/operator';
import { batch as aggregate } from './aggregate/batch';
import { batch as join } from './join/batch';
import { batch as over } from './over/batch';
import { batch as rank } from './rank/batch';
import { batch as rows } from './rows/batch';

/** The batch operators, by the plan node that each runs. */
export const BATCH: { readonly [N in Plan['node']]: BatchOperator<N> } = {
  ...rows,
  ...aggregate,
  ...over,
  ...rank,
  ...join,
};
