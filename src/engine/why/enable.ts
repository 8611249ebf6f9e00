import { addTime, columnNamed, floorTime, MAX_TIME, MIN_TIME, readRow, readValue, type Table } from '../../model';
import { type Pieces } from '../pieces';
import { allTriggers, type Trigger } from '../stream/options';
import { cutOf } from '../windowing/shapes';
import { countsOf, eventAt, eventOf, marked, timeFor, type ProbeContext } from './probeContext';
import { closingTime, MOST_LINKS, timesIn } from './reason';
import { sameEvent, type Change, type PlantedEvent, type Probe } from './probe';

/** Runs that one question may take. */
const MOST_PROBES = 40;
/** Firings of a continuous trigger that are tried before the end of the window. */
const MOST_GOALS = 3;

/**
 * What could happen next so that the window fires, the best first: events, the passage of time, or both. Each has
 * been run, and no part of it can be left out: the same run without that part was tried, and did not fire.
 * `other`: a session that must have gone before.
 */
export function* enabling(
  context: ProbeContext,
  input: number,
  other: { end: number } | null,
  probe: Probe,
): Pieces<Change[]> {
  const rows = rowsFor(context, input);
  const moves = goalsOf(context).flatMap((goal) => movesFor(context, input, goal));
  const full = moves.at(-1) ?? [];
  const one = rows.slice(0, linksOf(context));
  const events: PlantedEvent[][] = [rows, ...moves];
  const combined: PlantedEvent[][] = [
    [...one, ...full],
    [...rows, ...full],
    [...full, ...rows],
    [...one, ...full, ...rows],
  ];
  if (other) {
    // It goes when it has expired; one that has fired may be closed before (S4.8).
    const { lateness } = context.options;
    for (const last of new Set([other.end - 1, addTime(other.end - 1, lateness)])) {
      const [gone = []] = movesFor(context, input, addTime(last, context.clocks.watermarkDelay));
      combined.push([...gone, ...rows], [...gone, ...rows, ...full]);
    }
    // Or its trigger finishes with the first of them, or by the clock after it (S4.8).
    if (context.policies.finished.is === 'closes') {
      const wait = Math.max(0, ...delaysOf(context.options.trigger)) + 1;
      const later = rows.map((event) => ({ ...event, arrives: event.arrives + wait }));
      combined.push(later, [...rows, ...later], [...rows, ...later, ...full]);
    }
  }
  // Other partitions may be paused until the slowest has caught up, and their events would then be late (S20.2).
  if (context.options.maxDrift !== null) {
    const first = onSlowest(context, rows);
    combined.push([...first.slice(0, one.length), ...full], [...first, ...full]);
  }
  if (context.options.watermark?.type === 'percentile' && rows.length > 0) {
    // An event older than all others makes the watermark wait longer (S20.1).
    const delay = context.now - Math.min(...rows.map(({ time }) => time));
    const after = goalsOf(context).flatMap((goal) => movesFor(context, input, goal + Math.max(0, delay)));
    const last = after.at(-1) ?? [];
    combined.push([...one, ...last], [...rows, ...last]);
  }
  combined.push(...keptAwake(context, rows));
  const found: Change[] = [];
  for (const list of events) {
    const hit = yield* attempt(probe, { events: list, until: null });
    if (hit) found.push(hit);
  }
  const waiting = yield* probe.try({ events: [], until: MAX_TIME });
  const best = smallest(found);
  const eventful = best && best.events.length > 0 ? [best] : [];
  if (best || waiting) return waiting ? [...eventful, waiting] : [best!];
  const change =
    (yield* firstHit(probe, combined, null)) ?? (yield* firstHit(probe, [...events, ...combined], MAX_TIME));
  return change ? [change] : [];
}

/** The first of some lists of events that is enough, without what can be left out of it; null: none is. */
export function* firstHit(probe: Probe, lists: readonly PlantedEvent[][], until: number | null): Pieces<Change | null> {
  for (const events of lists) {
    const hit = yield* attempt(probe, { events, until });
    if (hit) return hit;
  }
  return null;
}

/**
 * Where a trigger goes by the clock and partitions fall idle, the watermark may run away while one waits: the events come
 * on the partition that holds it, the last one again and again, so that it does not fall idle.
 */
function keptAwake(context: ProbeContext, rows: PlantedEvent[]): PlantedEvent[][] {
  const { options } = context;
  const { idle } = options;
  if (rows.length === 0 || idle === null) return [];
  const moved = onSlowest(context, rows);
  const last = moved[moved.length - 1];
  const wait = Math.max(0, ...delaysOf(options.trigger));
  const times = Math.min(MOST_LINKS, Math.floor(wait / idle));
  const again = Array.from({ length: times }, (_, i) => ({ ...last, arrives: last.arrives + (i + 1) * idle }));
  return [[...moved, ...again]];
}

/** The same events on the partition of their stream with the lowest watermark. */
function onSlowest({ clocks }: ProbeContext, rows: PlantedEvent[]): PlantedEvent[] {
  const [lowest] = clocks.partitions
    .filter(({ topic }) => topic === rows[0]?.stream)
    .sort((a, b) => a.watermark - b.watermark);
  return rows.map((event) => ({ ...event, partition: lowest.partition }));
}

const delaysOf = (trigger: Trigger | null): number[] =>
  allTriggers(trigger).flatMap((part) =>
    part.type === 'processing-delay' ? part.delay : part.type === 'continuous-processing-time' ? part.interval : [],
  );

function* attempt(probe: Probe, change: Change): Pieces<Change | null> {
  if (change.events.length === 0 || probe.count >= MOST_PROBES) return null;
  const hit = yield* probe.try({ ...change, events: inOrder(change.events) });
  return hit && (yield* minimal(probe, hit));
}

/** Events arrive one after the other, none before it has happened. */
function inOrder(events: PlantedEvent[]): PlantedEvent[] {
  let last = MIN_TIME;
  return events.map((event) => ({ ...event, arrives: (last = Math.max(last, event.arrives)) }));
}

/** Removes parts as long as the window still fires. */
function* minimal(probe: Probe, change: Change): Pieces<Change> {
  for (const without of lesser(change)) {
    const hit = yield* probe.try(without);
    if (hit) return yield* minimal(probe, hit);
  }
  return change;
}

/** A change without one of its parts; of equal parts in a row, it does not matter which. */
function* lesser({ events, until }: Change): Generator<Change> {
  for (let at = 0; at < events.length; at += 1) {
    if (at > 0 && sameEvent(events[at - 1], events[at])) continue;
    const left = events.filter((_, i) => i !== at);
    if (left.length > 0 || until !== null) yield { events: left, until };
  }
  if (until !== null && events.length > 0) yield { events, until: null };
}

const smallest = (changes: Change[]): Change | null =>
  changes.reduce<Change | null>((best, one) => (best && sizeOf(best) <= sizeOf(one) ? best : one), null);

const sizeOf = ({ events, until }: Change): number => events.length + (until === null ? 0 : 1);

/** Events of the key inside the window: those that make it exist, then as many as a trigger may count. */
function rowsFor(context: ProbeContext, input: number): PlantedEvent[] {
  const { options, now } = context;
  const from = eventOf(context, input);
  if (!from) return [];
  const { rows, delta } = countsOf(options.trigger);
  const byClock = options.time === 'processing';
  const times = timesIn(context);
  if (times.length === 0) return [];
  const last = times[times.length - 1];
  for (let more = 1; more < rows; more += 1) times.push(last);
  const column = delta ? columnNamed(from.topic.table.schema, delta.column) : -1;
  return times.map((time, i) => {
    const event = eventAt(context, from, from.partition, byClock ? now : time);
    if (byClock) event.arrives = Math.max(event.arrives, time);
    // The first may be the one that the others are measured by; far from all that came, the next one is sure to differ.
    if (delta && column >= 0 && i > 0) event.values[column] = mostOf(from.topic.table, column) + i * (delta.by + 1);
    return event;
  });
}

function mostOf({ columns, length }: Table, column: number): number {
  let most = 0;
  for (let row = 0; row < length; row += 1) most = Math.max(most, Number(readValue(columns[column], row) ?? 0));
  return most;
}

/** How many events it takes to make a window of this shape exist. */
const linksOf = (context: ProbeContext): number => timesIn(context).length;

/** Watermarks at which the window may fire, in ascending order: its end, and before it what its triggers ask for. */
function goalsOf(context: ProbeContext): number[] {
  const { target, options, policies, clocks } = context;
  const { start, end } = target;
  const byStreamTime = policies.watermark.is === 'none';
  if (end === MAX_TIME || (options.time === 'processing' && !byStreamTime)) return [];
  const goals: number[] = [];
  const { watermark } = clocks;
  for (const interval of intervalsOf(options.trigger)) {
    const from = Math.max(watermark === MIN_TIME ? start : watermark, start);
    for (let goal = floorTime(from, interval) + interval; goal < end - 1 && goals.length < MOST_GOALS; goal += interval)
      goals.push(goal);
  }
  if (!byStreamTime) return [...goals.sort((a, b) => a - b), end - 1].map((goal) => goal + clocks.watermarkDelay);
  return [closingTime(context)];
}

const intervalsOf = (trigger: Trigger | null): number[] =>
  allTriggers(trigger).flatMap((part) => (part.type === 'continuous-event-time' ? part.interval : []));

/** An event for each partition whose watermark is lower: first the minimum ones, then the idle ones. */
function movesFor(context: ProbeContext, input: number, goal: number): PlantedEvent[][] {
  const { clocks, options, policies, target, grouping, now } = context;
  const from = eventOf(context, input);
  if (!from || goal === MAX_TIME) return [];
  const byStreamTime = policies.watermark.is === 'none';
  const isSession = cutOf(grouping.window, policies).by === 'rows';
  const events = [...clocks.partitions]
    .filter(({ watermark }) => byStreamTime || watermark < goal)
    .sort((a, b) => Number(a.idle) - Number(b.idle))
    .flatMap(({ topic, partition }) => {
      const found = topic === from.topic.name ? from : lastOf(context, topic, input);
      if (!found) return [];
      const like = marked(context, found);
      const time = byStreamTime ? goal : timeFor(context, goal, like);
      if (time === null) return [];
      // Stream time is that of arrival where windows are cut by the clock (S2.9).
      if (options.time === 'processing')
        return [{ ...eventAt(context, like, partition, now), arrives: Math.max(now, goal) }];
      // An event at the edge of a session would become part of it.
      return [eventAt(context, like, partition, isSession && !byStreamTime ? Math.max(time, target.end + 1) : time)];
    });
  return events.length > 0 ? [events] : [];
}

/** The last event of a stream that has been read by then; else its first. */
export function lastOf(
  { subject }: Pick<ProbeContext, 'subject'>,
  stream: string,
  input: number,
): ReturnType<typeof eventOf> {
  const { inputs } = subject.run.engine;
  const topic = inputs.topics.find(({ name }) => name === stream);
  if (!topic || topic.table.length === 0) return null;
  const row = inputs.readOf(inputs.topics.indexOf(topic), input).rows.at(-1) ?? 0;
  return { topic, partition: 0, values: readRow(topic.table, row) };
}
