import { type Plan } from '../../sql/plan';
import { stream as aggregate } from './aggregate/stream';
import { stream as join } from './join/stream';
import { type MakeOperator } from './kind';
import { stream as over } from './over/stream';
import { stream as rank } from './rank/stream';
import { stream as rows } from './rows/stream';
import { stream as window } from './window/stream';

/**
 * The stream operators, by the plan node that each runs. What a stream cannot do is refused here, with the reason and
 * what to write instead. Sources run the scans.
 */
export const OPERATORS: { readonly [N in Exclude<Plan['node'], 'scan'>]: MakeOperator<N> } = {
  ...rows,
  ...aggregate,
  ...window,
  ...over,
  ...rank,
  ...join,
};
