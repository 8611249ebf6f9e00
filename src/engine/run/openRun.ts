import { Run, type RunCheckpoint, type RunSetup } from './run';
import { TracedRun } from './tracedRun';

/**
 * Opens a run: the one way in for the page, the library, searches and explanations. It has handled no input yet, or goes
 * on from a checkpoint of a run with the same setup. Throws a TidemarkError for a plan, options or streams that make no
 * sense.
 */
export const openRun = (setup: RunSetup, checkpoint?: RunCheckpoint): Run => new Run(setup, null, checkpoint);

/**
 * Opens a run that keeps its steps, so that any moment of it can be looked at again. From a checkpoint on its steps are
 * those of the run that went on: same inputs, keys and numbers; but results count from what its own log has. What led to
 * the checkpoint is not in it, so whatever is gathered from inputs, steps and results begins with it.
 */
export const openTracedRun = (setup: RunSetup, checkpoint?: RunCheckpoint): TracedRun =>
  new TracedRun(setup, checkpoint);
