import type { Scenario } from '../data/scenario';
import { parseDuration, TidemarkError, type Duration } from '../model';
import { DEFAULTS, type StreamSettings } from '../engine/stream/options';
import { didYouMean, unknownName } from '../sql/suggest';
import type { Knob, Setting, SqlCell } from './document';
import { OPTIONS, type ExactOptions, type Option, type OptionName, type RunOptions } from './runOptions';
import { parseEvictor, parseTrigger, parseWatermark, type Schedules } from './trigger';

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** An option, whose value is the field of that name. */
export interface NamedOption extends Option {
  name: OptionName;
  field: keyof RunOptions;
  usual: unknown;
  only: NonNullable<Option['only']>;
}
export const ALL_OPTIONS: readonly NamedOption[] = OPTION_NAMES.map((name) => {
  const { field } = OPTIONS[name];
  return { name, usual: DEFAULTS[field as keyof StreamSettings], only: 'stream', ...OPTIONS[name] };
});

/** An option by its name, or null for a name that is none. */
export const optionOf = (name: string): NamedOption | null => ALL_OPTIONS.find((one) => one.name === name) ?? null;

/** The defaults of a cell. */
export const USUAL = Object.fromEntries(ALL_OPTIONS.map(({ field, usual }) => [field, usual])) as unknown as RunOptions;

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
  for (const { field, written } of ALL_OPTIONS) {
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

function schedulesOf(streams: Scenario['streams']): Schedules {
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
    const { field, written } = optionOf(name)!;
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
  const { field, usual, written } = optionOf(name)!;
  const exact = (): unknown => {
    if (value === 'none' && usual === null) return null;
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
    ...unknownName(String(value), names, 'choices'),
    expected: names.join(' or '),
    found: JSON.stringify(value),
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
