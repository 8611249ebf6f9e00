import { TidemarkError, type Counters } from '../../model';
import { inputsOf, type Plan, type Scan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { checkOptions } from './checkOptions';
import { StateBackend } from '../state/backend';
import { adoptOwnState } from '../state/ownState';
import { type Context, type Operator } from './operator';
import { operatorOf } from '../nodes/stream';
import { BatchJob, topicOf } from '../nodes/job/batchJob';
import { type StreamOptions } from './options';
import { type Trace } from './trace';

/** An input of an operator, or of the result: the operator or the topic upstream of it; the other one is -1. */
export interface Input {
  nodeIndex: number;
  /** Place among the topics of the run. */
  topic: number;
  /** Whether its watermark counts; requests are answered immediately. */
  timed: boolean;
}

/** An operator and where its rows come from. */
export interface GraphNode {
  operator: Operator;
  state: StateBackend;
  inputs: Input[];
}

/** A topic that the plan reads as a table; several scans of one topic read the same events. */
export interface SourceScan {
  scan: Scan;
  /** Place among the topics of the run. */
  topic: number;
}

export interface Dataflow {
  /** Every topic that the plan reads, in plan order. */
  scans: SourceScan[];
  /** Operators in plan order: those upstream come first. */
  nodes: GraphNode[];
  /** Where the result comes from. */
  root: Input;
  /** Number of the operator that takes requests on its second input, or -1. */
  lookup: number;
  /** Whether reading an event once is all the reading there is. */
  countsEvents: boolean;
  /** Whether one event reaches an operator on two inputs: then there is an order to keep, and ranges have one row. */
  meetsItself: boolean;
}

/** `first`: no operator before it remembers rows, so that the input of a row is the row's own event. */
type MakeContext = (number: number, first: boolean) => Context;

/** Turns a plan into a dataflow. A plan node that occurs twice is one operator. */
export function build(plan: Plan, options: StreamOptions, context: MakeContext, topics: readonly Topic[]): Dataflow {
  const scans = scansOf(plan, topics);
  checkOptions(options, scans, topics);
  const nodes: GraphNode[] = [];
  const inputOfTopic = (topic: number): Input => ({ nodeIndex: -1, topic, timed: true });
  const put = (operator: Operator, { state }: Context, inputs: Input[]): Input => {
    adoptOwnState(state, operator);
    nodes.push({ operator, state, inputs });
    return { nodeIndex: nodes.length - 1, topic: -1, timed: true };
  };
  if (options.job) {
    const tables = scans.map(({ topic }) => topics[topic].name);
    const lent = context(1, true);
    const job = new BatchJob(plan, options, topics, tables, options.job, lent);
    const root = put(
      job,
      lent,
      scans.map(({ topic }) => inputOfTopic(topic)),
    );
    return { scans, nodes, root, lookup: -1, countsEvents: false, meetsItself: false };
  }
  let lookup = -1;
  const built = new Map<Plan, Input>();
  const inputOf = (node: Plan): Input => {
    const found = built.get(node);
    if (found) return found;
    const port = node.node === 'scan' ? inputOfTopic(topicIndex(topics, node)) : operate(node);
    built.set(node, port);
    return port;
  };
  const operate = (node: Exclude<Plan, Scan>): Input => {
    const inputs = inputsOf(node).map(inputOf);
    // A lookup answers under the names of the SELECT list already.
    if (node.node === 'project' && inputs[0].nodeIndex >= 0 && inputs[0].nodeIndex === lookup - 1) return inputs[0];
    const lent = context(nodes.length + 1, inputs.every(isStateless(nodes)));
    const operator = operatorOf(node, options, lent, plan);
    if (node.node === 'over' && options.lookup) {
      const { requests } = options.lookup;
      inputs.push({
        nodeIndex: -1,
        topic: topics.findIndex(({ name }) => name === requests.name),
        timed: false,
      });
      lookup = nodes.length + 1;
    }
    return put(operator, lent, inputs);
  };
  const root = inputOf(plan);
  if (options.lookup && lookup < 0) {
    throw new TidemarkError({
      what: 'requests need a rolling aggregate to be answered from',
      expected: 'AVG(…) OVER (PARTITION BY … ORDER BY … RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)',
      hint: 'Write the feature with OVER, or remove `lookup` from the cell.',
    });
  }
  return { scans, nodes, root, lookup, countsEvents: lookup < 0, meetsItself: meetsItself(nodes) };
}

const topicIndex = (topics: readonly Topic[], scan: Scan): number =>
  topics.indexOf(topicOf(topics, scan.options.topic ?? scan.table));

/** The topics that a plan reads, each once, under the first table that stands for it. */
function scansOf(plan: Plan, topics: readonly Topic[], found: SourceScan[] = []): SourceScan[] {
  for (const input of inputsOf(plan)) scansOf(input, topics, found);
  if (plan.node !== 'scan') return found;
  const topic = topicIndex(topics, plan);
  const same = found.find((one) => one.topic === topic);
  if (!same) found.push({ scan: plan, topic });
  else if (JSON.stringify(same.scan.watermark) !== JSON.stringify(plan.watermark)) {
    throw new TidemarkError({
      what: `${same.scan.table} and ${plan.table} read one stream with two watermarks`,
      expected: 'one WATERMARK clause for a stream',
      hint: 'Declare the stream once and read it twice.',
    });
  }
  return found;
}

/** Whether all operators upstream of an input are stateless, so that its rows still are the source's events. */
export function isStateless(nodes: GraphNode[]): (port: Input) => boolean {
  const check = ({ nodeIndex }: Input): boolean =>
    nodeIndex < 0 || (nodes[nodeIndex].operator.state === null && nodes[nodeIndex].inputs.every(check));
  return check;
}

/** Topics upstream of each operator. */
export function topicsBelow(nodes: GraphNode[]): Set<number>[] {
  const below: Set<number>[] = [];
  for (const { inputs } of nodes) {
    below.push(new Set(inputs.flatMap(({ nodeIndex, topic }) => (nodeIndex < 0 ? [topic] : [...below[nodeIndex]]))));
  }
  return below;
}

function meetsItself(nodes: GraphNode[]): boolean {
  const below = topicsBelow(nodes);
  return nodes.some(({ inputs }, i) => {
    const reached = inputs.reduce((sum, { nodeIndex }) => sum + (nodeIndex < 0 ? 1 : below[nodeIndex].size), 0);
    return reached > below[i].size;
  });
}

export function makeContext(
  number: number,
  trace: Trace | null,
  counters: Counters,
  clock: (input: number) => number,
  onDrop: ((input: number) => void) | null,
): Context {
  return {
    number,
    trace,
    counters,
    state: new StateBackend(counters),
    clock,
    drop(batch, row, key, from, to) {
      counters.dropped += 1;
      onDrop?.(batch.input[row]);
      // Which row of its batch it was depends on the ranges; its input does not.
      trace?.add('row dropped', number, batch.input[row], key, from, to, -1);
    },
  };
}
