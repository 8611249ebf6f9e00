import {
  ACCUMULATIONS,
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
  /** What it is where it is left out; not given: the engine's default for the field. */
  usual?: unknown;
  /** On its control. */
  label: string;
  /** In the list of what is set; left out: the label in small letters. */
  short?: string;
  /** The kind of run that it means something for; left out: a stream. */
  only?: RunMode | 'either';
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

const EMPTY = choice(EMPTY_PANES, { 'fire-always': 'emitted', 'fire-if-non-empty': 'not emitted' });

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
    only: 'either',
  },
  profile: {
    field: 'profile',
    written: choice(PROFILES, {
      flink: 'Flink',
      beam: 'Beam',
      kafka: 'Kafka Streams',
      spark: 'Spark Structured Streaming',
    }),
    label: 'Rules of',
    short: 'rules',
    only: 'either',
  },
  watermark: { field: 'watermark', written: { as: 'watermark' }, label: 'Watermark' },
  wait: { field: 'wait', written: amount, label: 'Wait' },
  'emit-every': { field: 'emitEvery', written: amount, label: 'Watermark sent every', short: 'watermark every' },
  idle: { field: 'idle', written: amount, label: 'Idle after' },
  drift: { field: 'maxDrift', written: amount, label: 'Drift at most' },
  trigger: { field: 'trigger', written: { as: 'trigger' }, label: 'Trigger' },
  accumulation: {
    field: 'accumulation',
    written: choice(ACCUMULATIONS, {
      none: 'as the rules say',
      discarding: 'discarding',
      accumulating: 'accumulating',
      retracting: 'accumulating and retracting',
    }),
    label: 'Panes',
  },
  time: {
    field: 'time',
    written: choice(['event', 'processing'], { event: 'event time', processing: 'the clock at arrival' }),
    label: 'Windows are cut by',
    short: 'windows by',
  },
  lateness: { field: 'lateness', written: amount, label: 'Allowed lateness' },
  evictor: { field: 'evictor', written: { as: 'evictor' }, label: 'Rows that count', needs: PANES },
  'output-time': {
    field: 'outputTimestamp',
    written: choice(OUTPUT_TIMESTAMPS, {
      'end-of-window': 'the end of its window',
      earliest: 'its earliest event',
      latest: 'its latest event',
    }),
    label: 'Time of a result',
    needs: PANES,
  },
  'on-time': { field: 'onTime', written: EMPTY, label: 'Empty pane on time', needs: PANES },
  closing: { field: 'closing', written: EMPTY, label: 'Empty pane at the end', needs: PANES },
  changelog: {
    field: 'upsert',
    written: {
      as: 'switch',
      choices: ['retract', 'upsert'],
      words: { retract: 'takes back, then replaces', upsert: 'replaces by key' },
    },
    label: 'Changelog',
    needs: {
      what: 'the result has no key that a row could be replaced by',
      expected: 'a GROUP BY, ROW_NUMBER() = 1 or <= n',
    },
  },
  'late-rows': {
    field: 'lateRows',
    written: choice(LATE_ROWS, { match: 'matched with what is left', drop: 'dropped' }),
    label: 'Late rows of a join',
    needs: { what: 'there is no interval join', expected: 'a JOIN with a time between two bounds' },
  },
  'late-rule': {
    field: 'lateRule',
    written: choice(LATE_RULES, {
      none: 'as the frame says',
      watermark: 'behind the watermark',
      'last-triggered-row': 'before the last row answered',
    }),
    label: 'Too late is',
    needs: { what: 'there is no rolling aggregate', expected: 'an aggregate with OVER' },
  },
  ttl: { field: 'ttl', written: amount, label: 'State is kept for', short: 'state kept' },
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
    label: 'Edge of the window',
    short: 'edge',
    only: 'either',
  },
  hop: {
    field: 'hop',
    written: amount,
    label: 'Edges rounded to',
    clash: ({ edge }) =>
      edge === 'hop-aligned' || edge === 'sawtooth'
        ? null
        : { what: `the edge ${edge} is not rounded`, expected: 'edge=hop-aligned or edge=sawtooth' },
    only: 'either',
  },
  /** A stream of requests: its events are answered from the rolling state of their key. */
  lookup: { field: 'lookup', written: { as: 'stream' }, usual: null, label: 'Requests', only: 'either' },
  answer: {
    field: 'answer',
    written: choice(['state', 'rescan'], { state: 'from state', rescan: 'by reading the log again' }),
    usual: 'state',
    label: 'Requests are answered',
    only: 'either',
  },
  /** Whether the input ends (and fires every window) after its last event, or merely stays quiet. */
  end: {
    field: 'end',
    written: choice(['flush', 'quiet'], { flush: 'ends', quiet: 'stays quiet' }),
    usual: 'flush',
    label: 'After the last event, the input',
    short: 'input',
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

type Entry = (typeof OPTIONS)[OptionName];
type Usual<E extends Entry> = E extends { usual: infer U } ? U : StreamSettings[E['field'] & keyof StreamSettings];
type Null<E extends Entry> = null extends Usual<E> ? null : never;
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
