import { formatDuration, MAX_TIME, TidemarkError, type Duration } from '../../model';
import { type WindowShape } from '../../sql/plan';
import { type Accumulation, type Profile, type StreamOptions, type Trigger } from './options';

/** What a system does where systems differ, and where that is written down. */
export interface Stance<T> {
  is: T;
  /** Rule of the semantics. */
  rule: string;
  /** One sentence for people. */
  says: string;
}

/** The topics on which systems differ, one per row of S18, each with what can be said about it. */
export interface Stances {
  /** What W promises: nothing more at or before it, nothing more before it, or no promise at all. */
  watermark: Stance<'at or before' | 'before' | 'none'>;
  /** What moves time while a key is quiet. */
  quiet: Stance<'watermark' | 'record'>;
  /** When a window with end, lateness and W takes nothing more. */
  expiry: Stance<'end − 1 + lateness ≤ W' | 'end − 1 + lateness < W' | 'end ≤ W − grace'>;
  touching: Stance<'merge' | 'separate'>;
  sessionEnd: Stance<'last + gap' | 'last'>;
  sessionLateness: Stance<'merged' | 'own'>;
  emission: Stance<'window end' | 'record'>;
  lateElement: Stance<'at once' | 'trigger' | 'update' | 'dropped'>;
  emptyPane: Stance<boolean>;
  finished: Stance<'restarts' | 'closes' | 'none'>;
  negativeStart: Stance<boolean>;
  offset: Stance<'signed' | 'from zero' | 'none'>;
  resultTime: Stance<'end − 1' | 'newest record'>;
  outerJoin: Stance<'watermark' | 'grace' | 'none'>;
  lateJoin: Stance<'side output' | 'within grace' | 'none'>;
  hopping: Stance<'sliding' | 'hopping'>;
}

export type Topic = keyof Stances;

/** The rows of S18 as their table names them. */
export const TOPICS: Record<Topic, string> = {
  watermark: 'watermark W',
  quiet: 'time moves for a quiet key/partition',
  expiry: 'window dropped when',
  touching: 'sessions one gap apart',
  sessionEnd: 'session bounds',
  sessionLateness: 'late session element judged',
  emission: 'first emission',
  lateElement: 'late element inside lateness',
  emptyPane: 'empty on-time pane',
  finished: 'finished trigger',
  negativeStart: 'negative window starts',
  offset: 'negative offset',
  resultTime: 'result timestamp',
  outerJoin: 'outer stream join null',
  lateJoin: 'late row in interval join',
  hopping: '"hopping"',
};

const stance = <T>(is: T, rule: string, says: string): Stance<T> => ({ is, rule, says });

const FLINK: Stances = {
  watermark: stance('at or before', 'S1.1', 'A watermark W says that nothing at or before W is still to come.'),
  quiet: stance(
    'watermark',
    'S1.5',
    'The watermark closes the windows of quiet keys; an idle input is left out of it.',
  ),
  expiry: stance('end − 1 + lateness ≤ W', 'S5.1', 'A window is gone when W reaches its last millisecond + lateness.'),
  touching: stance('merge', 'S3.2', 'Two events exactly one gap apart are one session.'),
  sessionEnd: stance('last + gap', 'S3.1', 'A session is [first, last + gap), its end left out.'),
  sessionLateness: stance('merged', 'S3.8', 'A late event is judged by the session that it would be part of.'),
  emission: stance('window end', 'S4.1', 'A window speaks when W reaches its last millisecond.'),
  lateElement: stance('at once', 'S4.4', 'A late event inside the lateness makes its window speak again at once.'),
  emptyPane: stance(false, 'S4.2', 'A window without events does not exist.'),
  finished: stance('restarts', 'S4.5', 'A trigger starts again after each firing.'),
  negativeStart: stance(true, 'S2.2', 'Windows before the epoch are like all others.'),
  offset: stance('signed', 'S2.4', 'An offset may have either sign, if it is shorter than the window or slide.'),
  resultTime: stance('end − 1', 'S2.1', 'A result has the time of the last millisecond of its window.'),
  outerJoin: stance('watermark', 'S8.4', 'A row is padded with nulls when W rules out a partner.'),
  lateJoin: stance(
    'side output',
    'S8.2',
    'A stream join drops rows behind W; SQL still matches them with what is stored.',
  ),
  hopping: stance('sliding', 'S2.3', 'A sliding window is one that starts every slide: SQL calls it HOP.'),
};

const BEAM: Stances = {
  ...FLINK,
  watermark: stance('before', 'S1.1', 'A watermark W says that nothing before W is still to come.'),
  expiry: stance(
    'end − 1 + lateness < W',
    'S5.2',
    'A window is gone when W has passed its last millisecond + lateness.',
  ),
  touching: stance('separate', 'S3.2', 'Two events exactly one gap apart are two sessions.'),
  sessionLateness: stance('own', 'S3.8', 'A late event is judged by itself, before sessions merge.'),
  emission: stance('window end', 'S4.9', 'The default trigger speaks when W reaches the end of the window.'),
  lateElement: stance('trigger', 'S4.4', 'Late events speak when the default or the late trigger says so.'),
  emptyPane: stance(true, 'S4.11', 'The on-time pane is sent even when nothing is in it.'),
  finished: stance('closes', 'S4.8', 'When a trigger has finished, its window is closed and later events are dropped.'),
  offset: stance('from zero', 'S2.4', 'An offset is at least zero and shorter than the window.'),
  outerJoin: stance('none', 'S8.4', 'There is no such join.'),
  lateJoin: stance('none', 'S8.2', 'There is no such join.'),
};

const KAFKA: Stances = {
  watermark: stance(
    'none',
    'S1.1',
    'There is no watermark; stream time is the largest event time seen, over all keys.',
  ),
  quiet: stance('record', 'S1.1', 'Time moves only when a record comes, of whatever key.'),
  expiry: stance('end ≤ W − grace', 'S5.2', 'A window is closed when its end is at or before stream time − grace.'),
  touching: stance('merge', 'S3.2', 'Two events exactly one gap apart are one session.'),
  sessionEnd: stance('last', 'S3.2', 'A session is [first, last], both ends included.'),
  sessionLateness: stance('merged', 'S3.8', 'A late event is judged by the session that it would be part of.'),
  emission: stance('record', 'S3.6', 'Every record updates its windows; only emit-on-close says a window once.'),
  lateElement: stance(
    'update',
    'S5.2',
    'A late event inside the grace is one more update; on close nothing is said before.',
  ),
  emptyPane: stance(false, 'S4.2', 'A window without events does not exist.'),
  finished: stance('none', 'S4.8', 'There are no triggers.'),
  negativeStart: stance(false, 'S2.5', 'No window starts before the epoch.'),
  offset: stance('none', 'S2.4', 'Windows start at the epoch and have no offset.'),
  resultTime: stance('newest record', 'S13.6', 'A result has the largest event time in its window.'),
  outerJoin: stance('grace', 'S8.6', 'A row is padded with nulls after the window and its grace.'),
  lateJoin: stance('within grace', 'S8.6', 'A late row still matches within the grace.'),
  hopping: stance('hopping', 'S7.5', 'HOP is a hopping window; a sliding window moves with each record.'),
};

const SPARK: Stances = {
  ...FLINK,
  watermark: stance('before', 'S20.4', 'W is the largest event time − delay, set when a micro-batch ends.'),
  quiet: stance('watermark', 'S20.4', 'One watermark for all partitions: their newest event moves it.'),
  expiry: stance(
    'end − 1 + lateness ≤ W',
    'S20.4',
    'A window closes when its end is at or before W, and then drops its rows.',
  ),
  emission: stance('window end', 'S20.4', 'Append says a window once, when it has closed, behind a micro-batch.'),
  lateElement: stance('dropped', 'S20.4', 'There is no lateness besides the delay of the watermark.'),
  finished: stance('none', 'S4.8', 'A trigger says when a micro-batch starts, not when a window speaks.'),
  offset: stance('signed', 'S2.4', 'Windows may start at any time of day.'),
};

/** The one table of what holds under each profile (S18, S20.4). */
export const STANCES: Record<Profile, Stances> = { flink: FLINK, beam: BEAM, kafka: KAFKA, spark: SPARK };

/** The topics on which two profiles differ. */
export const differences = (a: Profile, b: Profile): Topic[] =>
  (Object.keys(TOPICS) as Topic[]).filter((topic) => STANCES[a][topic].is !== STANCES[b][topic].is);

/** What a micro-batch takes where nothing is said, ms (S20.4). */
export const MICRO_BATCH: Duration = 1_000;

interface Defaults {
  trigger: Trigger;
  accumulation: Accumulation;
}

/**
 * A result is a changelog wherever a system replaces what it has said, also where its own wire format has only the new
 * value: readers of a result must be able to add it up (S6.3).
 */
const DEFAULTS_OF: Record<Profile, Defaults> = {
  flink: { trigger: { type: 'window-end' }, accumulation: 'retracting' },
  beam: { trigger: { type: 'default' }, accumulation: 'discarding' },
  kafka: { trigger: { type: 'count', n: 1 }, accumulation: 'retracting' },
  spark: { trigger: { type: 'window-end' }, accumulation: 'retracting' },
};

/**
 * The options with everything filled in that the profile decides. Throws a TidemarkError where an option says what the
 * profile's system cannot do.
 */
export function settle(options: StreamOptions): StreamOptions {
  const { profile } = options;
  // A batch job reads what is there: nothing of a stream is decided by the profile.
  if (options.job) return options;
  CHECKS[profile]?.(options);
  checkPanes(options);
  const { trigger, accumulation } = DEFAULTS_OF[profile];
  return {
    ...options,
    trigger: options.trigger ?? trigger,
    accumulation: options.accumulation ?? accumulation,
    watermark: options.watermark ?? (profile === 'spark' ? { type: 'micro-batch', batch: MICRO_BATCH } : null),
  };
}

const CHECKS: { [P in Profile]?: (options: StreamOptions) => void } = {
  kafka({ wait, watermark, idle, maxDrift, trigger, accumulation }) {
    const none = 'nothing: stream time is the largest event time that has come (S1.1)';
    if (wait) refuse('kafka', 'has no watermark that could wait', none, formatDuration(wait), GRACE);
    if (watermark) refuse('kafka', 'has no watermarks', none, watermark.type, GRACE);
    if (idle !== null) refuse('kafka', 'knows no idle partitions', none, formatDuration(idle), 'Leave `idle` out.');
    if (maxDrift !== null)
      refuse('kafka', 'does not align partitions', none, formatDuration(maxDrift), 'Leave the drift out.');
    if (accumulation === 'discarding')
      refuse('kafka', 'keeps what a window holds', 'accumulating or retracting', accumulation, 'Leave it out.');
    emitOf(trigger);
  },
  spark({ lateness, watermark, idle, trigger, accumulation }) {
    if (lateness > 0 && lateness !== MAX_TIME) {
      const hint = 'Make the delay of the watermark longer instead.';
      refuse('spark', 'has no lateness behind a window', '0 s (S20.4)', formatDuration(lateness), hint);
    }
    if (watermark && watermark.type !== 'micro-batch')
      refuse('spark', 'sets its watermark at the end of a micro-batch', 'micro-batch', watermark.type, 'Leave it out.');
    if (idle !== null)
      refuse(
        'spark',
        'knows no idle partitions',
        'nothing: one watermark for all',
        formatDuration(idle),
        'Leave it out.',
      );
    if (trigger && trigger.type !== 'window-end' && trigger.type !== 'continuous-processing-time')
      refuse('spark', 'has no such trigger', 'window-end or continuous-processing-time', trigger.type, 'Leave it out.');
    if (accumulation === 'discarding')
      refuse('spark', 'keeps what a window holds', 'accumulating or retracting', accumulation, 'Leave it out.');
  },
};

/** What one system only lets a pipeline say of its panes. */
function checkPanes({ profile, evictor, outputTimestamp, onTime, closing }: StreamOptions): void {
  if (evictor && profile !== 'flink')
    refuse(profile, 'has no evictors', 'nothing (S20.3)', `keep ${evictor.keep}`, 'Take the flink profile.');
  if (profile === 'beam') return;
  const hint = 'Leave it out, or take the beam profile.';
  if (outputTimestamp !== 'end-of-window') {
    const { says, rule } = STANCES[profile].resultTime;
    refuse(profile, 'gives results a time of its own', `nothing (${rule}: ${says})`, outputTimestamp, hint);
  }
  if (onTime !== 'fire-always' || closing !== 'fire-if-non-empty') {
    const { says, rule } = STANCES[profile].emptyPane;
    refuse(profile, 'has no empty panes', `nothing (${rule}: ${says})`, `${onTime}, ${closing}`, hint);
  }
}

const GRACE = 'Write how late an event may come as the allowed lateness: Kafka Streams calls it grace.';

function refuse(profile: Profile, what: string, expected: string, found: string, hint: string): never {
  throw new TidemarkError({ what: `${NAMES[profile]} ${what}`, where: `profile ${profile}`, expected, found, hint });
}

const NAMES: Record<Profile, string> = {
  flink: 'Flink',
  beam: 'Beam',
  kafka: 'Kafka Streams',
  spark: 'Spark Structured Streaming',
};

/** When a window speaks under the profile `kafka`: with every record, or once it has closed. */
export function emitOf(trigger: Trigger | null): 'update' | 'close' {
  const inner = trigger?.type === 'repeat' ? trigger.of : trigger;
  if (inner === null || (inner.type === 'count' && inner.n === 1)) return 'update';
  if (inner.type === 'window-end') return 'close';
  return refuse(
    'kafka',
    'has no triggers',
    'count 1 (every record) or window-end (once the window has closed)',
    inner.type,
    'Leave the trigger out to see every update.',
  );
}

export const OUTPUT_MODES = ['append', 'update', 'complete'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

/**
 * Spark's output modes as options (S20.4). Append: once, when the window has closed. Update: behind each micro-batch
 * what has changed in it. Complete: the whole table each time, and nothing is ever forgotten; what the table changes
 * by is the same as with update, but no row is too late.
 */
export function outputMode(
  mode: OutputMode,
  batch: Duration = MICRO_BATCH,
): Pick<StreamOptions, 'watermark' | 'trigger' | 'lateness'> {
  const watermark = { type: 'micro-batch', batch } as const;
  if (mode === 'append') return { watermark, trigger: { type: 'window-end' }, lateness: 0 };
  const trigger = { type: 'continuous-processing-time', interval: batch } as const;
  return { watermark, trigger, lateness: mode === 'complete' ? MAX_TIME : 0 };
}

/** Refuses a window that the profile's system does not have: sizes, slides and offsets (S2.4, S2.5). */
export function checkWindow(window: WindowShape, profile: Profile): void {
  if (window.kind === 'session') {
    if (!(window.gap > 0)) wrongWindow(profile, 'a session has no gap', 'a gap above zero', window.gap);
    return;
  }
  if (window.kind === 'global') return;
  const { size, offset } = window;
  if (!(size > 0)) wrongWindow(profile, 'a window has no length', 'a size above zero', size);
  const slide = window.kind === 'hop' ? window.slide : window.kind === 'cumulate' ? window.step : size;
  if (!(slide > 0)) wrongWindow(profile, 'a window does not move', 'a slide above zero', slide);
  const stance = STANCES[profile].offset.is;
  if (stance === 'none' && offset !== 0) wrongWindow(profile, 'windows have no offset', 'no offset', offset);
  if (stance === 'from zero' && (offset < 0 || offset >= size))
    wrongWindow(profile, 'the offset is not inside the window', 'from 0 to less than the size', offset);
  if (stance === 'signed' && Math.abs(offset) >= slide)
    wrongWindow(profile, 'the offset is as long as the slide', 'less than the slide, either way', offset);
  if (profile !== 'kafka') return;
  if (window.kind === 'cumulate')
    wrongWindow(profile, 'there are no cumulative windows', 'TUMBLE, HOP or SESSION', size);
  if (slide > size) wrongWindow(profile, 'the slide is longer than the window', `at most ${size} ms`, slide);
}

function wrongWindow(profile: Profile, what: string, expected: string, found: number): never {
  throw new TidemarkError({ what, where: `profile ${profile}`, expected, found: `${found} ms` });
}
