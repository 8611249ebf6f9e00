import { MIN_TIME, stepCode, type Counters } from '../../model';
import { type Topic } from '../log/topic';
import { BatchJob } from '../nodes/job/batchJob';
import { operatorOf } from '../nodes/stream';
import { isFirst, type Graph, type OperatorNode } from './graph';
import { StateBackend } from '../state/backend';
import { Identities } from '../state/identities';
import { type Context, type Operator } from '../stream/operator';
import { type StreamOptions } from '../stream/options';
import { type Trace } from './trace';

/** An operator of a run. */
export interface RunOperator {
  readonly node: OperatorNode;
  readonly operator: Operator;
  /** The state that the runtime lends to it. */
  readonly backend: StateBackend;
  /** The minimum over its inputs, and whether all of them are idle. */
  inputWatermark: number;
  isIdle: boolean;
}

/** `first`: no operator upstream remembers rows, so that the input of a row is the row's own event. */
type MakeContext = (number: number, first: boolean) => Context;

/** Makes the operator of each node of a graph, in its order. */
export function instantiate(
  { operators, sources, lookup }: Graph,
  options: StreamOptions,
  topics: readonly Topic[],
  context: MakeContext,
): RunOperator[] {
  return operators.map((node) => {
    const { number, plan, mode } = node;
    const lent = context(number, isFirst(node));
    const tables = sources.map(({ topic }): string => topics[topic].name);
    const operator = options.job
      ? new BatchJob(plan, options, topics, tables, options.job, lent)
      : operatorOf(plan, number === lookup ? options : { ...options, lookup: null }, lent, mode);
    return { node, operator, backend: lent.state, inputWatermark: MIN_TIME, isIdle: false };
  });
}

const STATE_WRITTEN = stepCode('state written');

/** `identities`: those of the node, where it has several instances. `mayGoOn`: as in `Context`. */
export function makeContext(
  number: number,
  trace: Trace | null,
  counters: Counters,
  clock: (input: number) => number,
  onDrop: ((input: number) => void) | null,
  identities = new Identities(),
  mayGoOn = (): boolean => true,
): Context {
  return {
    number,
    trace,
    counters,
    state: new StateBackend(counters, identities),
    clock,
    mayGoOn,
    written:
      trace &&
      ((input, key, values, from = 0, to = 0, row = -1) =>
        trace.add(STATE_WRITTEN, number, input, key, from, to, row, values)),
    drop(batch, row, key, from, to) {
      counters.dropped += 1;
      onDrop?.(batch.input[row]);
      // Which row of its batch it was depends on the ranges; its input does not.
      trace?.add('row dropped', number, batch.input[row], key, from, to, -1);
    },
  };
}
