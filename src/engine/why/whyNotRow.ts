import {
  addTime,
  MAX_TIME,
  MIN_TIME,
  readRow,
  readValue,
  TidemarkError,
  type Nothing,
  type RowReason,
  type Value,
} from '../../model';
import { inputsOf, type Expression, type Plan } from '../../sql/plan';
import { compile } from '../expression';
import { windowsOf } from '../nodes/window/windowing/assign';
import { POLICIES } from '../profiles';
import { lastOf, minimal } from './enable';
import { clocksOf, type ClockFacts } from './facts';
import { Following, placeOf, type EventQuestion, type UnemittedRow } from './follow';
import { eventAt, marked, scanOf, sourceColumn, timeFor, type StreamContext } from './probeContext';
import { Probe, emitsRow, type Change, type PlantedEvent } from './probe';
import { rankOf } from './rank';
import { clockAt, hasEnded, inputOf, optionsAt, type Subject } from './subject';

/** Events that are tried as partners of a row. */
const MOST_PARTNERS = 8;

/** What is found out of an event that is not in a window. */
export interface RowAnswer {
  stream: string;
  reason: RowReason;
  clocks: ClockFacts;
  changes: Change[];
  nothing: Nothing | null;
  probes: number;
  /** The aggregate with windows that holds the row. */
  window: { key: Record<string, Value>; start: number; end: number } | null;
}

/** What one kind of operator finds about a row that it has not emitted. */
interface Verdict {
  reason: RowReason;
  /** The watermark that the row waits for; null: none. */
  goal: number | null;
  /** When a row on the other side would be its partner; null: none could be. */
  partner: number | null;
  /** Why nothing helps, where nothing does. */
  never: Nothing | null;
}

/** Answers for the end of the input of `step`. Throws a TidemarkError for an event that is not read, and for a batch job. */
export function whyNotRow(subject: Subject, step: number, question: EventQuestion): RowAnswer {
  if (subject.options.job) {
    throw new TidemarkError({
      what: 'a batch job does not say what it left out',
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
  const runAtInput = new Probe(subject, input, () => false).runAtInput;
  const because = (reason: RowReason): RowAnswer => ({
    ...none,
    stream,
    reason,
    clocks: clocksOf(subject, runAtInput, Math.max(0, subject.run.engine.graph.root.nodeIndex), input),
  });
  if (place.input > input) return because({ is: 'to come', rule: 'S17.1' });
  const following = new Following(subject, input);
  const unemitted = following.unemitted({ nodeIndex: -1, topic: place.topic }, place.row);
  if (unemitted === null) return because({ is: 'in the result', rule: null });
  const clocks = clocksOf(subject, runAtInput, unemitted.nodeIndex, input);
  const window = windowAround(subject, unemitted);
  if (window) return { ...because({ is: 'unchanged', rule: 'S4.2' }), clocks, window };
  const verdict = verdictOf(unemitted, following, context, clocks, hasEnded(subject, input));
  const probe = new Probe(
    subject,
    input,
    emitsRow(unemitted.nodeIndex, (out, row) => isRowOf(unemitted, out.id0[row], out.id1[row], out.id2[row])),
  );
  const changes = changesFor(unemitted, verdict, context, clocks, input, probe);
  return {
    ...because(verdict.reason),
    clocks,
    changes,
    nothing: changes.length > 0 ? null : verdict.never,
    probes: probe.count,
  };
}

/** Whether a row of the operator's that has these ids was made from the row. */
function isRowOf({ node, side, row, rows }: UnemittedRow, id0: number, id1: number, id2: number): boolean {
  if (isJoin(node)) return (side === 0 ? id0 : id1) === row;
  return id0 === rows.id0[row] && id1 === rows.id1[row] && id2 === rows.id2[row];
}

const isJoin = (node: Plan): node is Extract<Plan, { leftKeys: Expression[] }> => 'leftKeys' in node;

function windowAround(
  { run, options }: Subject,
  { nodeIndex, node, rows, row, input }: UnemittedRow,
): RowAnswer['window'] {
  const { windows } = run.engine.operators[nodeIndex];
  if (!windows || (node.node !== 'window aggregate' && node.node !== 'aggregate')) return null;
  const key = Object.fromEntries(
    node.keys.map((one, i): [string, Value] => [node.schema[i].name, valueOf(one, rows, row)]),
  );
  const time = options.time === 'processing' ? run.engine.inputs.processing(input) : rows.time[row];
  if (node.node === 'aggregate' || node.window.kind === 'global') return { key, start: MIN_TIME, end: MAX_TIME };
  if (node.window.kind === 'session')
    return {
      key,
      start: time,
      end: POLICIES[options.profile].sessionEnd.is === 'last' ? time : time + node.window.gap,
    };
  const spans = windowsOf(node.window, time);
  return spans.length === 0 ? null : { key, start: spans[0][0], end: spans[0][1] };
}

function valueOf(expression: Expression, rows: UnemittedRow['rows'], row: number): Value {
  const column = compile(expression, rows.schema)(rows, row, row + 1);
  return readValue(column, row);
}

function verdictOf(
  unemitted: UnemittedRow,
  following: Following,
  context: StreamContext,
  clocks: ClockFacts,
  ended: boolean,
): Verdict {
  const { node, rows, row, side, refused } = unemitted;
  const time = rows.time[row];
  const waiting = (rule: string, goal: number, never: Verdict['never']): Verdict => ({
    reason: { is: 'waits', rule, watermark: clocks.watermark === MIN_TIME ? null : clocks.watermark, needs: goal },
    goal,
    partner: null,
    never,
  });
  const over = (reason: RowReason): Verdict => ({
    reason,
    goal: null,
    partner: null,
    never: { because: 'reason', rule: reason.rule },
  });
  const gone = { because: 'last watermark', rule: 'S1.1' } as const;
  switch (node.node) {
    case 'filter':
      return over({ is: 'filtered', rule: null });
    case 'over':
      return refused
        ? over({ is: 'too late', rule: 'S7.4', for: 'frame' })
        : // What is taken behind the watermark waits for the next one (S11.1).
          time > clocks.watermark
          ? waiting('S7.3', time, gone)
          : waiting('S11.1', clocks.watermark + 1, gone);
    case 'deduplicate':
      return over({ is: 'outdone', rule: 'S13.4', keep: node.keep });
    case 'top n': {
      const rank = rankOf(node, following.outputs.rowsOf(portOf(context.subject, unemitted)).rows, row);
      return over({ is: 'outdone', rule: 'S14.5', limit: node.limit, rank });
    }
    case 'temporal join':
    case 'window join':
    case 'interval join':
    case 'join':
      break;
    default:
      return over({ is: 'unchanged', rule: 'S13.2' });
  }
  const keys = (side === 0 ? node.leftKeys : node.rightKeys).map((one) => valueOf(one, rows, row));
  if (keys.includes(null) && !node.nullSafe) return over({ is: 'no partner', rule: 'S8.5', because: 'null key' });
  const alone: Verdict = {
    reason: { is: 'no partner', rule: 'S8.1', because: 'none yet' },
    goal: null,
    partner: time,
    // A partner may always come; only its conditions may be too many to find one.
    never: null,
  };
  if (node.node === 'join') return { ...alone, reason: { is: 'no partner', rule: 'S13.5', because: 'none yet' } };
  // Who comes for it must not be behind the watermark; at it is soon enough (S7.4, S8.2).
  const sees = Math.max(time, clocks.watermark);
  if (node.node === 'temporal join') {
    if (node.time === 'processing' && side === 0)
      return over({ is: 'no partner', rule: 'S9.7', because: 'no version on arrival' });
    if (side === 1)
      return {
        ...alone,
        reason: { is: 'no partner', rule: 'S9.1', because: 'not seen yet' },
        partner: sees,
        goal: node.time === 'event' ? Math.max(sees, clocks.watermark + 1) : null,
        never: { because: 'newer version', rule: 'S9.1' },
      };
    if (refused) return over({ is: 'too late', rule: 'S9.2', for: 'versions' });
    if (clocks.watermark < time) return { ...waiting('S9.2', time, gone), partner: time };
    return over({ is: 'no partner', rule: 'S9.1', because: 'no version at its time' });
  }
  if (node.node === 'window join') {
    const spans = windowsOf(node.window, time);
    const end = spans.at(-1)?.[1];
    if (end === undefined) return over({ is: 'no partner', rule: 'S2.3', because: 'between windows' });
    if (refused || clocks.watermark >= end - 1) return over({ is: 'too late', rule: 'S5.7', for: 'window' });
    return { ...waiting('S4.1', spans.find(([, to]) => to - 1 > clocks.watermark)![1] - 1, gone), partner: time };
  }
  const { lower, upper, kind } = node;
  const [from, to] = side === 0 ? [time + lower, time + upper] : [time - upper, time - lower];
  const until = addTime(time, side === 0 ? Math.max(upper, 0) : Math.max(-lower, 0));
  const { rule, is: expiry } = POLICIES[context.options.profile].joinExpiry;
  if (refused || ended || (expiry === 'watermark' && clocks.watermark >= until)) {
    return over(
      refused
        ? { is: 'too late', rule: 'S8.2', for: 'state' }
        : { is: 'no partner', rule, because: 'none came', from, to, residual: false },
    );
  }
  const pads =
    kind === 'full' ||
    (kind === 'left' && side === 0) ||
    (kind === 'right' && side === 1) ||
    (kind === 'anti' && side === 0);
  return {
    ...alone,
    reason: { is: 'no partner', rule: 'S8.1', because: 'none in reach', from, to, residual: node.where !== null },
    partner: Math.min(Math.max(sees, from), to),
    goal: pads ? until : null,
  };
}

const portOf = ({ run }: Subject, { nodeIndex, side }: UnemittedRow) => run.engine.graph.nodes[nodeIndex].inputs[side];

/** A partner, the watermark, time: what is enough, without a part that could be left out. */
function changesFor(
  unemitted: UnemittedRow,
  verdict: Verdict,
  context: StreamContext,
  clocks: ClockFacts,
  input: number,
  probe: Probe,
): Change[] {
  const partners = partnersOf(unemitted, verdict, context, input);
  const moves = verdict.goal === null ? [] : movesTo(verdict.goal + clocks.watermarkDelay, context, clocks, input);
  if (verdict.goal === null && partners.length === 0) return [];
  const alone = partners.map((one) => [one]);
  const lists = [...alone, moves, ...alone.map((one) => [...one, ...moves])].filter((list) => list.length > 0);
  const hits: Change[] = [];
  for (const until of [null, MAX_TIME]) {
    for (const events of lists) {
      const hit = hits.length === 0 ? probe.try({ events: inTurn(events), until }) : null;
      if (hit) hits.push(minimal(probe, hit));
    }
  }
  const waits = hits.some(({ events }) => events.length === 0) ? null : probe.try({ events: [], until: MAX_TIME });
  return waits ? [...hits, waits] : hits;
}

function inTurn(events: PlantedEvent[]): PlantedEvent[] {
  let last = MIN_TIME;
  return events.map((event) => ({ ...event, arrives: (last = Math.max(last, event.arrives)) }));
}

/** Events of the other side with the keys of the row, made like those that have come: one of them may pass what filters it. */
function partnersOf(
  { node, side, rows, row }: UnemittedRow,
  { partner }: Verdict,
  context: StreamContext,
  input: number,
): PlantedEvent[] {
  if (partner === null || !isJoin(node)) return [];
  const [own, theirs] = side === 0 ? [node.leftKeys, node.rightKeys] : [node.rightKeys, node.leftKeys];
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
        if (column >= 0) values[column] = valueOf(own[i], rows, row);
      });
      found.push(eventAt(context, { topic, partition: topic.partition[at], values }, topic.partition[at], partner));
    }
  }
  return found;
}

/** An event for each partition that stands below a watermark. */
function movesTo(goal: number, context: StreamContext, { partitions }: ClockFacts, input: number): PlantedEvent[] {
  return partitions
    .filter(({ watermark, idle }) => watermark < goal && !idle)
    .flatMap(({ stream, partition }) => {
      const like = lastOf(context, stream, input);
      const time = like && timeFor(context, goal, like);
      return like && time !== null ? [eventAt(context, marked(context, like), partition, time)] : [];
    });
}
