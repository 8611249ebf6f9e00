import { TidemarkError, type Counters } from '../../model';
import { inputsOf, type Plan, type Scan } from '../../sql/plan';
import { checkChanges } from './changes';
import { checkOptions } from './checkOptions';
import { type Feed } from './feed';
import { type Context, type Operator } from './operator';
import { OPERATORS, type Make } from '../nodes';
import { entryOf } from '../nodes/entry';
import { BatchJob, topicOf } from '../nodes/job/batchJob';
import { type StreamOptions } from './options';
import { type Trace } from './trace';

/** What feeds one port of an operator, or the result: another wire or a topic; the one that it is not is -1. */
export interface Port {
  wire: number;
  /** Place in the feed's topics. */
  topic: number;
  /** Whether the watermark of what feeds it counts; requests are answered at once. */
  timed: boolean;
}

/** An operator in its place. */
export interface Wire {
  operator: Operator;
  ports: Port[];
}

/** A topic that the plan reads as a table; several scans of one topic read the same events. */
export interface SourceScan {
  scan: Scan;
  /** Place in the feed's topics. */
  topic: number;
}

export interface Wiring {
  /** Every topic that the plan reads, in plan order. */
  scans: SourceScan[];
  /** Operators in plan order: what feeds a wire stands before it. */
  wires: Wire[];
  /** Where the result comes from. */
  root: Port;
  /** Number of the operator that takes requests on its second port, or -1. */
  lookup: number;
  /** Whether reading an event once is all the reading there is. */
  countsEvents: boolean;
  /** Whether one event reaches an operator on two ports: then there is an order to keep, and ranges have one row. */
  meetsItself: boolean;
}

/** `first`: no operator before it remembers rows, so that the input of a row is the row's own event. */
type MakeContext = (number: number, first: boolean) => Context;

/** Turns a plan into operators in plan order, and says what feeds each. A node that stands in two places is one wire. */
export function build(plan: Plan, options: StreamOptions, context: MakeContext, feed: Feed): Wiring {
  const scans = scansOf(plan, feed);
  checkOptions(options, scans, feed.topics);
  const wires: Wire[] = [];
  const portOf = (topic: number): Port => ({ wire: -1, topic, timed: true });
  const put = (operator: Operator, ports: Port[]): Port => {
    wires.push({ operator, ports });
    return { wire: wires.length - 1, topic: -1, timed: true };
  };
  if (options.job) {
    const tables = scans.map(({ topic }) => feed.topics[topic].topic.name);
    const job = new BatchJob(plan, options, feed, tables, options.job, context(1, true));
    const root = put(
      job,
      scans.map(({ topic }) => portOf(topic)),
    );
    return { scans, wires, root, lookup: -1, countsEvents: false, meetsItself: false };
  }
  checkChanges(plan, options);
  let lookup = -1;
  const built = new Map<Plan, Port>();
  const wire = (node: Plan): Port => {
    const found = built.get(node);
    if (found) return found;
    const port = node.node === 'scan' ? portOf(topicIndex(feed, node)) : operate(node);
    built.set(node, port);
    return port;
  };
  const operate = (node: Exclude<Plan, Scan>): Port => {
    const ports = inputsOf(node).map(wire);
    // A lookup answers under the names of the SELECT list already.
    if (node.node === 'project' && ports[0].wire >= 0 && ports[0].wire === lookup - 1) return ports[0];
    const make = entryOf<Make<Plan['node']>>(OPERATORS, node, 'stream operator');
    const operator = make(node, options, context(wires.length + 1, ports.every(isStateless(wires))), plan);
    if (node.node === 'over' && options.lookup) {
      const { requests } = options.lookup;
      ports.push({ wire: -1, topic: feed.topics.findIndex(({ topic }) => topic.name === requests.name), timed: false });
      lookup = wires.length + 1;
    }
    return put(operator, ports);
  };
  const root = wire(plan);
  if (options.lookup && lookup < 0) {
    throw new TidemarkError({
      what: 'requests need a rolling aggregate to be answered from',
      expected: 'AVG(…) OVER (PARTITION BY … ORDER BY … RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)',
      hint: 'Write the feature with OVER, or remove `lookup` from the cell.',
    });
  }
  return { scans, wires, root, lookup, countsEvents: lookup < 0, meetsItself: meetsItself(wires) };
}

const topicIndex = (feed: Feed, scan: Scan): number =>
  feed.topics.indexOf(topicOf(feed, scan.options.topic ?? scan.table));

/** The topics that a plan reads, each once, under the first table that stands for it. */
function scansOf(plan: Plan, feed: Feed, found: SourceScan[] = []): SourceScan[] {
  for (const input of inputsOf(plan)) scansOf(input, feed, found);
  if (plan.node !== 'scan') return found;
  const topic = topicIndex(feed, plan);
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

/** Whether a row of a port still is the event that came in: nothing below it remembers any. */
export function isStateless(wires: Wire[]): (port: Port) => boolean {
  const check = ({ wire }: Port): boolean =>
    wire < 0 || (wires[wire].operator.state === null && wires[wire].ports.every(check));
  return check;
}

/** Topics that each wire descends from. */
export function topicsBelow(wires: Wire[]): Set<number>[] {
  const below: Set<number>[] = [];
  for (const { ports } of wires) {
    below.push(new Set(ports.flatMap(({ wire, topic }) => (wire < 0 ? [topic] : [...below[wire]]))));
  }
  return below;
}

function meetsItself(wires: Wire[]): boolean {
  const below = topicsBelow(wires);
  return wires.some(({ ports }, i) => {
    const reached = ports.reduce((sum, { wire }) => sum + (wire < 0 ? 1 : below[wire].size), 0);
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
    clock,
    drop(batch, row, key, from, to) {
      counters.dropped += 1;
      onDrop?.(batch.input[row]);
      // Which row of its batch it was depends on the ranges; its input does not.
      trace?.add('row dropped', number, batch.input[row], key, from, to, -1);
    },
  };
}
