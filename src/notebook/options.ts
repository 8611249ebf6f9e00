import { type Scenario } from '../data/scenario';
import {
  ACCUMULATIONS,
  EMPTY_PANES,
  LATE_ROWS,
  LATE_RULES,
  OUTPUT_TIMESTAMPS,
  PROFILES,
} from '../engine/stream/options';
import { parseDuration, TidemarkError, type Duration } from '../model';
import { EDGES } from '../sql/plan';
import { didYouMean } from '../sql/suggest';
import { type Knob, type RunOptions, type Setting, type SqlCell } from './document';
import { type ExactOptions } from './run';
import { parseEvictor, parseTrigger, parseWatermark, type Schedules } from './trigger';

/** How an option of a sql cell is written. `none` stands for null where that is the usual. */
type Written =
  | { as: 'choice'; choices: readonly string[] }
  /** A duration, or the knob that turns it. */
  | { as: 'amount' }
  | { as: 'stream' }
  /** Off or on. */
  | { as: 'switch'; choices: readonly [off: string, on: string] }
  /** Text with arguments, in which knobs may stand. */
  | { as: 'trigger' | 'watermark' | 'evictor' };

interface Option {
  field: keyof RunOptions;
  written: Written;
}

/** Every option of a sql cell, by the name it is written with. To add one: a line here, a field in `RunOptions`. */
export const OPTIONS = {
  run: { field: 'mode', written: { as: 'choice', choices: ['stream', 'batch'] } },
  profile: { field: 'profile', written: { as: 'choice', choices: PROFILES } },
  wait: { field: 'wait', written: { as: 'amount' } },
  watermark: { field: 'watermark', written: { as: 'watermark' } },
  'emit-every': { field: 'emitEvery', written: { as: 'amount' } },
  idle: { field: 'idle', written: { as: 'amount' } },
  drift: { field: 'maxDrift', written: { as: 'amount' } },
  lateness: { field: 'lateness', written: { as: 'amount' } },
  trigger: { field: 'trigger', written: { as: 'trigger' } },
  accumulation: { field: 'accumulation', written: { as: 'choice', choices: ACCUMULATIONS } },
  time: { field: 'time', written: { as: 'choice', choices: ['event', 'processing'] } },
  edge: { field: 'edge', written: { as: 'choice', choices: EDGES } },
  hop: { field: 'hop', written: { as: 'amount' } },
  evictor: { field: 'evictor', written: { as: 'evictor' } },
  'output-time': { field: 'outputTimestamp', written: { as: 'choice', choices: OUTPUT_TIMESTAMPS } },
  'on-time': { field: 'onTime', written: { as: 'choice', choices: EMPTY_PANES } },
  closing: { field: 'closing', written: { as: 'choice', choices: EMPTY_PANES } },
  changelog: { field: 'upsert', written: { as: 'switch', choices: ['retract', 'upsert'] } },
  'late-rows': { field: 'lateRows', written: { as: 'choice', choices: LATE_ROWS } },
  'late-rule': { field: 'lateRule', written: { as: 'choice', choices: LATE_RULES } },
  ttl: { field: 'ttl', written: { as: 'amount' } },
  lookup: { field: 'lookup', written: { as: 'stream' } },
  answer: { field: 'answer', written: { as: 'choice', choices: ['state', 'rescan'] } },
  every: { field: 'every', written: { as: 'amount' } },
  end: { field: 'end', written: { as: 'choice', choices: ['flush', 'quiet'] } },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;
export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];
const OPTION: Record<OptionName, Option> = OPTIONS;

/** How an option is written, or null for a name that is none. */
export const optionOf = (name: string): Option | null =>
  Object.hasOwn(OPTIONS, name) ? OPTION[name as OptionName] : null;

/** What holds where a cell says nothing. */
export const USUAL: RunOptions = {
  mode: 'stream',
  profile: 'flink',
  wait: null,
  watermark: null,
  emitEvery: 0,
  idle: null,
  maxDrift: null,
  lateness: 0,
  trigger: null,
  accumulation: null,
  time: 'event',
  edge: 'closed',
  hop: null,
  evictor: null,
  outputTimestamp: 'end-of-window',
  onTime: 'fire-always',
  closing: 'fire-if-non-empty',
  upsert: false,
  lateRows: 'match',
  lateRule: null,
  ttl: null,
  lookup: null,
  answer: 'state',
  every: null,
  end: 'flush',
};

const KNOB = /\$([A-Za-z][\w-]*)/g;

/** The options of a cell with every knob filled in. Knobs of durations fill in ms. */
export function exactOptions(
  options: RunOptions,
  knobs: ReadonlyMap<string, number>,
  { streams }: Pick<Scenario, 'streams'>,
  units: ReadonlyMap<string, Knob['unit']>,
): ExactOptions {
  const value = (name: string): number => {
    const found = knobs.get(name);
    if (found !== undefined) return found;
    throw new TidemarkError({ what: `no knob $${name}`, hint: didYouMean(name, knobs.keys(), 'knobs') });
  };
  const exact = {} as Record<string, unknown>;
  for (const { field, written } of Object.values(OPTION)) {
    const given = options[field];
    if (given === null) exact[field] = null;
    else if (written.as === 'amount') exact[field] = typeof given === 'number' ? given : value(String(given).slice(1));
    else if (written.as === 'trigger') exact[field] = parseTrigger(filled(String(given), value, units));
    else if (written.as === 'watermark')
      exact[field] = parseWatermark(filled(String(given), value, units), schedulesOf(streams));
    else if (written.as === 'evictor') exact[field] = parseEvictor(filled(String(given), value, units));
    else exact[field] = given;
  }
  return exact as unknown as ExactOptions;
}

const filled = (text: string, value: (name: string) => number, units: ReadonlyMap<string, Knob['unit']>): string =>
  text.replace(KNOB, (_, name: string) => `${value(name)}${units.get(name) === 'duration' ? ' ms' : ''}`);

export function schedulesOf(streams: Scenario['streams']): Schedules {
  return Object.assign({}, ...Object.values(streams).map((stream) => stream.watermarks)) as Schedules;
}

/** The usual options, exact. */
export const usually = (): ExactOptions => exactOptions(USUAL, new Map(), { streams: {} }, new Map());

/** Names of the options of a cell that a knob turns. */
export function turnedBy({ options }: Pick<SqlCell, 'options'>, knob: string): OptionName[] {
  return OPTION_NAMES.filter((name) => {
    const given = options[OPTIONS[name].field];
    return typeof given === 'string' && [...given.matchAll(KNOB)].some((match) => match[1] === knob);
  });
}

/** What turning knobs does to the options of a cell, as a setting: what stands in it wins over the knobs. */
export function settingOf(
  cell: Pick<SqlCell, 'options'>,
  knobs: readonly Knob[],
  values: Readonly<Record<string, number>>,
): Setting {
  const all = new Map(knobs.map(({ name, value }) => [name, values[name] ?? value]));
  const units = new Map(knobs.map(({ name, unit }) => [name, unit]));
  const setting: Setting = {};
  for (const name of new Set(Object.keys(values).flatMap((knob) => turnedBy(cell, knob)))) {
    const { field, written } = OPTION[name];
    const given = String(cell.options[field]);
    setting[name] = written.as === 'amount' ? all.get(given.slice(1))! : filled(given, (one) => all.get(one)!, units);
  }
  return setting;
}

/** Sets one option. Durations are ms, or text such as `30 s`; `none` is null where there is such a thing. */
export function setOption(
  options: ExactOptions,
  name: OptionName,
  value: string | number,
  { streams }: Pick<Scenario, 'streams'>,
): ExactOptions {
  const { field, written } = OPTION[name];
  const exact = (): unknown => {
    if (value === 'none' && USUAL[field] === null) return null;
    switch (written.as) {
      case 'choice':
        return oneOf(name, value, written.choices);
      case 'switch':
        return oneOf(name, value, written.choices) === written.choices[1];
      case 'amount':
        return span(name, value);
      case 'stream':
        return String(value);
      case 'trigger':
        return parseTrigger(String(value));
      case 'watermark':
        return parseWatermark(String(value), schedulesOf(streams));
      case 'evictor':
        return parseEvictor(String(value));
    }
  };
  return { ...options, [field]: exact() };
}

function oneOf(name: string, value: string | number, names: readonly string[]): string {
  const found = names.find((one) => one === value);
  if (found !== undefined) return found;
  throw new TidemarkError({
    what: `no such ${name}`,
    where: 'setting',
    expected: names.join(' or '),
    found: JSON.stringify(value),
    hint: didYouMean(String(value), names, 'choices'),
  });
}

function span(name: string, value: string | number): Duration {
  const ms = typeof value === 'number' ? value : parseDuration(value);
  if (Number.isSafeInteger(ms) && ms >= 0) return ms;
  throw new TidemarkError({
    what: `${name} is out of range`,
    where: 'setting',
    expected: 'a duration of 0 s or more',
    found: JSON.stringify(value),
  });
}
