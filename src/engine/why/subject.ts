import { readValue, TidemarkError, type Table, type Value } from '../../model';
import { type Plan } from '../../sql/plan';
import { kindOf } from '../nodes';
import { type Grouping } from '../nodes/kind';
import { ACTION, END } from '../run/inputLog';
import { type LocalOptions } from '../stream/options';
import { settle } from '../profiles/settle';
import { type TracedRun } from '../run/tracedRun';

/** A run that is asked about, with what it was made from. It has been run through. */
export interface Subject {
  run: TracedRun;
  plan: Plan;
  options: LocalOptions;
}

/** The operator that cuts windows and aggregates them, with its place in the dataflow. */
export interface Windowed {
  nodeIndex: number;
  grouping: Grouping;
}

/** Throws a TidemarkError for a run without windows that emit. */
export function windowedOf(subject: Subject): Windowed {
  const { operators } = subject.run.engine;
  const groupings = operators.map(({ node: { plan }, operator }) => operator.windows && kindOf(plan).grouping?.(plan));
  const nodeIndex = groupings.findLastIndex((one) => one);
  const grouping = groupings[nodeIndex];
  if (grouping) return { nodeIndex, grouping };
  throw new TidemarkError({
    what: 'this run has no windows that could fire',
    where: 'why not',
    expected: 'a GROUP BY over TUMBLE, HOP, CUMULATE or SESSION, run as a stream',
    hint: 'Ask about a row of the result or of the state instead.',
  });
}

/** The input that step `step` belongs to; −1 before the first. */
export const inputOf = ({ run }: Subject, step: number): number =>
  step < 0 ? -1 : run.trace.log.input[Math.min(step, run.steps - 1)];

/** The last step of an input, or of the last one before it that had any; −1 for none. */
export const lastStepOf = ({ run }: Subject, input: number): number => run.firstStepOf(input + 1) - 1;

/** The inputs up to `until` whose rows an operator has dropped. */
export const droppedBy = (subject: Subject, nodeIndex: number, until: number): Set<number> =>
  new Set(
    [...subject.run.stepsOf(['row dropped'], { operator: nodeIndex + 1, until: lastStepOf(subject, until) })].map(
      ({ input }) => input,
    ),
  );

/** The last time that a window with these bounds fired; `among`: whose steps count. */
export function lastFiring(
  run: TracedRun,
  among: { operator: number; key?: number; until: number },
  window: { start: number; end: number },
): { step: number; input: number } | undefined {
  let last: { step: number; input: number } | undefined;
  for (const step of run.stepsOf(['window fired'], among))
    if (step.start === window.start && step.end === window.end) last = step;
  return last;
}

/** Processing time as of an input; that of the first one before it. */
export function clockAt({ run }: Subject, input: number): number {
  const { inputs } = run.engine;
  return inputs.length === 0 ? 0 : inputs.processing(Math.max(0, input));
}

/** Whether the input of the run has ended by then. */
export const hasEnded = ({ run: { engine } }: Subject, input: number): boolean =>
  input >= 0 && input === engine.inputs.length - 1 && engine.inputs.kind(input) === END;

/** The options in force at an input: a reader's actions before it have changed them. */
export function optionsAt({ run, options }: Subject, input: number): LocalOptions & { changedWait: number | null } {
  const { inputs } = run.engine;
  let { lateness } = options;
  let changedWait: number | null = null;
  for (let at = 0; at <= input; at += 1) {
    if (inputs.kind(at) !== ACTION) continue;
    const change = options.changes[inputs.topic(at)];
    lateness = change.lateness ?? lateness;
    changedWait = change.wait ?? changedWait;
  }
  return { ...options, ...settle({ ...options, lateness }), changedWait };
}

/** Values of the key columns, by their names in whatever case. Throws a TidemarkError where one is missing. */
export function keyValues(keys: Table, given: Record<string, Value>): Value[] {
  return keys.schema.map(({ name }) => {
    const found = Object.keys(given).find((one) => one.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return given[found];
    throw new TidemarkError({
      what: `the key has no ${name}`,
      where: 'why',
      expected: keys.schema.map((one) => one.name).join(', '),
      found: Object.keys(given).join(', ') || 'no key',
    });
  });
}

/** Id of a key; −1 where the operator has not met it. A key of no columns is 0. */
export function keyId(keys: Table, values: readonly Value[]): number {
  if (keys.schema.length === 0) return 0;
  for (let row = 0; row < keys.length; row += 1) if (isRow(keys, row, values)) return row;
  return -1;
}

/** Whether the first columns of a row have these values. */
export const isRow = (table: Table, row: number, values: readonly Value[]): boolean =>
  values.every((value, i) => readValue(table.columns[i], row) === value);
