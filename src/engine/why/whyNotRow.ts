import { MAX_TIME, readRow, TidemarkError, type Nothing, type RowReason, type Value } from '../../model';
import { inputsOf } from '../../sql/plan';
import { kindOf } from '../nodes';
import { valueOf, type Verdict } from '../nodes/explanation';
import { explanationOf } from '../nodes/why';
import { type Pieces } from '../pieces';
import { assignerOf } from '../windowing/assign';
import { POLICIES } from '../profiles';
import { firstHit, lastOf } from './enable';
import { clocksOf, type ClockFacts } from './facts';
import { Following, placeOf, type EventQuestion, type UnemittedRow } from './follow';
import { eventAt, marked, scanOf, sourceColumn, timeFor, type StreamContext } from './probeContext';
import { outputHistoryOf } from './outputHistory';
import { Probe, emitsRow, type Change, type PlantedEvent } from './probe';
import { clockAt, hasEnded, inputOf, optionsAt, type Subject } from './subject';

/** Events that are tried as partners of a row. */
const MOST_PARTNERS = 8;

/** The answer for an event that is not in a window. */
interface RowAnswer {
  stream: string;
  reason: RowReason;
  clocks: ClockFacts;
  changes: Change[];
  nothing: Nothing | null;
  probes: number;
  /** The aggregate with windows that holds the row. */
  window: { key: Record<string, Value>; start: number; end: number } | null;
}

/** Answers for the end of the input of `step`. Throws a TidemarkError for an event that is not read, and for a batch job. */
export function* whyNotRow(subject: Subject, step: number, question: EventQuestion): Pieces<RowAnswer> {
  if (subject.options.job) {
    throw new TidemarkError({
      what: 'a batch job does not record what it left out',
      where: 'why not',
      expected: 'a query that is run as a stream',
      hint: 'Ask about a row of the result instead.',
    });
  }
  const input = inputOf(subject, step);
  const place = placeOf(subject, question);
  const stream = subject.run.engine.inputs.topics[place.topic].name;
  const context: StreamContext = { subject, options: optionsAt(subject, input), now: clockAt(subject, input) };
  const none = { changes: [], nothing: null, probes: 0, window: null };
  const probe = yield* Probe.after(subject, input);
  const { runAtInput } = probe;
  const because = (reason: RowReason): RowAnswer => ({
    ...none,
    stream,
    reason,
    clocks: clocksOf(subject, runAtInput, Math.max(0, subject.run.engine.graph.result.nodeIndex), input),
  });
  if (place.input > input) return because({ is: 'to come', rule: 'S17.1' });
  const following = new Following(subject, yield* outputHistoryOf(subject, input));
  const unemitted = following.unemitted({ nodeIndex: -1, topic: place.topic }, place.row);
  if (unemitted === null) return because({ is: 'in the result', rule: null });
  const clocks = clocksOf(subject, runAtInput, unemitted.nodeIndex, input);
  const window = windowAround(subject, unemitted);
  if (window) return { ...because({ is: 'unchanged', rule: 'S4.2' }), clocks, window };
  const { node } = unemitted;
  const verdict = explanationOf(node).absent(node, unemitted, {
    watermark: clocks.watermark,
    policies: POLICIES[context.options.profile],
    ended: hasEnded(subject, input),
  });
  probe.isDone = emitsRow(unemitted.nodeIndex, (rows, row) =>
    explanationOf(node).isMadeFrom(node, { rows, row, input: rows.input[row] }, unemitted, unemitted.side),
  );
  const changes = yield* changesFor(unemitted, verdict, context, clocks, input, probe);
  return {
    ...because(verdict.reason),
    clocks,
    changes,
    nothing: changes.length > 0 ? null : verdict.never,
    probes: probe.count,
  };
}

function windowAround(
  { run, options }: Subject,
  { nodeIndex, node, rows, row, input }: UnemittedRow,
): RowAnswer['window'] {
  const { windows } = run.engine.operators[nodeIndex].operator;
  const grouping = windows && kindOf(node).grouping?.(node);
  if (!grouping) return null;
  const time = options.time === 'processing' ? run.engine.inputs.processing(input) : rows.time[row];
  const [span] = assignerOf(grouping.window, POLICIES[options.profile]).assign(time, rows, row);
  if (!span) return null;
  const key = grouping.keys.map((one, i): [string, Value] => [node.schema[i].name, valueOf(one, { rows, row, input })]);
  return { key: Object.fromEntries(key), start: span[0], end: span[1] };
}

/** A partner, a higher watermark, the passage of time: what is enough, with no part that could be left out. */
function* changesFor(
  unemitted: UnemittedRow,
  verdict: Verdict,
  context: StreamContext,
  clocks: ClockFacts,
  input: number,
  probe: Probe,
): Pieces<Change[]> {
  const partners = partnersOf(unemitted, verdict, context, input);
  const moves = verdict.goal === null ? [] : movesTo(verdict.goal + clocks.watermarkDelay, context, clocks, input);
  if (verdict.goal === null && partners.length === 0) return [];
  const alone = partners.map((one) => [one]);
  const lists = [...alone, moves, ...alone.map((one) => [...one, ...moves])];
  const hit = (yield* firstHit(probe, lists, null)) ?? (yield* firstHit(probe, lists, MAX_TIME));
  const waits = hit?.events.length === 0 ? null : yield* probe.try({ events: [], until: MAX_TIME });
  return [hit, waits].filter((one) => one !== null);
}

/** Events of the other side with the keys of the row, modelled on those read so far: one of them may pass the filters. */
function partnersOf(
  unemitted: UnemittedRow,
  { partner }: Verdict,
  context: StreamContext,
  input: number,
): PlantedEvent[] {
  const { node, side } = unemitted;
  const keys = kindOf(node).keys(node);
  if (partner === null || !keys) return [];
  const [own, theirs] = [keys[side], keys[1 - side]];
  const other = inputsOf(node)[1 - side];
  const found: PlantedEvent[] = [];
  const { inputs } = context.subject.run.engine;
  for (const [place, topic] of inputs.topics.entries()) {
    if (!scanOf(other, topic.name)) continue;
    const read = inputs.readOf(place, input).rows;
    // Where none has come yet, the first one to come is an example.
    const like = read.length > 0 || topic.table.length === 0 ? read : Int32Array.of(0);
    for (const at of like.toReversed().subarray(0, MOST_PARTNERS - found.length)) {
      const values = readRow(topic.table, at);
      theirs.forEach((key, i) => {
        const column = sourceColumn(other, key, topic, key.op === 'column' ? key.name : '');
        if (column >= 0) values[column] = valueOf(own[i], unemitted);
      });
      found.push(eventAt(context, { topic, partition: topic.partition[at], values }, topic.partition[at], partner));
    }
  }
  return found;
}

/** An event for each partition whose watermark is lower. */
function movesTo(goal: number, context: StreamContext, { partitions }: ClockFacts, input: number): PlantedEvent[] {
  return partitions
    .filter(({ watermark, idle }) => watermark < goal && !idle)
    .flatMap(({ topic, partition }) => {
      const like = lastOf(context, topic, input);
      const time = like && timeFor(context, goal, like);
      return like && time !== null ? [eventAt(context, marked(context, like), partition, time)] : [];
    });
}
