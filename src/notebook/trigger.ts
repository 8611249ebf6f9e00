import { type Evictor, type Trigger, type WatermarkStrategy } from '../engine/stream/options';
import { formatDuration, formatTime, parseDuration, TidemarkError } from '../model';
import { unknownName } from '../sql/suggest';
import { formatCall, parseCall, type Call } from './calls';

/** How each trigger is written, for errors and help. */
export const TRIGGERS = {
  'window-end': 'window-end',
  default: 'default',
  'after-watermark': 'after-watermark(early: count(1), late: count(1))',
  count: 'count(3)',
  delta: 'delta(amount, 5)',
  'continuous-event-time': 'continuous-event-time(1 min)',
  'processing-delay': 'processing-delay(1 min)',
  'continuous-processing-time': 'continuous-processing-time(1 min)',
  repeat: 'repeat(count(3))',
  any: 'any(count(3), processing-delay(1 min))',
  all: 'all(count(3), processing-delay(1 min))',
  each: 'each(count(1), count(3))',
  'or-finally': 'or-finally(repeat(count(1)), after-watermark)',
} satisfies Record<Trigger['type'], string>;

/** How each watermark strategy is written; stream time comes with the profile. */
export const WATERMARKS = {
  bounded: 'bounded',
  declared: 'declared',
  monotonous: 'monotonous',
  punctuated: 'punctuated(is_last)',
  percentile: 'percentile(99 %)',
  perfect: 'perfect',
  'micro-batch': 'micro-batch(10 s)',
  given: 'given(heuristic)',
} satisfies Record<Exclude<WatermarkStrategy['type'], 'stream-time'>, string>;

/** How each evictor is written; `after` as a second argument: behind the aggregation, not before it. */
export const EVICTORS = {
  count: 'count(3)',
  time: 'time(1 min, after)',
} satisfies Record<Evictor['type'], string>;

/** The evictor that a text names (S20.3). Throws a TidemarkError. */
export function parseEvictor(text: string): Evictor {
  const call = parseCall(text);
  const type = nameOf(call, EVICTORS, 'evictor');
  takes(call, EVICTORS[type], 1, 2);
  const [first, second] = call.args;
  const when = second ? nameOf(second.value, { before: '', after: '' }, 'moment of an evictor') : 'before';
  const whole = (n: number): boolean => Number.isInteger(n) && n >= 1;
  return {
    type,
    when,
    keep: type === 'time' ? spanOf(first.value) : numberOf(first.value, 'a whole number of rows', whole),
  };
}

/** The text that names an evictor; `parseEvictor` reads it back. */
export const formatEvictor = ({ type, keep, when }: Evictor): string =>
  `${type}(${type === 'time' ? formatDuration(keep) : keep}${when === 'after' ? ', after' : ''})`;

/** The trigger that a text names. Throws a TidemarkError. */
export const parseTrigger = (text: string): Trigger => readTrigger(parseCall(text));

function readTrigger(call: Call): Trigger {
  const type = nameOf(call, TRIGGERS, 'trigger');
  const [first, second] = call.args;
  switch (type) {
    case 'window-end':
    case 'default':
      takes(call, TRIGGERS[type], 0);
      return { type };
    case 'count':
      takes(call, TRIGGERS[type], 1);
      return { type, n: numberOf(first.value, 'a whole number of events', (n) => Number.isInteger(n) && n >= 1) };
    case 'delta':
      takes(call, TRIGGERS[type], 2);
      return { type, column: first.value.name, delta: numberOf(second.value, 'a number of at least 0', (n) => n >= 0) };
    case 'continuous-event-time':
    case 'continuous-processing-time':
      takes(call, TRIGGERS[type], 1);
      return { type, interval: spanOf(first.value) };
    case 'processing-delay':
      takes(call, TRIGGERS[type], 1);
      return { type, delay: spanOf(first.value) };
    case 'repeat':
      takes(call, TRIGGERS[type], 1);
      return { type, of: readTrigger(first.value) };
    case 'any':
    case 'all':
    case 'each':
      takes(call, TRIGGERS[type], 2, 8);
      return { type, of: call.args.map(({ value }) => readTrigger(value)) };
    case 'or-finally':
      takes(call, TRIGGERS[type], 2);
      return { type, main: readTrigger(first.value), until: readTrigger(second.value) };
    case 'after-watermark': {
      takes(call, TRIGGERS[type], 0, 2, ['early', 'late']);
      const part = (label: string): Trigger | null => {
        const found = call.args.find((one) => one.label === label);
        return found ? readTrigger(found.value) : null;
      };
      return { type, early: part('early'), late: part('late') };
    }
  }
}

/** The text that names a trigger; `parseTrigger` reads it back. */
export function formatTrigger(trigger: Trigger): string {
  const inner = (of: readonly Trigger[]): string => of.map(formatTrigger).join(', ');
  switch (trigger.type) {
    case 'window-end':
    case 'default':
      return trigger.type;
    case 'count':
      return `count(${trigger.n})`;
    case 'delta':
      return `delta(${trigger.column}, ${trigger.delta})`;
    case 'continuous-event-time':
    case 'continuous-processing-time':
      return `${trigger.type}(${formatDuration(trigger.interval)})`;
    case 'processing-delay':
      return `processing-delay(${formatDuration(trigger.delay)})`;
    case 'repeat':
      return `repeat(${formatTrigger(trigger.of)})`;
    case 'any':
    case 'all':
    case 'each':
      return `${trigger.type}(${inner(trigger.of)})`;
    case 'or-finally':
      return `or-finally(${inner([trigger.main, trigger.until])})`;
    case 'after-watermark': {
      const { early, late } = trigger;
      const parts = [early && `early: ${formatTrigger(early)}`, late && `late: ${formatTrigger(late)}`];
      const children = parts.filter(Boolean).join(', ');
      return children ? `after-watermark(${children})` : 'after-watermark';
    }
  }
}

/** Moves of a watermark that a scenario has written down, by name. */
export type Schedules = Record<string, [processing: number, watermark: number][]>;

/** The watermark strategy that a text names. Throws a TidemarkError. */
export function parseWatermark(text: string, schedules: Schedules): WatermarkStrategy {
  const call = parseCall(text);
  const type = nameOf(call, WATERMARKS, 'watermark');
  const [first] = call.args;
  switch (type) {
    case 'bounded':
    case 'declared':
    case 'monotonous':
    case 'perfect':
      takes(call, WATERMARKS[type], 0);
      return { type };
    case 'punctuated':
      takes(call, WATERMARKS[type], 1);
      return { type, column: first.value.name };
    case 'percentile':
      takes(call, WATERMARKS[type], 1);
      return { type, share: shareOf(first.value) };
    case 'micro-batch':
      takes(call, WATERMARKS[type], 1);
      return { type, batch: spanOf(first.value) };
    case 'given': {
      takes(call, WATERMARKS[type], 1);
      const { name } = first.value;
      if (Object.hasOwn(schedules, name)) return { type, moves: schedules[name] };
      const names = Object.keys(schedules);
      throw new TidemarkError({
        what: `no watermark ${name} is written down`,
        ...unknownName(name, names, 'watermarks'),
        expected: names.join(', ') || 'a stream with watermarks: {name: [[clock, watermark], …]}',
      });
    }
  }
}

/** A strategy in words. */
export function watermarkWords(strategy: WatermarkStrategy): string {
  switch (strategy.type) {
    case 'punctuated':
      return `moved by rows with ${strategy.column}`;
    case 'percentile':
      return `waits for ${Number((strategy.share * 100).toFixed(2))} % of the delays`;
    case 'micro-batch':
      return `at the end of each batch of ${formatDuration(strategy.batch)}`;
    case 'given': {
      const last = strategy.moves.at(-1);
      return last ? `as written down, up to ${formatTime(last[1])}` : 'as written down';
    }
    case 'bounded':
      return 'newest event time less the wait';
    case 'declared':
      return 'as the WATERMARK clause says';
    case 'monotonous':
      return 'newest event time';
    case 'stream-time':
      return 'newest event time over all partitions';
    case 'perfect':
      return 'perfect: knows what is still to come';
  }
}

function nameOf<T extends string>(call: Call, known: Record<T, string>, what: string): T {
  if (Object.hasOwn(known, call.name)) return call.name as T;
  const names = Object.keys(known);
  throw new TidemarkError({
    what: `no ${what} ${call.name}`,
    ...unknownName(call.name, names, `${what}s`),
  });
}

function takes({ name, args }: Call, example: string, least: number, most = least, labels: string[] = []): void {
  const right = args.every(({ label }) => (labels.length ? label !== null && labels.includes(label) : label === null));
  const once = new Set(args.map(({ label }) => label)).size === args.length || labels.length === 0;
  if (args.length >= least && args.length <= most && right && once) return;
  throw new TidemarkError({
    what: `${name} does not take these arguments`,
    expected: example,
    found: formatCall({ name, args }),
  });
}

function numberOf(call: Call, expected: string, holds: (n: number) => boolean): number {
  const n = /^[-−+]?\d+(\.\d+)?$/.test(call.name) ? Number(call.name.replace('−', '-')) : NaN;
  if (call.args.length === 0 && holds(n)) return n;
  throw new TidemarkError({ what: 'not a number that can stand here', expected, found: formatCall(call) });
}

function spanOf(call: Call): number {
  const span = parseDuration(call.name);
  if (call.args.length === 0 && span > 0) return span;
  throw new TidemarkError({
    what: 'a span without length',
    expected: 'a duration above 0 s',
    found: formatCall(call),
  });
}

function shareOf(call: Call): number {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(call.name);
  const share = percent ? Number(percent[1]) / 100 : Number(call.name);
  if (share > 0 && share <= 1) return share;
  throw new TidemarkError({ what: 'not a share', expected: 'above 0 and at most 100 %', found: formatCall(call) });
}
