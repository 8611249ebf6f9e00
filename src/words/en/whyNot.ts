import {
  formatDuration,
  type EventSubject,
  type NoPartner,
  type Nothing,
  type Offer,
  type RowReason,
  type SlowPartition,
  type Wait,
  type WhyNot,
  type WindowReason,
  type WindowSubject,
} from '../../model';
import { clock, counted, ofKey, span } from './phrases';
import { policyText } from './policies';

/** The reason in one sentence, with the rule that decides it. */
export function reasonSentence({ of, reason }: Pick<WhyNot, 'of' | 'reason'>): string {
  if (of.kind === 'window') return `${windowText(of)} ${windowReason(reason as WindowReason)}.`;
  return `${eventText(of)} ${rowReason(reason as RowReason)}${reason.rule === null ? '' : ` (${reason.rule})`}.`;
}

const windowText = (of: WindowSubject): string => `The window ${span(of)}${ofKey(of.key)}`;

const eventText = ({ stream, partition, offset }: EventSubject): string =>
  `The event of ${stream}, partition ${partition}, offset ${offset},`;

function windowReason(reason: WindowReason): string {
  const rule = ` (${reason.rule})`;
  switch (reason.is) {
    case 'no such window':
      return `cannot exist: the windows of this run have other bounds${rule}`;
    case 'no event':
      return `does not exist yet: no event of the key has arrived for it${rule}`;
    case 'dropped':
      return `dropped ${counted(reason.events, 'event')} that arrived after it had closed${rule}`;
    case 'expired':
      return `accepts no more events because ${CLOCKS[reason.by]} is at ${clock(reason.since)}, and it had nothing to emit by then${rule}`;
    case 'merged':
      return `is not a session of its own: it is part of ${span(reason.into)}${rule}`;
    case 'fired':
      return `has fired ${counted(reason.times, 'time')}, last at ${clock(reason.at)}, and no new event has arrived for it since${rule}`;
    case 'watermark':
      return `has not fired: the watermark is at ${clock(reason.watermark)} and must reach ${clock(reason.needs)}${slowest(reason.slowest)}${rule}`;
    case 'not sent':
      return `has not fired: every partition is past ${clock(reason.needs)}, but the watermark is emitted only later${rule}`;
    case 'stream time': {
      const { streamTime, needs } = reason;
      const now = streamTime < 0 ? 'has not begun' : `is at ${clock(streamTime)}`;
      return `has not closed: stream time ${now} and must reach ${clock(needs)}; only a record moves it${rule}`;
    }
    case 'trigger':
      return `waits: ${reason.waits.map(waitText).join('; ') || 'its trigger has finished'}`;
    case 'finished':
      return `is closed: its trigger has finished, and later events are dropped${rule}`;
  }
}

const CLOCKS = { clock: 'the clock', 'stream time': 'stream time', watermark: 'the watermark' };

function slowest(partitions: readonly SlowPartition[]): string {
  if (partitions.length === 0) return '';
  const names = partitions.map(({ stream, partition, watermark }) => {
    const at = watermark === null ? 'no event yet' : `at ${clock(watermark)}`;
    return `partition ${partition} of ${stream} (${at})`;
  });
  return `; ${names.join(', ')} ${names.length === 1 ? 'holds' : 'hold'} it back`;
}

function waitText(wait: Wait): string {
  const rule = ` (${wait.rule})`;
  switch (wait.for) {
    case 'watermark':
      return `the watermark is at ${clock(wait.watermark)} and must reach ${clock(wait.needs)}${rule}`;
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

function rowReason(reason: RowReason): string {
  switch (reason.is) {
    case 'to come':
      return 'has not been read yet';
    case 'in the result':
      return 'is in the result, or has been';
    case 'filtered':
      return 'is filtered out: the condition does not hold for it';
    case 'unchanged':
      return 'did not change the result';
    case 'waits': {
      const now = reason.watermark === null ? 'has not begun' : `is at ${clock(reason.watermark)}`;
      return `waits for the watermark, which ${now} and must reach ${clock(reason.needs)}`;
    }
    case 'too late':
      return TOO_LATE[reason.for];
    case 'outdone':
      return 'keep' in reason
        ? `is not the ${reason.keep} of its key`
        : `is not among the first ${reason.limit}: it has rank ${reason.rank}`;
    case 'no partner': {
      if (!('from' in reason)) return NO_PARTNER[reason.because];
      const { from, to } = reason;
      const reach = from === to ? clock(from) : `${clock(from)} to ${clock(to)}`;
      if (reason.because === 'none came') return `is no longer kept: no partner of its key arrived for ${reach}`;
      const residual = reason.residual ? ', or the condition did not hold' : '';
      return `has no partner yet: no row of its key for ${reach} has arrived${residual}`;
    }
  }
}

const TOO_LATE: Record<Extract<RowReason, { is: 'too late' }>['for'], string> = {
  frame: 'arrived too late: its frame had already been emitted',
  versions: 'arrived too late: the versions of its time are no longer kept',
  window: 'belongs to a window that closed without a partner in it',
  state: 'arrived too late to be kept',
};

const NO_PARTNER: Record<NoPartner, string> = {
  'null key': 'has a null key, and null equals no other key',
  'none yet': 'has no partner yet',
  'not seen yet': 'is a version that no row has matched yet',
  'no version on arrival': 'found no version of its key when it arrived',
  'no version at its time': 'found no version of its key at its time',
  'between windows': 'lies between the windows',
};

/** What would make it happen. */
export function offerSentence({ of, now }: Pick<WhyNot, 'of' | 'now'>, { events, until }: Offer): string {
  const parts: string[] = [];
  if (events.length > 0) {
    const places = new Map<string, number[]>();
    for (const { stream, partition, eventTime } of events) {
      const place = `${stream}, partition ${partition}`;
      places.set(place, [...(places.get(place) ?? []), eventTime]);
    }
    const perPlace = [...places].map(
      ([place, times]) =>
        `${counted(times.length, 'event')} at ${[...new Set(times)].map(clock).join(', ')} (${place})`,
    );
    parts.push(perPlace.join(' and '));
  }
  if (until !== null) {
    const quiet = events.length > 0 ? 'without another event' : 'without any event';
    parts.push(
      until > now ? `${formatDuration(until - now)} ${quiet}, until ${clock(until)}` : 'the next tick of the clock',
    );
  }
  return `${of.kind === 'window' ? 'It would fire' : 'It would enter the result'} with ${parts.join(', then ')}.`;
}

/** Why no change can help; null where something can, or where no small change was found. */
export function nothingSentence({ of, reason, nothing }: Pick<WhyNot, 'of' | 'reason' | 'nothing'>): string | null {
  if (nothing === null) return null;
  const rule = nothing.rule === null ? '' : ` (${nothing.rule})`;
  if (of.kind === 'window') return `Nothing can make it fire any more${rule}: ${windowNothing(nothing)}`;
  const never = 'It can never enter the result';
  switch (nothing.because) {
    case 'last watermark':
      return `${never}: no event moves the watermark any more.`;
    case 'newer version':
      return `${never}${rule}: a newer version has replaced it.`;
    default:
      return `${never}${rule}: it ${rowReason(reason as RowReason)}.`;
  }
}

function windowNothing(nothing: Nothing): string {
  if (nothing.because === 'expired') return lower(policyText(nothing.profile, 'expiry'));
  if (nothing.because === 'clock first')
    return 'the clock passes its end and its state is deleted before its trigger can fire.';
  return (nothing.rule !== null && RULES[nothing.rule]) || 'its time is over.';
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const RULES: Record<string, string> = {
  'S2.2': 'tumbling windows start at multiples of their size.',
  'S2.3': 'hopping windows start at multiples of their slide.',
  'S2.5': 'no window starts before the epoch.',
  'S2.6': 'cumulating windows grow from their start in whole steps.',
  'S2.8': 'the one global window never ends.',
  'S2.9': 'the clock has passed its end, and does not go back.',
  'S3.1': 'a session is at least one gap long.',
  'S3.3': 'sessions merge and are never split again.',
  'S4.1': 'its end is after the last given watermark, and no event moves a given watermark.',
  'S4.8': 'when a trigger has finished, its window is closed and later events are dropped.',
  'S20.1': 'a perfect watermark knows which events are still to come and waits for exactly those.',
};
