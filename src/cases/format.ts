import { COMPARES, type Compare } from './compare';
import { wrongEvent, wrongSetting } from './fields';
import { expectedItems, isItem, isList, PROFILES, type Item, type Json, type Kind, type CaseProfile } from './kind';
import { resolveAll, resolveEvents } from './times';

/** A case as its file has it, known to have the right fields of the right types. */
export interface RawCase {
  readonly id: string;
  readonly kind: string;
  readonly profile: CaseProfile;
  readonly source: readonly string[];
  readonly provenance: string;
  readonly rule: string;
  readonly config: Item;
  /** Whether the file has `config`. */
  readonly configured: boolean;
  readonly events: readonly Json[];
  readonly expected: readonly Json[] | Item;
  readonly compare: Compare;
  readonly tolerance: number;
  readonly ignore: readonly string[];
  /** Every other field. */
  readonly top: Item;
}

interface CaseFile {
  readonly group: string;
  readonly cases: readonly Json[];
  /** What is wrong with the file, in words, though its cases can be run. */
  readonly trouble: string | null;
}

/** They restate a rule in words and are never interpreted. */
const INFORMATIONAL = ['bounds', 'late', 'live', 'merge', 'mutationRule', 'snapshot', 'sources', 'validity'];
const SETTINGS_IGNORED: ReadonlySet<string> = new Set(INFORMATIONAL);

/** An item without the informational fields that its kind does not have. */
function withoutWords(item: Json, has: (name: string) => boolean): Json {
  if (!isItem(item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => !SETTINGS_IGNORED.has(name) || has(name)));
}

/** A case without what only restates its rule in words, in its events and in what it expects. */
export function withoutRemarks(raw: RawCase, kind: Kind): RawCase {
  const inEvents = kind.events.flatMap((shape) => shape.split(' '));
  const events = raw.events.map((event) => withoutWords(event, (name) => inEvents.includes(name)));
  const known = (name: string): boolean => kind.expected.includes(name);
  const { expected, compare } = raw;
  if (compare === 'by-profile') return { ...raw, events };
  if (isList(expected)) return { ...raw, events, expected: expected.map((item) => withoutWords(item, known)) };
  return { ...raw, events, expected: withoutWords(expected, known) as Item };
}

const FIELDS = ['id', 'kind', 'profile', 'source', 'provenance', 'rule', 'config', 'events', 'expected', 'compare'];
/** Fields that any case may have beside them. */
const OTHERS = ['tolerance', 'ignore', 'notes', 'requires', ...INFORMATIONAL];
const PROVENANCES = ['transcribed', 'adapted', 'derived'];

/** More events than any small case has: what is larger is a mistake, not a case. */
export const MOST_EVENTS = 100_000;

/** Reads a file of cases. Throws an Error that names what is wrong. */
export function readFile(content: string): CaseFile {
  let file: Json;
  try {
    file = JSON.parse(content) as Json;
  } catch (thrown) {
    throw new Error(`not JSON: ${(thrown as Error).message}`);
  }
  if (!isItem(file)) throw new Error('not an object with group, count and cases');
  const { group, count, cases, ...rest } = file;
  if (typeof group !== 'string' || group === '') throw new Error('group is not a name');
  if (!isList(cases)) throw new Error('cases is not a list');
  const extra = Object.keys(rest).filter((name) => name !== 'notes');
  let trouble: string | null = null;
  if (extra.length > 0) trouble = `unknown field ${extra.join(', ')}; a file has group, count and cases`;
  else if (count !== cases.length) {
    trouble = `count is ${JSON.stringify(count) ?? 'missing'}, but there are ${cases.length} cases`;
  }
  return { group, cases, trouble };
}

/** The fields of a case, or in words what is wrong with them. */
export function readCase(value: Json): RawCase | string {
  if (!isItem(value)) return 'a case is not an object';
  const { id, kind, profile, source = [], provenance = 'derived', rule, config = {}, events, expected } = value;
  const { compare, tolerance = 0, ignore = [] } = value;
  if (typeof id !== 'string' || id === '') return 'id is not a name';
  if (typeof kind !== 'string') return 'kind is not a name';
  if (!PROFILES.some((one) => one === profile)) return `unknown profile ${JSON.stringify(profile)}`;
  if (!COMPARES.some((one) => one === compare)) return `unknown compare ${JSON.stringify(compare)}`;
  const sources = typeof source === 'string' ? [source] : source;
  if (!isTexts(sources)) return 'source is not a list of texts';
  if (typeof provenance !== 'string' || !PROVENANCES.includes(provenance)) {
    return `unknown provenance ${JSON.stringify(provenance)}`;
  }
  if (typeof rule !== 'string' || rule === '') return 'rule is not a sentence';
  if (!isItem(config)) return 'config is not an object';
  if (!isList(events)) return 'events is not a list';
  if (events.length > MOST_EVENTS) return `more than ${MOST_EVENTS} events`;
  if (!isList(expected) && !isItem(expected)) return 'expected is neither a list nor an object';
  if (typeof tolerance !== 'number' || !(tolerance >= 0)) return 'tolerance is not a number of 0 or more';
  if (!isTexts(ignore)) return 'ignore is not a list of field names';
  const top = Object.fromEntries(Object.entries(value).filter(([name]) => !FIELDS.includes(name)));
  return {
    id,
    kind,
    profile: profile as CaseProfile,
    source: sources,
    provenance,
    rule,
    config,
    configured: value.config !== undefined,
    events,
    expected,
    compare: compare as Compare,
    tolerance,
    ignore,
    top,
  };
}

const isTexts = (value: Json): value is readonly string[] =>
  isList(value) && value.every((one) => typeof one === 'string');

export function isRefusal(expected: RawCase['expected']): boolean {
  const [only, ...others] = expectedItems(expected);
  return others.length === 0 && isItem(only) && Object.keys(only).join() === 'error';
}

/** The profiles that a case is run under: its own, or each of `byProfile` that the kind claims; null makes no claim. */
export function profilesOf({ compare, expected, profile }: RawCase, kind: Kind): CaseProfile[] {
  if (compare !== 'by-profile' || !isItem(expected) || !isItem(expected.byProfile)) return [profile];
  const { byProfile } = expected;
  return kind.profiles.filter((one) => Object.hasOwn(byProfile, one) && byProfile[one] !== null);
}

/** A case's settings and events as `profile` means them. */
export function resolve({ config, events }: RawCase, profile: CaseProfile): { config: Item; events: Json[] } {
  const settings = resolveAll(config) as Item;
  return { config: settings, events: resolveEvents(events, settings, profile) };
}

/** What a case has that its kind does not list, in words, or null. */
export function wrongIn(raw: RawCase, kind: Kind): string | null {
  const { profile, compare, expected, top, config, events } = raw;
  // `all` is no system: such a case says what each of them does.
  const known: readonly CaseProfile[] = compare === 'by-profile' ? [...kind.profiles, 'all'] : kind.profiles;
  if (!known.includes(profile))
    return `kind ${kind.kind}, compared as ${compare}, has no profile ${profile} (all goes with by-profile)`;
  // A refusal is one fact, however the kind's outputs are compared.
  if (!kind.compares.includes(compare) && !isRefusal(expected))
    return `kind ${kind.kind} is not compared as ${compare}`;
  const unknown = Object.keys(top).find((name) => !OTHERS.includes(name) && !kind.top?.includes(name));
  if (unknown !== undefined) return `${unknown} is not a field of this kind`;
  const { windowBounds = 'exclusive' } = top;
  if (windowBounds !== 'inclusive' && windowBounds !== 'exclusive') {
    return `windowBounds is not "inclusive" or "exclusive": ${JSON.stringify(windowBounds)}`;
  }
  const ways = profilesOf(raw, kind);
  if (ways.length === 0) return 'byProfile has no system that the engine imitates';
  if (!raw.configured && Object.keys(kind.config).length > 0) return 'config is missing';
  const settings = wrongSetting(resolveAll(config) as Item, kind.config, SETTINGS_IGNORED);
  if (settings) return settings;
  // Shapes are those of the file: special times are resolved only to be checked as numbers.
  const resolved = resolveEvents(events, resolveAll(config) as Item, 'any');
  for (let index = 0; index < resolved.length; index += 1) {
    const wrong = wrongEvent(resolved[index], index, kind.events);
    if (wrong) return wrong;
  }
  return wrongExpected(expected, kind, events.length, compare);
}

function wrongExpected(expected: RawCase['expected'], kind: Kind, events: number, compare: Compare): string | null {
  if (isRefusal(expected)) {
    const [only] = expectedItems(expected);
    return isItem(only) && only.error === 'invalid-config' ? null : 'the only error is "invalid-config"';
  }
  if (compare === 'by-profile') {
    const systems = isItem(expected) ? expected.byProfile : undefined;
    return isItem(systems) ? null : 'expected.byProfile is not an object';
  }
  if (compare === 'object' && !isItem(expected)) return 'compare object needs an object as expected';
  for (const item of expectedItems(expected)) {
    if (!isItem(item)) return `expected ${JSON.stringify(item)} is not an object`;
    if (compare !== 'object' && Object.keys(item).length === 0) return 'an expected output says nothing';
    const unknown = Object.keys(item).find((name) => !kind.expected.includes(name));
    if (unknown !== undefined) return `expected ${unknown} is not an output of this kind`;
    const { after = 0 } = item;
    if (typeof after !== 'number' || after < -1 || after >= Math.max(1, events)) {
      return `expected after ${JSON.stringify(after)}: there is no such event`;
    }
  }
  return null;
}
