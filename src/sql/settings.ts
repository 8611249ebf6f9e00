import { attempt, type Duration, parseDuration } from '../model';
import { type Name } from './ast';
import { fail } from './fail';
import { type Program } from './plan';
import { didYouMean, nearest } from './suggest';

/** Options of a run that SET can give. In ms; a TTL or a timeout of 0 is none, as in Flink. */
export interface SetOptions {
  ttl?: Duration | null;
  idle?: Duration | null;
  emitEvery?: Duration;
}

/** The keys that mean something here, and the option that each of them sets. */
export const SETTINGS: ReadonlyMap<string, keyof SetOptions> = new Map([
  ['table.exec.state.ttl', 'ttl'],
  ['table.exec.source.idle-timeout', 'idle'],
  ['pipeline.auto-watermark-interval', 'emitEvery'],
]);

/** What Flink has as a setting, and Tidemark as an option of the cell. */
const OPTIONS: readonly [key: RegExp, hint: string][] = [
  [/runtime-mode/, 'Whether a definition runs on the stream or over the table is the mode of the cell: mode=stream.'],
  [/emit|fire|lateness/, 'When a window speaks and how late a row may be are options of the cell: trigger, lateness.'],
];

export function bindSetting(key: Name, value: Name): Program['settings'][number] {
  if (!SETTINGS.has(key.text)) {
    const option = OPTIONS.find(([pattern]) => pattern.test(key.text));
    fail(key.place, {
      what: `there is no setting '${key.text}' here`,
      expected: nearest(key.text, SETTINGS.keys()) ?? 'a setting that means something here',
      found: `'${key.text}'`,
      hint: option?.[1] ?? didYouMean(key.text, SETTINGS.keys(), 'settings'),
    });
  }
  if (spanOf(value.text) === null) {
    fail(value.place, {
      what: `'${key.text}' is a span of time`,
      expected: "a span such as '1 h'",
      found: `'${value.text}'`,
      hint: `Write SET '${key.text}' = '10 min'; the units are ms, s, min, h and d.`,
    });
  }
  return { key: key.text, value: value.text };
}

function spanOf(text: string): Duration | null {
  const span = attempt(() => parseDuration(text));
  return span !== null && span >= 0 ? span : null;
}

/** What the settings of a program say about its run; the last of equal keys holds. */
export function setOptions({ settings }: Pick<Program, 'settings'>): SetOptions {
  const options: SetOptions = {};
  for (const { key, value } of settings) {
    const span = spanOf(value) ?? 0;
    const option = SETTINGS.get(key);
    if (option === 'emitEvery') options.emitEvery = span;
    else if (option) options[option] = span || null;
  }
  return options;
}
