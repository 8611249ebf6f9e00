import { formatDuration, TidemarkError, type Counters } from '../../model';
import { inputsOf, type Plan, type Scan } from '../../sql/plan';
import { type Feed } from './feed';
import { type Context, type Operator } from './operator';
import { OPERATORS } from './operators';
import { BatchJob } from './operators/batchJob';
import { type StreamOptions } from './options';
import { type Trace } from './trace';

/** An operator in its place; its rows come from the one before it, the first one's from the source. */
export interface Wire {
  operator: Operator;
}

export interface Wiring {
  scan: Scan;
  wires: Wire[];
  /** Number of the operator that takes requests on its second port, or -1. */
  lookup: number;
  /** Whether reading an event once is all the reading there is. */
  countsEvents: boolean;
}

/** `first`: no operator before it remembers rows, so that the input of a row is the row's own event. */
type MakeContext = (number: number, first: boolean) => Context;

/** Turns a plan into operators in plan order. */
export function build(plan: Plan, options: StreamOptions, context: MakeContext, feed: Feed): Wiring {
  checkSpan('the allowed lateness', options.lateness);
  if (options.wait !== null) checkSpan('the wait of the watermark', options.wait);
  const scan = scanOf(plan);
  if (options.job) {
    const operator = new BatchJob(plan, options.edge, feed, options.job, context(1, true));
    return { scan, wires: [{ operator }], lookup: -1, countsEvents: false };
  }
  const wires: Wire[] = [];
  let lookup = -1;
  for (const node of nodesOf(plan)) {
    // A lookup answers under the names of the SELECT list already.
    if (node.node === 'project' && lookup > 0) continue;
    const first = wires.every(({ operator }) => operator.state === null);
    const make = OPERATORS[node.node] as
      ((node: Plan, options: StreamOptions, context: Context, whole: Plan) => Operator) | undefined;
    if (!make) throw new TidemarkError({ what: `a stream has no operator for ${node.node}` });
    wires.push({ operator: make(node, options, context(wires.length + 1, first), plan) });
    if (node.node === 'over' && options.lookup) lookup = wires.length;
  }
  if (options.lookup && lookup < 0) {
    throw new TidemarkError({
      what: 'requests need a rolling aggregate to be answered from',
      expected: 'AVG(…) OVER (PARTITION BY … ORDER BY … RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW)',
      hint: 'Write the feature with OVER, or remove `lookup` from the cell.',
    });
  }
  if (options.lateness > 0 && wires.filter(({ operator }) => operator.state).length > 1) {
    throw new TidemarkError({
      what: 'one aggregate reads the result of another, which allowed lateness would still change',
      expected: 'an allowed lateness of 0 s where aggregates stand on one another',
      found: formatDuration(options.lateness),
      hint: 'Set the allowed lateness to 0 s and wait longer instead, or run the cell as a batch.',
    });
  }
  return { scan, wires, lookup, countsEvents: lookup < 0 };
}

function checkSpan(name: string, span: number): void {
  if (span >= 0) return;
  throw new TidemarkError({ what: `${name} is below zero`, expected: '0 s or more', found: formatDuration(span) });
}

/** The nodes above the scan, from the bottom up. */
const nodesOf = (plan: Plan): Exclude<Plan, Scan>[] =>
  plan.node === 'scan' ? [] : [...inputsOf(plan).flatMap(nodesOf), plan];

/** The table that a plan starts from. */
const scanOf = (plan: Plan): Scan => (plan.node === 'scan' ? plan : scanOf(inputsOf(plan)[0]));

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
