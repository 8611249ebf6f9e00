import { TidemarkError } from '../../model';
import { answeredBy } from '../../sql/answered';
import { inputsOf, type Expression, type Plan, type Scan } from '../../sql/plan';
import { sameExpression } from '../../sql/walk';
import { topicNamed, type Topic } from '../log/topic';
import { explainNode, kindOf } from '../nodes';
import { type Changelog, type Mode } from '../nodes/kind';
import { checkOptions } from './checkOptions';
import { modeOf } from '../stream/changes';
import { type StreamOptions } from '../stream/options';

/** Where rows come from, an operator or a topic; the one that it is not is -1. */
export interface Upstream {
  /** Place among the operators of the graph. */
  nodeIndex: number;
  /** Place among the topics of the run. */
  topic: number;
}

/**
 * Which subtask of an operator takes a row: the one beside where the row comes from, or the one of the row's key.
 * Without keys (`[]`) there is one for all.
 */
type Partitioning = { by: 'forward' } | { by: 'hash'; keys: readonly Expression[] };

/** An edge of the graph: an input of an operator. */
export interface Channel extends Upstream {
  partitioning: Partitioning;
  /** What it does about rows that have gone through it. */
  changelog: Changelog;
  /** Whether its watermark counts; requests are answered immediately. */
  timed: boolean;
  /** Whether no operator upstream remembers rows, so that these still are the source's events. */
  hasEvents: boolean;
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
  /** What it does here, in SQL's words. */
  title: string;
  mode: Mode;
  inputs: Channel[];
  /** The topics upstream, by their places in the run. */
  topics: ReadonlySet<number>;
  /** Whether it remembers rows; if not, it takes each where it is. */
  remembers: boolean;
}

/** A plan as a dataflow: what a run is made from, and `explainGraph` writes. */
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

const FORWARD: Partitioning = { by: 'forward' };
const JOB: Mode = { reads: [], writes: 'retract', retractions: 'recompute' };

/** The graph of a plan. Throws a TidemarkError for a plan that a stream cannot run. */
export function graphOf(plan: Plan, options: StreamOptions, topics: readonly Topic[]): Graph {
  const sources = sourcesOf(plan, topics);
  checkOptions(options, sources, topics);
  const operators: OperatorNode[] = [];
  const add = (node: Omit<OperatorNode, 'number' | 'topics'>): Upstream => {
    const topics = new Set(node.inputs.flatMap((input) => [...topicsOf(operators, input)]));
    operators.push({ number: operators.length + 1, ...node, topics });
    return { nodeIndex: operators.length - 1, topic: -1 };
  };
  if (options.job) {
    const inputs = sources.map(({ topic }): Channel => ({ ...ofTopic(topic), partitioning: { by: 'hash', keys: [] } }));
    const title = 'the whole query, over everything that has landed';
    const result = add({ plan, title, mode: JOB, inputs, remembers: true });
    return { sources, operators, result, lookup: -1 };
  }
  const known = new Map<Plan, Upstream>();
  const visit = (node: Plan, isLast: boolean): Upstream => {
    const found = known.get(node);
    if (found) return found;
    const made = node.node === 'scan' ? ofTopic(topicIndex(topics, node)) : operator(node, isLast);
    known.set(node, made);
    return made;
  };
  const operator = (node: Exclude<Plan, Scan>, isLast: boolean): Upstream => {
    const mode = modeOf(node, options, isLast);
    const keys = kindOf(node).keys(node);
    const inputs = inputsOf(node).map((input, side): Channel => {
      const from = visit(input, isLast && node.node === 'project');
      return {
        ...from,
        hasEvents: from.nodeIndex < 0 || (isFirst(operators[from.nodeIndex]) && !operators[from.nodeIndex].remembers),
        partitioning: keys && !isDividedBy(input, keys[side]) ? { by: 'hash', keys: keys[side] } : FORWARD,
        changelog: mode.reads[side],
        timed: true,
      };
    });
    if (node === answered) {
      const requests = topics.findIndex(({ name }) => name === options.lookup!.requests.name);
      inputs.push({ ...ofTopic(requests), partitioning: { by: 'hash', keys: answered.partitionBy }, timed: false });
    }
    const title = explainNode(node, node === answered ? options : { ...options, lookup: null });
    return add({ plan: node, title, mode, inputs, remembers: keys !== null });
  };
  const answered = options.lookup && answeredBy(plan);
  if (options.lookup && !answered) {
    throw new TidemarkError({
      what: 'requests need a rolling aggregate to be answered from',
      expected: 'AVG(…) OVER (PARTITION BY … ORDER BY … RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)',
      hint: 'Write the feature with OVER, or remove `lookup` from the cell.',
    });
  }
  const result = visit(answered ?? plan, true);
  return { sources, operators, result, lookup: answered ? result.nodeIndex + 1 : -1 };
}

const ofTopic = (topic: number): Channel => ({
  nodeIndex: -1,
  topic,
  partitioning: FORWARD,
  changelog: 'append',
  timed: true,
  hasEvents: true,
});

/** Whether rows of a plan with equal values of `keys` are in one place already. */
function isDividedBy(plan: Plan, keys: readonly Expression[]): boolean {
  const kind = kindOf(plan);
  if (kind.keys(plan)) {
    const key = kind.resultKey?.(plan);
    return key?.length === keys.length && key.every((one, i) => isSameKey(one, keys[i]));
  }
  const inputs = inputsOf(plan);
  const above = keys.map((key) => (key.op === 'column' ? (kind.column?.(plan, key.index) ?? key) : key));
  const isKept = plan.node !== 'project' || keys.every(({ op }) => op === 'column');
  return isKept && inputs.length > 0 && inputs.every((input) => isDividedBy(input, above));
}

/** Columns are the same by their place, whatever they are called. */
const isSameKey = (a: Expression, b: Expression): boolean =>
  a.op === 'column' && b.op === 'column' ? a.index === b.index : sameExpression(a, b);

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

/** The topics that the rows of a channel come from. */
export const topicsOf = (operators: readonly OperatorNode[], { nodeIndex, topic }: Upstream): ReadonlySet<number> =>
  nodeIndex < 0 ? new Set([topic]) : operators[nodeIndex].topics;

/** Whether an operator takes in the sources' events, and no rows that another one has made of them. */
export const isFirst = ({ inputs }: OperatorNode): boolean => inputs.every(({ hasEvents }) => hasEvents);

/** Whether one event reaches an operator on two inputs: then there is an order to keep, and ranges have one row. */
export const meetsItself = (operators: readonly OperatorNode[]): boolean =>
  operators.some(
    ({ inputs, topics }) => inputs.reduce((sum, input) => sum + topicsOf(operators, input).size, 0) > topics.size,
  );

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
  operators.every((operator) => operator.inputs.length === 1 || isFirst(operator));
