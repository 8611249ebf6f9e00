import { resultNode } from '../run/graph';
import { type TracedRun } from '../run/tracedRun';

/** Number of the operator that gives the result's rows their identities: those after it only filter and project. */
export const resultOperator = ({ engine }: TracedRun): number => resultNode(engine.graph) + 1;

/** Whether the rows of the result are windows: an operator after them emits rows of its own. */
export const emitsWindows = (run: TracedRun): boolean =>
  run.engine.windowOperator > 0 && resultOperator(run) === run.engine.windowOperator;
