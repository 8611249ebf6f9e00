import { formatClock, formatDuration, formatValue, MIN_TIME, type Schema } from '../../model';
import { type PartitionFacts } from './facts';
import { type ProbeContext } from './probeContext';
import { type Change } from './probe';
import { type Reason, type Wait } from './reason';

const clock = (time: number): string => formatClock(time, 'seconds');
const span = ({ start, end }: { start: number; end: number }): string => `[${formatClock(start)}, ${formatClock(end)})`;
const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** `The window [10:00, 10:05) of card 7`. */
function subjectOf({ target, subject }: ProbeContext): string {
  const { keys } = subject.run.engine.dataflow.nodes[target.nodeIndex].operator.state!;
  return `The window ${span(target)}${keyText(keys.schema, target.key)}`;
}

const keyText = (schema: Schema, key: ProbeContext['target']['key']): string =>
  schema.length === 0 ? '' : ` of ${schema.map((one, i) => `${one.name} ${formatValue(key[i], one.type)}`).join(', ')}`;

/** The reason in one sentence, with the rule that decides it. */
export function reasonText(context: ProbeContext, reason: Reason): string {
  const who = subjectOf(context);
  const rule = ` (${reason.rule})`;
  switch (reason.is) {
    case 'no such window':
      return `${who} cannot exist: the windows of this run have other edges${rule}.`;
    case 'no event':
      return `${who} does not exist yet: no event of the key has come for it${rule}.`;
    case 'dropped':
      return `${who} took ${counted(reason.events, 'event')} no more: too late, the window had been closed${rule}.`;
    case 'expired':
      return `${who} takes nothing more since ${expiredAt(context, reason.since)}, and had nothing to say by then${rule}.`;
    case 'merged':
      return `${who} is no session of its own: it is part of ${span(reason.into)}${rule}.`;
    case 'fired':
      return `${who} has fired ${counted(reason.times, 'time')}, last at ${clock(reason.at)}, and nothing new has come for it since${rule}.`;
    case 'watermark':
      return `${who} has not fired: the watermark stands at ${clock(reason.stands)} and must reach ${clock(reason.needs)}${holders(context, reason.needs)}${rule}.`;
    case 'not sent':
      return `${who} has not fired: every partition is past ${clock(reason.needs)}, but the watermark is sent out only later${rule}.`;
    case 'stream time':
      return `${who} has not closed: stream time stands at ${reason.stands < 0 ? 'nothing' : clock(reason.stands)} and must reach ${clock(reason.needs)}; only a record moves it${rule}.`;
    case 'trigger':
      return `${who} waits: ${reason.waits.map((one) => waitText(context, one)).join('; ') || 'its trigger has finished'}.`;
    case 'finished':
      return `${who} is closed: its trigger has finished, and later events are dropped${rule}.`;
  }
}

function expiredAt({ options, policies }: ProbeContext, since: number): string {
  const which =
    options.time === 'processing' ? 'the clock' : policies.watermark.is === 'none' ? 'stream time' : 'the watermark';
  return `${which} stands at ${clock(since)}`;
}

function holders({ clocks }: ProbeContext, needs: number): string {
  const holding = clocks.partitions.filter((one) => one.isMinimum && one.watermark < needs);
  if (clocks.partitions.length < 2 || holding.length === 0) return '';
  return `; ${holding.map(partitionText).join(', ')} ${holding.length === 1 ? 'holds' : 'hold'} it`;
}

const partitionText = ({ partition, stream, watermark, events }: PartitionFacts): string =>
  `partition ${partition} of ${stream} (${events === 0 || watermark === MIN_TIME ? 'no event yet' : `at ${clock(watermark)}`})`;

function waitText(context: ProbeContext, wait: Wait): string {
  const rule = ` (${wait.rule})`;
  switch (wait.for) {
    case 'watermark':
      return `the watermark stands at ${clock(context.clocks.watermark)} and must reach ${clock(wait.needs)}${rule}`;
    case 'count':
      return `its trigger has counted ${wait.have} of ${wait.need}${rule}`;
    case 'clock':
      return `its trigger waits for the clock to show ${clock(wait.until)}${rule}`;
    case 'delta':
      return `its trigger waits for ${wait.column} to move by more than ${wait.by}${rule}`;
    case 'event':
      return `its trigger starts with the next event${rule}`;
  }
}

/** What would make it speak. */
export function changeText(
  { now }: Pick<ProbeContext, 'now'>,
  { events, until }: Change,
  would = 'It would fire',
): string {
  const parts: string[] = [];
  if (events.length > 0) {
    const places = new Map<string, number[]>();
    for (const { stream, partition, time } of events) {
      const place = `${stream}, partition ${partition}`;
      places.set(place, [...(places.get(place) ?? []), time]);
    }
    const said = [...places].map(
      ([place, times]) =>
        `${counted(times.length, 'event')} of ${[...new Set(times)].map(clock).join(', ')} (${place})`,
    );
    parts.push(said.join(' and '));
  }
  if (until !== null) {
    const passes =
      until > now
        ? `${formatDuration(until - now)} ${passed(events.length)}, until ${clock(until)}`
        : 'the next tick of the clock';
    parts.push(passes);
  }
  return `${would} with ${parts.join(', then ')}.`;
}

const passed = (events: number): string => (events > 0 ? 'without anything more' : 'without any event');

/** Why no change can do it. */
export function nothingText({ policies, target, now }: ProbeContext, rule: string): string {
  const { expiry } = policies;
  if (rule === expiry.rule) return `Nothing can make it fire any more (${rule}): ${lower(expiry.says)}`;
  const early = rule === 'S2.9' && now < target.end - 1;
  return `Nothing can make it fire any more (${rule}): ${early ? CLOCK_FIRST : (NOTHING[rule] ?? 'its time is over.')}`;
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const CLOCK_FIRST = 'the clock passes its end, and its state goes, before its trigger could speak.';

const NOTHING: Record<string, string> = {
  'S2.2': 'tumbling windows start at multiples of their size.',
  'S2.3': 'hopping windows start at multiples of their slide.',
  'S2.5': 'no window starts before the epoch.',
  'S2.6': 'cumulating windows grow from their start in whole steps.',
  'S2.8': 'the one global window never ends.',
  'S2.9': 'the clock has passed its end, and does not go back.',
  'S3.1': 'a session is at least one gap long.',
  'S3.3': 'sessions grow together and are not cut again.',
  'S4.1': 'its end is behind every watermark that is written down, and no event moves those.',
  'S4.8': 'when a trigger has finished, its window is closed and later events are dropped.',
  'S20.1': 'a perfect watermark knows what is still to come, and waits for just that.',
};
