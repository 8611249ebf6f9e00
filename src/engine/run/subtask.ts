import { MAX_TIME, stepCode, type Counters } from '../../model';
import { type Plan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { BatchJob } from '../nodes/job/batchJob';
import { operatorOf } from '../nodes/stream';
import { type RunOperator } from './runNode';
import { hasEvents, type Graph, type OperatorNode, type SourceNode } from './graph';
import { StateBackend } from '../state/backend';
import { Identities } from '../state/identities';
import { type Context, type Operator } from '../stream/operator';
import { type StreamOptions } from '../stream/options';
import { type Trace } from './trace';

/** An instance of a graph node: one of its parallel copies. */
export interface Subtask {
  node: OperatorNode;
  operator: Operator;
  state: StateBackend;
}

/** `first`: no operator upstream remembers rows, so that the input of a row is the row's own event. */
type MakeContext = (number: number, first: boolean) => Context;

/** Makes one subtask of each node of a graph, in its order. */
export function instantiate(
  { operators, sources }: Graph,
  whole: Plan,
  options: StreamOptions,
  context: MakeContext,
  topics: readonly Topic[],
): Subtask[] {
  return operators.map((node) => {
    const { number, plan, inputs } = node;
    const lent = context(
      number,
      inputs.every((input) => hasEvents(operators, input)),
    );
    const operator = options.job
      ? new BatchJob(plan, options, topics, tablesOf(sources, topics), options.job, lent)
      : operatorOf(plan, options, lent, whole);
    return { node, operator, state: lent.state };
  });
}

const tablesOf = (sources: readonly SourceNode[], topics: readonly Topic[]): string[] =>
  sources.map(({ topic }) => topics[topic].name);

const STATE_WRITTEN = stepCode('state written');

/** `identities`: those of the node, where it has several subtasks. */
export function makeContext(
  number: number,
  trace: Trace | null,
  counters: Counters,
  clock: (input: number) => number,
  onDrop: ((input: number) => void) | null,
  identities = new Identities(),
): Context {
  return {
    number,
    trace,
    counters,
    state: new StateBackend(counters, identities),
    clock,
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

/** What can be seen of an operator that has one subtask. */
export function runOperator({ node, operator }: Subtask, inputWatermark: () => number): RunOperator {
  const subtask = {
    get state() {
      return operator.state;
    },
    get inputWatermark() {
      return inputWatermark();
    },
    get nextTimer() {
      return operator.alarm?.() ?? MAX_TIME;
    },
  };
  return {
    node,
    name: operator.name,
    title: operator.title,
    watermarkDelay: operator.watermarkDelay ?? 0,
    subtasks: [subtask],
    get windows() {
      return operator.windows ?? null;
    },
    get pairing() {
      return operator.pairing ?? null;
    },
    get state() {
      return operator.state;
    },
    get inputWatermark() {
      return inputWatermark();
    },
    get emitted() {
      const { out, begin = 0 } = operator;
      return { batch: out, from: begin, to: out.length };
    },
  };
}
