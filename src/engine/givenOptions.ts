import { TidemarkError } from '../model';
import { EDGES } from '../sql/plan';
import { didYouMean } from '../sql/suggest';
import { isObject, mustBe, shown } from './givenSchema';
import {
  ACCUMULATIONS,
  EMPTY_PANES,
  LATE_ROWS,
  LATE_RULES,
  OUTPUT_TIMESTAMPS,
  PROFILES,
  type Evictor,
  type StreamSettings,
  type Trigger,
  type WatermarkStrategy,
} from './stream/options';

/** What a value has to be: its name in an error, and the test; `depth`: how many objects it is inside. */
interface Shape {
  expected: string;
  fits: (value: unknown, depth: number) => boolean;
}

/** Objects may be inside one another as deep as this: one that contains itself is no value. */
const DEEPEST = 100;

const MS: Shape = { expected: 'a whole number of milliseconds', fits: Number.isSafeInteger };
const NUMBER: Shape = { expected: 'a number', fits: Number.isFinite };
const COUNT: Shape = {
  expected: 'a whole number of at least 1',
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
};
const TEXT: Shape = { expected: 'a text', fits: (value) => typeof value === 'string' };
const FLAG: Shape = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };
const MOVES: Shape = {
  expected: 'pairs of processing time and watermark',
  fits: (value) =>
    Array.isArray(value) &&
    value.every((move) => Array.isArray(move) && move.length === 2 && move.every(Number.isFinite)),
};

const oneOf = (names: readonly string[]): Shape => ({
  expected: names.join(' or '),
  fits: (value) => names.includes(value as string),
});

const orNull = ({ expected, fits }: Shape): Shape => ({
  expected: `${expected}, or null`,
  fits: (value, depth) => value === null || fits(value, depth),
});

/** Objects that tell by `type` what else they have: exactly that, and nothing of another name. */
const variant = <T extends { type: string }>(
  what: string,
  parts: {
    [K in T['type']]: { [P in Exclude<keyof Extract<T, { type: K }>, 'type'>]: Shape };
  },
): Shape => {
  const byType = new Map<string, Record<string, Shape>>(Object.entries(parts));
  return {
    expected: `${what} {type: ${[...byType.keys()].map((type) => `'${type}'`).join(' | ')}, …}`,
    fits: (value, depth) => {
      if (depth > DEEPEST || !isObject(value)) return false;
      const { type, ...rest } = value;
      const shapes = byType.get(type as string);
      if (!shapes || Object.keys(rest).some((key) => !Object.hasOwn(shapes, key))) return false;
      return Object.entries(shapes).every(([key, shape]) => shape.fits(rest[key], depth + 1));
    },
  };
};

const ONE_TRIGGER: Shape = { expected: 'a trigger', fits: (value, depth) => TRIGGER.fits(value, depth) };
const TRIGGERS: Shape = {
  expected: 'triggers',
  fits: (value, depth) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => ONE_TRIGGER.fits(one, depth)),
};

const TRIGGER = variant<Trigger>('a trigger', {
  'window-end': {},
  default: {},
  'after-watermark': { early: orNull(ONE_TRIGGER), late: orNull(ONE_TRIGGER) },
  count: { n: COUNT },
  delta: { column: TEXT, delta: NUMBER },
  'continuous-event-time': { interval: MS },
  'processing-delay': { delay: MS },
  'continuous-processing-time': { interval: MS },
  repeat: { of: ONE_TRIGGER },
  any: { of: TRIGGERS },
  all: { of: TRIGGERS },
  each: { of: TRIGGERS },
  'or-finally': { main: ONE_TRIGGER, until: ONE_TRIGGER },
});

const WATERMARK = variant<WatermarkStrategy>('a watermark strategy', {
  bounded: {},
  declared: {},
  monotonous: {},
  punctuated: { column: TEXT },
  percentile: { share: NUMBER },
  perfect: {},
  'micro-batch': { batch: MS },
  'stream-time': {},
  given: { moves: MOVES },
});

/** `keep` is a number of rows or a span, ms. */
const EVICTOR: Shape = variant<{ [T in Evictor['type']]: Evictor & { type: T } }[Evictor['type']]>('an evictor', {
  count: { keep: COUNT, when: oneOf(['before', 'after']) },
  time: { keep: MS, when: oneOf(['before', 'after']) },
});

/** What a caller of `runStream` may ask for. */
export interface StreamRunOptions extends Partial<StreamSettings> {
  /** Whether the input ends after its last row; with `false` the run stops with what has come out. Default: true. */
  end?: boolean;
  /** Whether to keep every step. */
  trace?: boolean;
}

const OPTIONS: { readonly [K in keyof Required<StreamRunOptions>]: Shape } = {
  end: FLAG,
  trace: FLAG,
  wait: orNull(MS),
  lateness: MS,
  edge: oneOf(EDGES),
  profile: oneOf(PROFILES),
  time: oneOf(['event', 'processing']),
  trigger: orNull(TRIGGER),
  accumulation: orNull(oneOf(ACCUMULATIONS)),
  watermark: orNull(WATERMARK),
  emitEvery: MS,
  idle: orNull(MS),
  maxDrift: orNull(MS),
  lateRows: oneOf(LATE_ROWS),
  ttl: orNull(MS),
  upsert: FLAG,
  lateRule: orNull(oneOf(LATE_RULES)),
  hop: orNull(MS),
  evictor: orNull(EVICTOR),
  outputTimestamp: oneOf(OUTPUT_TIMESTAMPS),
  onTime: oneOf(EMPTY_PANES),
  closing: oneOf(EMPTY_PANES),
};

/**
 * Options as a caller gave them, without those that are undefined: they are as if left out. Throws a TidemarkError for
 * a name that is no option and for a value of another type; what a number may be is checked with the run.
 */
export function givenOptions(given: object): StreamRunOptions {
  mustBe(isObject(given), { what: 'the options are no object', expected: 'options by name', found: given });
  const options = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of options) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new TidemarkError({
        what: `there is no option ${name}`,
        expected: 'an option of a run',
        found: name,
        hint: didYouMean(name, Object.keys(OPTIONS), 'options'),
      });
    }
    const { expected, fits } = OPTIONS[name as keyof StreamRunOptions];
    if (!fits(value, 0)) {
      throw new TidemarkError({ what: 'this is no value of the option', where: name, expected, found: shown(value) });
    }
  }
  return Object.fromEntries(options);
}
