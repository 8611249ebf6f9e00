import { addTime, floorTime, MAX_TIME, MIN_TIME, type SlowPartition, type Wait, type WindowReason } from '../../model';
import { firesOnClose, childTriggers, type Accumulation, type Trigger } from '../stream/options';
import { type Run } from '../run/run';
import { isExpired, lastOf, windowsAt } from '../stream/windows';
import { assignerOf, lastFor } from '../windowing/assign';
import { cutOf, ruleOf } from '../windowing/shapes';
import { type ClockFacts, type WindowFacts } from './facts';
import { type ProbeContext } from './probeContext';

/** What the classification looks at. */
export interface WindowStatus {
  context: ProbeContext;
  facts: WindowFacts;
  /** The run right after the input. */
  run: Run;
}

/** The rule by which a window of this profile accepts no more rows. */
export const expiryRule = ({ options, policies }: ProbeContext): string =>
  options.time === 'processing' ? 'S2.9' : policies.expiry.rule;

/** A chain of events that makes up a session is not longer than this. */
export const MOST_LINKS = 32;

/** The rule by which the shape has no window with the target's bounds; null where it has one. */
export function impossible(context: ProbeContext): string | null {
  const { negativeStart } = context.policies;
  if (context.target.start < 0 && !negativeStart.is) return negativeStart.rule;
  return timesIn(context).length > 0 ? null : ruleOf(context.grouping.window);
}

/** Times of the events that a window without any would need: one, or a chain of them; none where no event makes it. */
export function timesIn({ target, grouping, policies, clocks }: ProbeContext): number[] {
  const { start, end } = target;
  const cut = cutOf(grouping.window, policies);
  switch (cut.by) {
    case 'nothing':
      return end === MAX_TIME ? [Math.max(0, ...clocks.partitions.map(({ newestEventTime }) => newestEventTime))] : [];
    case 'grid':
      return windowsAt(cut.grid, start).some(([from, to]) => from === start && to === end) ? [start] : [];
    case 'rows': {
      const { link, tail } = cut;
      const last = end - tail;
      if (last < start || (last > start && link < 1)) return [];
      const times: number[] = [];
      for (let time = start; time < last && times.length < MOST_LINKS; time += link) times.push(time);
      return [...times, last];
    }
  }
}

/** The stream time at which a window expires (S5.2). */
export function closingTime({ target, grouping, options, policies }: ProbeContext): number {
  const last = lastFor(assignerOf(grouping.window, policies), target.end);
  return addTime(addTime(last, options.lateness), 1);
}

/** The time that decides whether a window has expired, and the smallest at which it has. */
export function expiryOf({ context, run }: WindowStatus): {
  time: number;
  needs: number;
  by: 'clock' | 'stream time' | 'watermark';
} {
  const { target, options, policies, clocks, now } = context;
  const { end } = target;
  if (options.time === 'processing' && policies.watermark.is !== 'none') return { time: now, needs: end, by: 'clock' };
  const { streamTime } = run.operators[target.nodeIndex].operator.windows!;
  if (streamTime !== null) return { time: streamTime, needs: closingTime(context), by: 'stream time' };
  return { time: clocks.watermark, needs: addTime(lastOf(end), options.lateness), by: 'watermark' };
}

export function hasExpired(status: WindowStatus): boolean {
  const { context } = status;
  const { time, needs } = expiryOf(status);
  if (context.policies.watermark.is === 'none' || context.options.time === 'processing') return time >= needs;
  return isExpired(context.target.end, context.options.lateness, time);
}

/**
 * Whether a window expires with a watermark that is settled but not emitted yet: after a micro-batch (S20.4), or with a
 * periodic watermark (S1.11).
 */
export function isDoomed({ context, run }: WindowStatus): boolean {
  const { options, policies, clocks, target } = context;
  if (options.time === 'processing' || policies.watermark.is === 'none') return false;
  const settled = settledWatermark(context, run) - clocks.watermarkDelay;
  return settled > clocks.watermark && isExpired(target.end, options.lateness, settled);
}

/** The watermark that follows from the events so far, emitted or not. */
function settledWatermark({ options, clocks }: ProbeContext, run: Run): number {
  const wait = options.changedWait ?? options.wait ?? 0;
  if (options.watermark?.type === 'micro-batch' && options.changedWait === null)
    return Math.min(...run.sources.list.map(({ watermarks }) => Math.max(...watermarks.newest) - wait - 1));
  const active = clocks.partitions.filter(({ idle }) => !idle);
  return active.length === 0 ? clocks.watermark : Math.min(...active.map(({ watermark }) => watermark));
}

/**
 * A session of the key that overlaps the target and reaches beyond it: new rows join it instead of the target, unless it
 * expires first or its trigger has closed it.
 */
export function inTheWay({ context, facts }: WindowStatus): { start: number; end: number } | null {
  if (facts.into) return facts.into;
  const { target, policies } = context;
  const cut = cutOf(context.grouping.window, policies);
  if (cut.by !== 'rows') return null;
  const reach = cut.link - cut.tail;
  const meets = (start: number, end: number): boolean => start <= target.end + reach && target.start <= end + reach;
  return facts.open.find(({ start, end }) => meets(start, end) && (start < target.start || end > target.end)) ?? null;
}

export function reasonOf(status: WindowStatus): WindowReason {
  const { context, facts, run } = status;
  const { target, options, policies, clocks, ended } = context;
  const none = impossible(context);
  if (none !== null) return { is: 'no such window', rule: none };
  const into = inTheWay(status);
  if (into) return { is: 'merged', rule: 'S3.3', into };
  const expired = hasExpired(status) || (ended && policies.quiet.is === 'watermark');
  const rule = expiryRule(context);
  const expiry = expiryOf(status);
  if (facts.refused.length > 0 && facts.fresh.length === 0) {
    const finished = !expired && policies.finished.is === 'closes';
    return finished
      ? { is: 'finished', rule: policies.finished.rule }
      : { is: 'dropped', rule, events: facts.refused.length };
  }
  const last = facts.fired.at(-1);
  if (last !== undefined && facts.fresh.length === 0) {
    const { log } = context.subject.run.trace;
    const at = context.subject.run.engine.inputs.processing(log.input[last]);
    return { is: 'fired', rule: expired ? rule : firedRule(options), times: facts.fired.length, at };
  }
  if (expired) return { is: 'expired', rule, by: expiry.by, since: expiry.time };
  if (facts.rows.length === 0) return { is: 'no event', rule: 'S4.2' };
  if (policies.watermark.is === 'none' && firesOnClose(options.trigger))
    return { is: 'stream time', rule: policies.watermark.rule, streamTime: expiry.time, needs: expiry.needs };
  const waits = waitsOf(options.trigger ?? { type: 'window-end' }, status);
  const [only] = waits;
  if (waits.length === 1 && only.for === 'watermark') {
    const needs = only.needs + clocks.watermarkDelay;
    const micro = options.watermark?.type === 'micro-batch';
    if (settledWatermark(context, run) >= needs) return { is: 'not sent', rule: micro ? 'S20.4' : 'S1.11', needs };
    return { is: 'watermark', rule: only.rule, watermark: clocks.watermark, needs, slowest: slowestOf(clocks, needs) };
  }
  return { is: 'trigger', rule: only?.rule ?? 'S4.8', waits };

  function firedRule({ accumulation }: { accumulation: Accumulation | null }): string {
    return target.end !== MAX_TIME && accumulation === 'retracting' ? 'S13.2' : 'S4.4';
  }
}

/** The partitions that hold the watermark back, among several. */
const slowestOf = ({ partitions }: ClockFacts, needs: number): SlowPartition[] =>
  partitions.length < 2
    ? []
    : partitions
        .filter(({ isMinimum, watermark }) => isMinimum && watermark < needs)
        .map(({ topic, partition, watermark, head }) => ({
          stream: topic,
          partition,
          watermark: head === 0 || watermark === MIN_TIME ? null : watermark,
        }));

/** What a trigger waits for now; several where it has parts. */
function waitsOf(trigger: Trigger, { context, facts }: WindowStatus): Wait[] {
  const { target, clocks, subject, options } = context;
  const { inputs } = subject.run.engine;
  const reached = options.time === 'processing' ? context.now : clocks.watermark;
  const { fresh } = facts;
  const first = fresh.length > 0 ? fresh[0] : null;
  const seen = first === null ? null : inputs.processing(first);
  const inner = (one: Trigger): Wait[] => waitsOf(one, { context, facts, run: subject.run.engine });
  const end = (): Wait[] => {
    if (options.time === 'processing') return [{ for: 'clock', rule: 'S2.9', until: target.end - 1 }];
    return [{ for: 'watermark', rule: 'S4.1', watermark: clocks.watermark, needs: target.end - 1 }];
  };
  switch (trigger.type) {
    case 'window-end':
    case 'default':
      return end();
    case 'after-watermark': {
      if (reached < target.end - 1) return [...end(), ...(trigger.early ? inner(trigger.early) : [])];
      return trigger.late ? inner(trigger.late) : [];
    }
    case 'count':
      return [{ for: 'count', rule: 'S4.5', have: fresh.length % trigger.n, need: trigger.n }];
    case 'delta':
      return [{ for: 'delta', rule: 'S20.3', column: trigger.column, by: trigger.delta }];
    case 'continuous-event-time': {
      const from = Math.max(reached, first === null || inputs.kind(first) !== 0 ? target.start : timeOf(first));
      const needs = Math.min(floorTime(from, trigger.interval) + trigger.interval, target.end - 1);
      return [{ for: 'watermark', rule: 'S4.6', watermark: clocks.watermark, needs }];
    }
    case 'processing-delay':
      return [
        seen === null ? { for: 'event', rule: 'S4.7' } : { for: 'clock', rule: 'S4.7', until: seen + trigger.delay },
      ];
    case 'continuous-processing-time':
      return [
        seen === null
          ? { for: 'event', rule: 'S4.7' }
          : { for: 'clock', rule: 'S4.7', until: floorTime(seen, trigger.interval) + trigger.interval },
      ];
    default:
      return childTriggers(trigger).flatMap(inner);
  }

  function timeOf(input: number): number {
    return inputs.eventTime(input);
  }
}
