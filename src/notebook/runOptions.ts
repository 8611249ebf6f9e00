import {
  ACCUMULATIONS,
  DEFAULTS,
  EMPTY_PANES,
  LATE_ROWS,
  LATE_RULES,
  OUTPUT_TIMESTAMPS,
  PROFILES,
  type StreamSettings,
  type Trigger,
  type WatermarkStrategy,
} from '../engine/stream/options';
import { EDGES } from '../sql/plan';

type RunMode = 'stream' | 'batch';

/** A number of ms, or the name of a knob (`$wait`). */
export type Amount = number | string;

/** How an option is written; `none` stands for null where that is the usual. */
export type Written =
  /** One of a few words, with what the page calls each of them; `none`: what it calls null. */
  | { as: 'choice'; choices: readonly string[]; words: Readonly<Record<string, string>> }
  /** Off or on. */
  | { as: 'switch'; choices: readonly [off: string, on: string]; words: Readonly<Record<string, string>> }
  /** A duration, or the knob that turns it. */
  | { as: 'amount' }
  /** The name of a stream. */
  | { as: 'stream' }
  /** Text with arguments, in which knobs may stand. */
  | { as: 'trigger' | 'watermark' | 'evictor' };

/** What a plan has to hold for an option to mean something. */
export interface Need {
  /** What is wrong without it. */
  what: string;
  expected: string;
}

export interface Option {
  /** The field of a run's options. */
  field: string;
  written: Written;
  usual: unknown;
  /** On its control. */
  label: string;
  /** In the list of what is set; left out: the label in small letters. */
  short?: string;
  /** The kind of run that it means something for; left out: either. */
  only?: RunMode;
  /** Where only some nodes of a plan take it (`options` of their kind): what is missing where there is none of them. */
  needs?: Need;
  /** What is wrong beside other options. */
  clash?: (others: StreamSettings) => Need | null;
}

const choice = <const C extends string>(choices: readonly C[], words: Record<C, string> & { none?: string }) => ({
  as: 'choice' as const,
  choices,
  words,
});
const amount = { as: 'amount' } as const;

const PANES: Need = {
  what: 'there are no panes',
  expected: 'a GROUP BY with window_start and window_end, or with a trigger',
};

const EMPTY = choice(EMPTY_PANES, { 'fire-always': 'said', 'fire-if-non-empty': 'not said' });

/**
 * Every option of a run, by the name that documents write: what the engine does without it is in `DEFAULTS`. Cells,
 * settings, controls, links and the words of the page all read this table.
 */
export const OPTIONS = {
  run: {
    field: 'mode',
    written: choice(['stream', 'batch'], { stream: 'a stream job', batch: 'a batch job' }),
    usual: 'stream',
    label: 'Run as',
  },
  profile: {
    field: 'profile',
    written: choice(PROFILES, {
      flink: 'Flink',
      beam: 'Beam',
      kafka: 'Kafka Streams',
      spark: 'Spark Structured Streaming',
    }),
    usual: DEFAULTS.profile,
    label: 'Rules of',
    short: 'rules',
  },
  watermark: {
    field: 'watermark',
    written: { as: 'watermark' },
    usual: DEFAULTS.watermark,
    label: 'Watermark',
    only: 'stream',
  },
  wait: { field: 'wait', written: amount, usual: DEFAULTS.wait, label: 'Wait', only: 'stream' },
  'emit-every': {
    field: 'emitEvery',
    written: amount,
    usual: DEFAULTS.emitEvery,
    label: 'Watermark sent every',
    short: 'watermark every',
    only: 'stream',
  },
  idle: { field: 'idle', written: amount, usual: DEFAULTS.idle, label: 'Idle after', only: 'stream' },
  drift: { field: 'maxDrift', written: amount, usual: DEFAULTS.maxDrift, label: 'Drift at most', only: 'stream' },
  trigger: { field: 'trigger', written: { as: 'trigger' }, usual: DEFAULTS.trigger, label: 'Trigger', only: 'stream' },
  accumulation: {
    field: 'accumulation',
    written: choice(ACCUMULATIONS, {
      none: 'as the rules say',
      discarding: 'discarding',
      accumulating: 'accumulating',
      retracting: 'accumulating and retracting',
    }),
    usual: DEFAULTS.accumulation,
    label: 'Panes',
    only: 'stream',
  },
  time: {
    field: 'time',
    written: choice(['event', 'processing'], { event: 'event time', processing: 'the clock at arrival' }),
    usual: DEFAULTS.time,
    label: 'Windows are cut by',
    short: 'windows by',
    only: 'stream',
  },
  lateness: { field: 'lateness', written: amount, usual: DEFAULTS.lateness, label: 'Allowed lateness', only: 'stream' },
  evictor: {
    field: 'evictor',
    written: { as: 'evictor' },
    usual: DEFAULTS.evictor,
    label: 'Rows that count',
    only: 'stream',
    needs: PANES,
  },
  'output-time': {
    field: 'outputTimestamp',
    written: choice(OUTPUT_TIMESTAMPS, {
      'end-of-window': 'the end of its window',
      earliest: 'its earliest event',
      latest: 'its latest event',
    }),
    usual: DEFAULTS.outputTimestamp,
    label: 'Time of a result',
    only: 'stream',
    needs: PANES,
  },
  'on-time': {
    field: 'onTime',
    written: EMPTY,
    usual: DEFAULTS.onTime,
    label: 'Empty pane on time',
    only: 'stream',
    needs: PANES,
  },
  closing: {
    field: 'closing',
    written: EMPTY,
    usual: DEFAULTS.closing,
    label: 'Empty pane at the end',
    only: 'stream',
    needs: PANES,
  },
  changelog: {
    field: 'upsert',
    written: {
      as: 'switch',
      choices: ['retract', 'upsert'],
      words: { retract: 'takes back, then replaces', upsert: 'replaces by key' },
    },
    usual: DEFAULTS.upsert,
    label: 'Changelog',
    only: 'stream',
    needs: {
      what: 'the result has no key that a row could be replaced by',
      expected: 'a GROUP BY, ROW_NUMBER() = 1 or <= n',
    },
  },
  'late-rows': {
    field: 'lateRows',
    written: choice(LATE_ROWS, { match: 'matched with what is left', drop: 'dropped' }),
    usual: DEFAULTS.lateRows,
    label: 'Late rows of a join',
    only: 'stream',
    needs: { what: 'there is no interval join', expected: 'a JOIN with a time between two bounds' },
  },
  'late-rule': {
    field: 'lateRule',
    written: choice(LATE_RULES, {
      none: 'as the frame says',
      watermark: 'behind the watermark',
      'last-triggered-row': 'before the last row answered',
    }),
    usual: DEFAULTS.lateRule,
    label: 'Too late is',
    only: 'stream',
    needs: { what: 'there is no rolling aggregate', expected: 'an aggregate with OVER' },
  },
  ttl: {
    field: 'ttl',
    written: amount,
    usual: DEFAULTS.ttl,
    label: 'State is kept for',
    short: 'state kept',
    only: 'stream',
  },
  /** Run the job at every multiple of this; null: once, over everything. */
  every: { field: 'every', written: amount, usual: null, label: 'Run every', short: 'every', only: 'batch' },
  edge: {
    field: 'edge',
    written: choice(EDGES, {
      closed: '[t−W, t]',
      'open-left': '(t−W, t]',
      'open-right': '[t−W, t)',
      'hop-aligned': '[⌊t⌋−W, ⌊t⌋)',
      sawtooth: '[⌊t−W⌋, t)',
    }),
    usual: DEFAULTS.edge,
    label: 'Edge of the window',
    short: 'edge',
  },
  hop: {
    field: 'hop',
    written: amount,
    usual: DEFAULTS.hop,
    label: 'Edges rounded to',
    clash: ({ edge }) =>
      edge === 'hop-aligned' || edge === 'sawtooth'
        ? null
        : { what: `the edge ${edge} is not rounded`, expected: 'edge=hop-aligned or edge=sawtooth' },
  },
  /** A stream of requests: its events are answered from the rolling state of their key. */
  lookup: { field: 'lookup', written: { as: 'stream' }, usual: null, label: 'Requests' },
  answer: {
    field: 'answer',
    written: choice(['state', 'rescan'], { state: 'from state', rescan: 'by reading the log again' }),
    usual: 'state',
    label: 'Requests are answered',
  },
  /** Whether the input ends (and fires every window) after its last event, or merely stays quiet. */
  end: {
    field: 'end',
    written: choice(['flush', 'quiet'], { flush: 'ends', quiet: 'stays quiet' }),
    usual: 'flush',
    label: 'After the last event, the input',
    short: 'input',
    only: 'stream',
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

type Entry = (typeof OPTIONS)[OptionName];
type Null<E extends Entry> = null extends E['usual'] ? null : never;
interface Values {
  amount: number;
  stream: string;
  switch: boolean;
  trigger: Trigger;
  watermark: WatermarkStrategy;
  evictor: NonNullable<StreamSettings['evictor']>;
}
interface Texts extends Record<keyof Values, unknown> {
  amount: Amount;
  stream: string;
  switch: boolean;
  trigger: string;
  watermark: string;
  evictor: string;
}
type As<E extends Entry, By extends Record<keyof Values, unknown>> = E['written'] extends {
  as: 'choice';
  choices: readonly (infer C)[];
}
  ? C
  : By[E['written']['as'] & keyof Values];

/** How a definition is run, as a cell writes it: knobs may stand for amounts and inside texts. All times in ms. */
export type RunOptions = { [E in Entry as E['field']]: As<E, Texts> | Null<E> };

/** The same with every knob filled in. */
export type ExactOptions = { [E in Entry as E['field']]: As<E, Values> | Null<E> };
