import { formatDuration } from '../model';
import { USUAL, type OptionName } from '../notebook/options';
import { type ExactOptions } from '../notebook/run';
import { formatEvictor, formatTrigger, watermarkWords } from '../notebook/trigger';

/** What each option is called on the page. */
export const LABELS: Record<OptionName, string> = {
  run: 'Run as',
  profile: 'Rules of',
  wait: 'Wait',
  watermark: 'Watermark',
  'emit-every': 'Watermark sent every',
  idle: 'Idle after',
  drift: 'Drift at most',
  lateness: 'Allowed lateness',
  trigger: 'Trigger',
  accumulation: 'Panes',
  time: 'Windows are cut by',
  edge: 'Edge of the window',
  hop: 'Edges rounded to',
  evictor: 'Rows that count',
  'output-time': 'Time of a result',
  'on-time': 'Empty pane on time',
  closing: 'Empty pane at the end',
  changelog: 'Changelog',
  'late-rows': 'Late rows of a join',
  'late-rule': 'Too late is',
  ttl: 'State is kept for',
  lookup: 'Requests',
  answer: 'Requests are answered',
  every: 'Run every',
  end: 'After the last event, the input',
};

const EMPTY = [
  { value: 'fire-always', text: 'said' },
  { value: 'fire-if-non-empty', text: 'not said' },
];

/** Values in words, where the word in the document is not enough. */
export const CHOICES: Partial<Record<OptionName, { value: string; text: string }[]>> = {
  run: [
    { value: 'stream', text: 'a stream job' },
    { value: 'batch', text: 'a batch job' },
  ],
  profile: [
    { value: 'flink', text: 'Flink' },
    { value: 'beam', text: 'Beam' },
    { value: 'kafka', text: 'Kafka Streams' },
    { value: 'spark', text: 'Spark Structured Streaming' },
  ],
  accumulation: [
    { value: 'none', text: 'as the rules say' },
    { value: 'discarding', text: 'discarding' },
    { value: 'accumulating', text: 'accumulating' },
    { value: 'retracting', text: 'accumulating and retracting' },
  ],
  time: [
    { value: 'event', text: 'event time' },
    { value: 'processing', text: 'the clock at arrival' },
  ],
  edge: [
    { value: 'closed', text: '[t−W, t]' },
    { value: 'open-left', text: '(t−W, t]' },
    { value: 'open-right', text: '[t−W, t)' },
    { value: 'hop-aligned', text: '[⌊t⌋−W, ⌊t⌋)' },
    { value: 'sawtooth', text: '[⌊t−W⌋, t)' },
  ],
  'output-time': [
    { value: 'end-of-window', text: 'the end of its window' },
    { value: 'earliest', text: 'its earliest event' },
    { value: 'latest', text: 'its latest event' },
  ],
  'on-time': EMPTY,
  closing: EMPTY,
  changelog: [
    { value: 'retract', text: 'takes back, then replaces' },
    { value: 'upsert', text: 'replaces by key' },
  ],
  'late-rows': [
    { value: 'match', text: 'matched with what is left' },
    { value: 'drop', text: 'dropped' },
  ],
  'late-rule': [
    { value: 'none', text: 'as the frame says' },
    { value: 'watermark', text: 'behind the watermark' },
    { value: 'last-triggered-row', text: 'before the last row answered' },
  ],
  answer: [
    { value: 'state', text: 'from state' },
    { value: 'rescan', text: 'by reading the log again' },
  ],
  end: [
    { value: 'flush', text: 'ends' },
    { value: 'quiet', text: 'stays quiet' },
  ],
};

const said = (name: OptionName, value: string): string =>
  CHOICES[name]?.find((one) => one.value === value)?.text ?? value;

/** What SQL does not say about a run, in words; what is as usual is left out. */
export function optionWords(options: ExactOptions): { name: string; value: string }[] {
  const words: { name: string; value: string }[] = [];
  const say = (name: string, value: string): number => words.push({ name, value });
  if (options.profile !== USUAL.profile) say('rules', said('profile', options.profile));
  if (options.mode === 'stream') {
    if (options.watermark !== null) say('watermark', watermarkWords(options.watermark));
    if (options.wait !== null) say('wait', formatDuration(options.wait));
    if (options.emitEvery > 0) say('watermark every', formatDuration(options.emitEvery));
    if (options.idle !== null) say('idle after', formatDuration(options.idle));
    if (options.maxDrift !== null) say('drift at most', formatDuration(options.maxDrift));
    if (options.trigger !== null) say('trigger', formatTrigger(options.trigger));
    if (options.accumulation !== null) say('panes', said('accumulation', options.accumulation));
    if (options.time === 'processing') say('windows by', said('time', options.time));
    say('allowed lateness', formatDuration(options.lateness));
    if (options.evictor) say('rows that count', formatEvictor(options.evictor));
    if (options.outputTimestamp !== 'end-of-window')
      say('time of a result', said('output-time', options.outputTimestamp));
    if (options.onTime !== 'fire-always') say('empty pane on time', said('on-time', options.onTime));
    if (options.closing !== 'fire-if-non-empty') say('empty pane at the end', said('closing', options.closing));
    if (options.upsert) say('changelog', said('changelog', 'upsert'));
    if (options.lateRows === 'drop') say('late rows of a join', said('late-rows', 'drop'));
    if (options.lateRule !== null) say('too late is', said('late-rule', options.lateRule));
    if (options.ttl !== null) say('state kept', formatDuration(options.ttl));
  }
  if (options.every !== null) say('every', formatDuration(options.every));
  if (options.edge !== 'closed') say('edge', said('edge', options.edge));
  if (options.hop !== null) say('edges rounded to', formatDuration(options.hop));
  if (options.lookup !== null)
    say('requests', `${options.lookup}, ${options.answer === 'state' ? 'from state' : 'by reading again'}`);
  if (options.end === 'quiet') say('input', 'stays open');
  return words;
}

/** The same in one line. */
export const optionsText = (options: ExactOptions): string =>
  optionWords(options)
    .map(({ name, value }) => `${name}: ${value}`)
    .join(', ');
