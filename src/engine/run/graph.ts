import { columnNamed, TidemarkError } from '../../model';
import { inputsOf, type Expression, type Plan, type Scan } from '../../sql/plan';
import { topicNamed, type Topic } from '../log/topic';
import { kindOf } from '../nodes';
import { changes } from '../stream/changes';
import { checkOptions } from './checkOptions';
import { type StreamOptions } from '../stream/options';

/**
 * Which subtask of an operator takes a row: the one beside the row's own (`forward`), the one of the row's key (`hash`;
 * without keys there is one for all), or each of them (`broadcast`).
 */
export type Partitioning = { by: 'forward' } | { by: 'hash'; keys: readonly Expression[] } | { by: 'broadcast' };

/** Where rows come from, an operator or a topic; the one that it is not is -1. */
export interface Upstream {
  /** Place among the operators of the graph. */
  nodeIndex: number;
  /** Place among the topics of the run. */
  topic: number;
}

/** An edge of the graph: an input of an operator, or of the result. */
export interface Channel extends Upstream {
  /** Whether its watermark counts; requests are answered immediately. */
  timed: boolean;
  partitioning: Partitioning;
}

/** A topic that the plan reads as a table: several scans of one topic read the same events. */
export interface SourceNode {
  kind: 'source';
  number: 0;
  scan: Scan;
  /** Place among the topics of the run. */
  topic: number;
}

/** An operator before there are instances of it. */
export interface OperatorNode {
  kind: 'operator';
  /** From 1, in plan order. */
  number: number;
  plan: Plan;
  inputs: Channel[];
  /** Whether its changelog takes rows back (−U, −D). */
  retracts: boolean;
}

/** Where the result goes. */
export interface SinkNode {
  kind: 'sink';
  /** After all operators. */
  number: number;
  inputs: [Channel];
}

/** A node of the graph; its number is the one that steps carry. */
export type GraphNode = SourceNode | OperatorNode | SinkNode;

/** A plan as a dataflow: what the instances of a run, the picture of the plan and an export are made from. */
export interface Graph {
  /** Every topic that the plan reads, in plan order. */
  sources: SourceNode[];
  /** In plan order: those upstream come first. A plan node that occurs twice is one node. */
  operators: OperatorNode[];
  sink: SinkNode;
  /** Number of the operator that takes requests on its second input, or -1. */
  lookup: number;
}

const FORWARD: Partitioning = { by: 'forward' };
const EVERYTHING: Partitioning = { by: 'hash', keys: [] };

/** The graph of a plan. Throws a TidemarkError for a plan that a stream cannot run. */
export function graphOf(plan: Plan, options: StreamOptions, topics: readonly Topic[]): Graph {
  const sources = sourcesOf(plan, topics);
  checkOptions(options, sources, topics);
  const operators: OperatorNode[] = [];
  const ofTopic = (topic: number, timed = true): Channel => ({ nodeIndex: -1, topic, timed, partitioning: FORWARD });
  const add = (node: Plan, inputs: Channel[], retracts: boolean): Channel => {
    operators.push({ kind: 'operator', number: operators.length + 1, plan: node, inputs, retracts });
    return { nodeIndex: operators.length - 1, topic: -1, timed: true, partitioning: FORWARD };
  };
  if (options.job) {
    const inputs = sources.map(({ topic }) => ({ ...ofTopic(topic), partitioning: EVERYTHING }));
    return { sources, operators, sink: sinkOf(add(plan, inputs, true), operators), lookup: -1 };
  }
  let lookup = -1;
  const known = new Map<Plan, Channel>();
  const visit = (node: Plan): Channel => {
    const found = known.get(node);
    if (found) return found;
    const made = node.node === 'scan' ? ofTopic(topicIndex(topics, node)) : operator(node);
    known.set(node, made);
    return made;
  };
  const operator = (node: Exclude<Plan, Scan>): Channel => {
    const inputs = inputsOf(node).map((input, side) => ({ ...visit(input), partitioning: partitioningOf(node, side) }));
    // A lookup answers under the names of the SELECT list already.
    if (node.node === 'project' && inputs[0].nodeIndex >= 0 && inputs[0].nodeIndex === lookup - 1)
      return visit(node.input);
    if (node.node === 'over' && options.lookup) {
      const { requests } = options.lookup;
      const place = topics.findIndex(({ name }) => name === requests.name);
      inputs.push({
        ...ofTopic(place, false),
        partitioning: { by: 'hash', keys: requestKeys(node.partitionBy, requests) },
      });
      lookup = operators.length + 1;
    }
    return add(node, inputs, changes(node, options));
  };
  const root = visit(plan);
  if (options.lookup && lookup < 0) {
    throw new TidemarkError({
      what: 'requests need a rolling aggregate to be answered from',
      expected: 'AVG(…) OVER (PARTITION BY … ORDER BY … RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)',
      hint: 'Write the feature with OVER, or remove `lookup` from the cell.',
    });
  }
  return { sources, operators, sink: sinkOf(root, operators), lookup };
}

const sinkOf = (root: Channel, operators: readonly OperatorNode[]): SinkNode => ({
  kind: 'sink',
  number: operators.length + 1,
  inputs: [root],
});

/** Every node, those upstream first. */
export const nodesOf = ({ sources, operators, sink }: Graph): GraphNode[] => [...sources, ...operators, sink];

/** How the rows of input `side` of a node must be spread, so that those with one key meet. */
function partitioningOf(node: Plan, side: number): Partitioning {
  const keys = kindOf(node).keys(node);
  return keys ? { by: 'hash', keys: keys[side] } : FORWARD;
}

/** The columns of a request that have the names of the key's. */
function requestKeys(keys: readonly Expression[], { table: { schema } }: Topic): Expression[] {
  return keys.flatMap((key) => {
    const index = key.op === 'column' ? columnNamed(schema, key.name) : -1;
    return key.op !== 'column' || index < 0 ? [] : [{ ...key, index }];
  });
}

const topicIndex = (topics: readonly Topic[], scan: Scan): number =>
  topics.indexOf(topicNamed(topics, scan.options.topic ?? scan.table));

/** The topics that a plan reads, each once, under the first table that stands for it. */
function sourcesOf(plan: Plan, topics: readonly Topic[], found: SourceNode[] = []): SourceNode[] {
  for (const input of inputsOf(plan)) sourcesOf(input, topics, found);
  if (plan.node !== 'scan') return found;
  const topic = topicIndex(topics, plan);
  const same = found.find((one) => one.topic === topic);
  if (!same) found.push({ kind: 'source', number: 0, scan: plan, topic });
  else if (JSON.stringify(same.scan.watermark) !== JSON.stringify(plan.watermark)) {
    throw new TidemarkError({
      what: `${same.scan.table} and ${plan.table} read one stream with two watermarks`,
      expected: 'one WATERMARK clause for a stream',
      hint: 'Declare the stream once and read it twice.',
    });
  }
  return found;
}

/** Whether an operator remembers no rows: it takes each where it is. */
export const isStateless = ({ inputs }: OperatorNode): boolean =>
  inputs.every(({ partitioning }) => partitioning.by === 'forward');

/** Whether all operators upstream of a channel are stateless, so that its rows still are the source's events. */
export const hasEvents = (nodes: readonly OperatorNode[], { nodeIndex }: Upstream): boolean =>
  nodeIndex < 0 || (isStateless(nodes[nodeIndex]) && nodes[nodeIndex].inputs.every((input) => hasEvents(nodes, input)));

/** Topics upstream of each operator. */
export function topicsUpstream(nodes: readonly Pick<OperatorNode, 'inputs'>[]): Set<number>[] {
  const found: Set<number>[] = [];
  for (const { inputs } of nodes) {
    found.push(new Set(inputs.flatMap(({ nodeIndex, topic }) => (nodeIndex < 0 ? [topic] : [...found[nodeIndex]]))));
  }
  return found;
}

/** Whether one event reaches an operator on two inputs: then there is an order to keep, and ranges have one row. */
export function meetsItself(nodes: readonly OperatorNode[]): boolean {
  const upstream = topicsUpstream(nodes);
  return nodes.some(({ inputs }, i) => {
    const reached = inputs.reduce((sum, { nodeIndex }) => sum + (nodeIndex < 0 ? 1 : upstream[nodeIndex].size), 0);
    return reached > upstream[i].size;
  });
}

/** The operator whose rows are the result: those after it only filter and project. −1 where they are a topic's. */
export function resultNode({ operators, sink }: Graph): number {
  let at = sink.inputs[0].nodeIndex;
  while (at >= 0 && isStateless(operators[at]) && operators[at].inputs.length === 1)
    at = operators[at].inputs[0].nodeIndex;
  return at;
}

/**
 * Whether a range may have events of several topics, which operators with two inputs then take in the order of their
 * input numbers. Every operator upstream of a join must be stateless, and no watermark may depend on processing time or
 * idleness.
 */
export const takesMultiTopicRanges = ({ sources, operators, lookup }: Graph, needsClock: boolean): boolean =>
  sources.length > 1 &&
  !needsClock &&
  lookup < 0 &&
  operators.every(({ inputs }) => inputs.length === 1 || inputs.every((input) => hasEvents(operators, input)));
