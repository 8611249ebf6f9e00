import { TidemarkError } from '../../model';
import { inputsOf, type Plan, type Scan } from '../../sql/plan';
import { topicNamed, type Topic } from '../log/topic';
import { kindOf } from '../nodes';
import { checkOptions } from './checkOptions';
import { type StreamOptions } from '../stream/options';

/** Where rows come from, an operator or a topic; the one that it is not is -1. */
export interface Upstream {
  /** Place among the operators of the graph. */
  nodeIndex: number;
  /** Place among the topics of the run. */
  topic: number;
}

/** An edge of the graph: an input of an operator. */
export interface Channel extends Upstream {
  /** Whether its watermark counts; requests are answered immediately. */
  timed: boolean;
}

/** A topic that the plan reads as a table: several scans of one topic read the same events. */
export interface SourceNode {
  scan: Scan;
  /** Place among the topics of the run. */
  topic: number;
}

/** An operator before there is an instance of it. */
export interface OperatorNode {
  /** From 1, in plan order; the number that steps carry. */
  number: number;
  plan: Plan;
  inputs: Channel[];
  /** Whether it remembers rows; if not, it takes each where it is. */
  remembers: boolean;
}

/** A plan as a dataflow: what a run is made from. */
export interface Graph {
  /** Every topic that the plan reads, in plan order. */
  sources: SourceNode[];
  /** In plan order: those upstream come first. A plan node that occurs twice is one node. */
  operators: OperatorNode[];
  /** Where the rows of the result come from. */
  result: Upstream;
  /** Number of the operator that takes requests on its second input, or -1. */
  lookup: number;
}

/** The graph of a plan. Throws a TidemarkError for a plan that a stream cannot run. */
export function graphOf(plan: Plan, options: StreamOptions, topics: readonly Topic[]): Graph {
  const sources = sourcesOf(plan, topics);
  checkOptions(options, sources, topics);
  const operators: OperatorNode[] = [];
  const ofTopic = (topic: number, timed = true): Channel => ({ nodeIndex: -1, topic, timed });
  const add = (node: Plan, inputs: Channel[], remembers: boolean): Channel => {
    operators.push({ number: operators.length + 1, plan: node, inputs, remembers });
    return { nodeIndex: operators.length - 1, topic: -1, timed: true };
  };
  if (options.job) {
    const inputs = sources.map(({ topic }) => ofTopic(topic));
    return { sources, operators, result: add(plan, inputs, true), lookup: -1 };
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
    const inputs = inputsOf(node).map(visit);
    // A lookup answers under the names of the SELECT list already.
    if (node.node === 'project' && inputs[0].nodeIndex >= 0 && inputs[0].nodeIndex === lookup - 1)
      return visit(node.input);
    if (node.node === 'over' && options.lookup) {
      const { requests } = options.lookup;
      const place = topics.findIndex(({ name }) => name === requests.name);
      inputs.push(ofTopic(place, false));
      lookup = operators.length + 1;
    }
    return add(node, inputs, kindOf(node).keys(node) !== null);
  };
  const root = visit(plan);
  if (options.lookup && lookup < 0) {
    throw new TidemarkError({
      what: 'requests need a rolling aggregate to be answered from',
      expected: 'AVG(…) OVER (PARTITION BY … ORDER BY … RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)',
      hint: 'Write the feature with OVER, or remove `lookup` from the cell.',
    });
  }
  return { sources, operators, result: root, lookup };
}

const topicIndex = (topics: readonly Topic[], scan: Scan): number =>
  topics.indexOf(topicNamed(topics, scan.options.topic ?? scan.table));

/** The topics that a plan reads, each once, under the first table that stands for it. */
function sourcesOf(plan: Plan, topics: readonly Topic[], found: SourceNode[] = []): SourceNode[] {
  for (const input of inputsOf(plan)) sourcesOf(input, topics, found);
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

/** Whether no operator upstream of a channel remembers rows, so that its rows still are the source's events. */
export const hasEvents = (nodes: readonly OperatorNode[], { nodeIndex }: Upstream): boolean =>
  nodeIndex < 0 || (!nodes[nodeIndex].remembers && nodes[nodeIndex].inputs.every((input) => hasEvents(nodes, input)));

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
export function resultNode({ operators, result }: Graph): number {
  let at = result.nodeIndex;
  while (at >= 0 && !operators[at].remembers && operators[at].inputs.length === 1)
    at = operators[at].inputs[0].nodeIndex;
  return at;
}

/**
 * Whether a range may have events of several topics, which operators with two inputs then take in the order of their
 * input numbers. No operator upstream of a join may remember rows, and no watermark may depend on processing time or
 * idleness.
 */
export const takesMultiTopicRanges = ({ sources, operators, lookup }: Graph, needsClock: boolean): boolean =>
  sources.length > 1 &&
  !needsClock &&
  lookup < 0 &&
  operators.every(({ inputs }) => inputs.length === 1 || inputs.every((input) => hasEvents(operators, input)));
