import { TidemarkError } from '../model';
import { afterOf, compare, type Actual, type Difference } from './compare';
import { isRefusal, profilesOf, readCase, resolve, withoutRemarks, wrongIn, type RawCase } from './format';
import { CaseFault, expectedItems, isItem, isList, type Item, type Json, type Kind, type CaseProfile } from './kind';
import { differing } from './same';
import { Settings } from './settings';

export type Status = 'passed' | 'failed' | 'skipped';

export interface CaseVerdict {
  id: string;
  kind: string;
  profile: string;
  rule: string;
  status: Status;
  /** Why it did not pass: the first fact that is not as expected. */
  reason: Difference | null;
  /** What the engine emitted, with the facts that the case asks for; of a case by profile, one list per system. */
  actual: readonly Json[] | Item | null;
}

/** Every kind of the format with its adapter; null where there is none yet. */
export type Kinds = ReadonlyMap<string, Kind | null>;

/** More outputs than any small case has; an operator that emits without end is stopped here. */
const MOST_OUTPUTS = 1_000_000;

/**
 * Runs one case as its file has it, with the adapter of its kind. Never throws: what is wrong with the case is a failure
 * like any other.
 */
export function runCase(value: Json, kinds: Kinds): CaseVerdict {
  const written = readCase(value);
  if (typeof written === 'string') return failed(value, written);
  const kind = kinds.get(written.kind);
  const raw = kind ? withoutRemarks(written, kind) : written;
  const verdict = (status: Status, reason: Difference | null, actual: CaseVerdict['actual'] = null): CaseVerdict => ({
    id: raw.id,
    kind: raw.kind,
    profile: raw.profile,
    rule: raw.rule,
    status,
    reason,
    actual,
  });
  if (!kind) {
    if (kind === null) return verdict('skipped', { what: `no adapter for kind ${raw.kind}` });
    return verdict('failed', { what: `unknown kind ${raw.kind}` });
  }
  let actual: CaseVerdict['actual'] = null;
  try {
    const wrong = wrongIn(raw, kind);
    if (wrong) return verdict('failed', { what: wrong });
    for (const profile of profilesOf(raw, kind)) {
      const expected = expectedOf(raw, profile);
      const outcome = play(raw, kind, profile, askedIn(expected));
      const shown = outcome.object ?? withFacts(outcome, expected, kind.facts ?? []);
      actual = raw.compare === 'by-profile' ? { ...(isItem(actual) ? actual : {}), [profile]: shown } : shown;
      const reason = judge(raw, kind, expected, outcome);
      if (reason) {
        const what = raw.compare === 'by-profile' ? `${profile}: ${reason.what}` : reason.what;
        return verdict('failed', { ...reason, what }, actual);
      }
    }
    return verdict('passed', null, actual);
  } catch (thrown) {
    return verdict('failed', { what: thrown instanceof Error ? thrown.message : String(thrown) }, actual);
  }
}

/** The verdict on a case that could not be read, or not be run to its end. */
export function failed(value: Json, what: string): CaseVerdict {
  const { id, kind, profile, rule } = isItem(value) ? value : {};
  const text = (one: Json | undefined): string => (typeof one === 'string' ? one : '');
  return {
    id: text(id) || '(no id)',
    kind: text(kind),
    profile: text(profile),
    rule: text(rule),
    status: 'failed',
    reason: { what },
    actual: null,
  };
}

function expectedOf({ compare: mode, expected }: RawCase, profile: CaseProfile): readonly Json[] | Item {
  if (mode !== 'by-profile' || !isItem(expected) || !isItem(expected.byProfile)) return expected;
  const own = expected.byProfile[profile];
  if (isList(own) || isItem(own)) return own;
  throw new CaseFault(`byProfile.${profile} is neither a list nor an object`);
}

interface Outcome extends Actual {
  refused: boolean;
  top: Item;
}

/** The fields that a list of expected outputs, or an object, names. */
const askedIn = (expected: readonly Json[] | Item): string[] => [
  ...new Set(
    expectedItems(expected)
      .filter(isItem)
      .flatMap((item) => Object.keys(item)),
  ),
];

function play(raw: RawCase, kind: Kind, profile: CaseProfile, asked: readonly string[]): Outcome {
  const { config, events } = resolve(raw, profile);
  const items = events.filter(isItem);
  let driver: ReturnType<Kind['start']>;
  try {
    const { id, compare: mode, top } = raw;
    const settings = new Settings(config);
    driver = kind.start({ id, kind: raw.kind, profile, config: settings, events: items, compare: mode, asked, top });
  } catch (thrown) {
    if (!(thrown instanceof TidemarkError)) throw thrown;
    const object = { error: 'invalid-config', message: thrown.message };
    return { refused: true, outputs: [], facts: [], object, top: {} };
  }
  const outputs: Json[] = [];
  const facts: Item[] = [driver.facts?.() ?? {}];
  items.forEach((event, after) => {
    for (const output of driver.handle(event, after)) outputs.push({ after, ...output });
    if (outputs.length > MOST_OUTPUTS) throw new CaseFault(`more than ${MOST_OUTPUTS} outputs`);
    facts.push(driver.facts?.() ?? {});
  });
  const end = driver.end?.() ?? [];
  if (isList(end)) outputs.push(...end);
  return { refused: false, outputs, facts, object: isItem(end) ? end : null, top: driver.top?.() ?? {} };
}

/** Outputs and, in their places, the facts that an expectation names. */
function withFacts({ outputs, facts }: Actual, expected: readonly Json[] | Item, names: readonly string[]): Json[] {
  const asked = expectedItems(expected)
    .filter(isItem)
    .flatMap((item) => {
      const wanted = Object.keys(item).filter((name) => names.includes(name));
      if (wanted.length === 0) return [];
      const after = afterOf(item) ?? facts.length - 2;
      return [{ after, ...Object.fromEntries(wanted.map((name) => [name, facts[after + 1][name] ?? null])) }];
    });
  if (asked.length === 0) return [...outputs];
  const at = (item: Json): number => afterOf(item) ?? Infinity;
  return [...outputs, ...asked].sort((a, b) => (at(a) === at(b) ? 0 : at(a) - at(b)));
}

function judge(raw: RawCase, kind: Kind, written: readonly Json[] | Item, outcome: Outcome): Difference | null {
  const { normal } = kind;
  const expected = normal && outcome.object === null ? normal(expectedItems(written)) : written;
  const { tolerance, ignore, compare: mode, top } = raw;
  if (isRefusal(expected)) {
    return outcome.refused ? null : { what: 'the settings were taken, and must be refused', expected };
  }
  if (outcome.refused) return { what: 'the settings were refused', actual: outcome.object?.message };
  const how = { tolerance, ignore, ordered: false };
  const wrong = compare(mode, expected, outcome, how, kind.facts ?? []);
  if (wrong) return wrong;
  const asserted = Object.fromEntries(Object.entries(top).filter(([name]) => Object.hasOwn(outcome.top, name)));
  const field = differing(asserted, outcome.top, how);
  return field === null ? null : { what: field, expected: asserted[field], actual: outcome.top[field] };
}
