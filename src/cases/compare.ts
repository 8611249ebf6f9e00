import { CHANGE_SIGNS } from '../model';
import { isItem, isList, type Item, type Json } from './kind';
import { differing, matches, pairs, type Match } from './same';

/** What the engine did in one case. */
export interface Actual {
  /** In order, each with the event that it came `after`, unless it came at the end. */
  outputs: readonly Json[];
  /** Index 0 before the first event, then one after each event. */
  facts: readonly Item[];
  object: Item | null;
}

/** The first fact that is not as expected. */
export interface Difference {
  what: string;
  expected?: Json;
  actual?: Json;
}

/** Compares by the mode. `factNames`: fields of `expected` that are read after an event rather than emitted. */
export function compare(
  mode: Compare,
  expected: readonly Json[] | Item,
  actual: Actual,
  how: Match,
  factNames: readonly string[],
): Difference | null {
  if (isItem(expected)) {
    if (actual.object) return compareObject(expected, actual.object, how);
    return compare(mode, [expected], actual, how, factNames);
  }
  const items = expected.filter((item) => !isFact(item, factNames)).map((item) => without(item, factNames));
  const facts = expected.filter((item) => factNames.some((name) => isItem(item) && Object.hasOwn(item, name)));
  const wrong = compareFacts(facts, actual.facts, how, factNames);
  // A case that lists only facts makes no claim about outputs.
  if (wrong || (items.length === 0 && facts.length > 0)) return wrong;
  return MODES[mode](items, actual.outputs, how);
}

/** The event that an output or a fact follows, where it is said. */
export const afterOf = (item: Json): number | undefined =>
  isItem(item) && typeof item.after === 'number' ? item.after : undefined;

/** An item with only facts and the event that they follow. */
const isFact = (item: Json, names: readonly string[]): boolean =>
  isItem(item) &&
  Object.keys(item).some((name) => names.includes(name)) &&
  Object.keys(item).every((name) => name === 'after' || names.includes(name));

const without = (item: Json, names: readonly string[]): Json =>
  isItem(item) ? Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name))) : item;

function compareFacts(
  expected: readonly Json[],
  facts: readonly Item[],
  how: Match,
  names: readonly string[],
): Difference | null {
  for (const item of expected) {
    if (!isItem(item)) continue;
    const after = afterOf(item) ?? facts.length - 2;
    const wanted = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
    const field = differing(wanted, facts[after + 1], how);
    if (field === null) continue;
    return { what: `${field} after event ${after}`, expected: wanted[field], actual: facts[after + 1][field] };
  }
  return null;
}

function compareObject(expected: Item, actual: Item, how: Match): Difference | null {
  const field = differing(expected, actual, how);
  return field === null ? null : { what: field, expected: expected[field], actual: actual[field] };
}

type Lists = (expected: readonly Json[], actual: readonly Json[], how: Match) => Difference | null;

const ordered: Lists = (expected, actual, how) => {
  const strict = { ...how, ordered: true };
  for (let i = 0; i < Math.max(expected.length, actual.length); i += 1) {
    if (i >= actual.length) return { what: `output ${i} is missing`, expected: expected[i] };
    if (i >= expected.length) return { what: `output ${i} is not expected`, actual: actual[i] };
    if (!matches(expected[i], actual[i], strict)) {
      return { what: `output ${i} differs`, expected: expected[i], actual: actual[i] };
    }
  }
  return null;
};

/** Both lists hold the same, each as often. */
const multiset: Lists = (expected, actual, how) => unmatched(expected, actual, how, '');

function unmatched(expected: readonly Json[], actual: readonly Json[], how: Match, where: string): Difference | null {
  const taken = pairs(expected, actual, (a, b) => matches(a, b, how));
  const missing = taken.indexOf(-1);
  const extra = actual.filter((_, i) => !taken.includes(i));
  if (missing >= 0) return { what: `an output is missing${where}`, expected: expected[missing], actual: extra };
  if (extra.length > 0) return { what: `an output is not expected${where}`, actual: extra[0] };
  return null;
}

const setPerEvent: Lists = (expected, actual, how) => {
  const free = how.ignore.includes('after') || expected.some((item) => afterOf(item) === undefined);
  if (free && expected.length > 0) return multiset(expected, actual, { ...how, ignore: [...how.ignore, 'after'] });
  const events = new Set([...expected, ...actual].map(afterOf));
  for (const event of [...events].sort((a, b) => (a ?? Infinity) - (b ?? Infinity))) {
    const here = (item: Json): boolean => afterOf(item) === event;
    const where = event === undefined ? ' at the end' : ` at event ${event}`;
    const wrong = unmatched(expected.filter(here), actual.filter(here), how, where);
    if (wrong) return wrong;
  }
  return null;
};

/** Order, event and counts are free. */
const set: Lists = (expected, actual, how) => {
  const free = { ...how, ignore: [...how.ignore, 'after'] };
  const missing = expected.find((item) => !actual.some((one) => matches(item, one, free)));
  if (missing !== undefined) return { what: 'an output is missing', expected: missing, actual };
  const extra = actual.find((one) => !expected.some((item) => matches(item, one, free)));
  return extra === undefined ? null : { what: 'an output is not expected', actual: extra };
};

const freeMultiset: Lists = (expected, actual, how) =>
  multiset(expected, actual, { ...how, ignore: [...how.ignore, 'after'] });

/** Outputs are changes with an `op`; the final table is compared, by `id`. */
const finalViewById: Lists = (expected, actual, how) => {
  const table = new Map<string, Json>();
  for (const row of actual) {
    if (!isItem(row)) return { what: 'an output is not a row', actual: row };
    const { op = '+I', ...rest } = row;
    // Both spellings of the minus sign: the engine's and that of plain text.
    const sign = typeof op === 'string' ? op.replace('-', CHANGE_SIGNS[1][0]) : '';
    const id = JSON.stringify(row.id ?? null);
    if (sign === '+I' || sign === '+U') table.set(id, rest);
    else if (sign === CHANGE_SIGNS[3] || sign === CHANGE_SIGNS[1]) table.delete(id);
    else return { what: 'an output has an unknown kind of change', actual: row };
  }
  return freeMultiset(expected, [...table.values()], how);
};

/** Per window the sum of everything emitted so far; a retraction is negative. */
const runningTotals: Lists = (expected, actual, { tolerance }) => {
  for (const item of expected) {
    const after = afterOf(item) ?? Infinity;
    const sums = new Map<string, number>();
    for (const row of actual) {
      if (!isItem(row) || (afterOf(row) ?? Infinity) > after) continue;
      const key = windowName(row.window);
      sums.set(key, (sums.get(key) ?? 0) + Number(row.value));
    }
    const wanted = totalsOf(isItem(item) ? item.windowTotals : undefined);
    if (!wanted) return { what: 'windowTotals is neither a list nor an object', expected: item };
    for (const window of new Set([...wanted.keys(), ...sums.keys()])) {
      const [want, have] = [wanted.get(window) ?? 0, sums.get(window) ?? 0];
      if (Math.abs(want - have) > tolerance) {
        return { what: `total of window [${window}) after event ${after}`, expected: want, actual: have };
      }
    }
  }
  return null;
};

const windowName = (window: Json | undefined): string =>
  isList(window) ? window.map(String).join(', ') : JSON.stringify(window);

/** Totals by window: `[[[0, 10], 5]]`, `[{"window": [0, 10], "value": 5}]` or `{"0,10": 5}`. */
function totalsOf(totals: Json | undefined): Map<string, number> | null {
  if (isItem(totals)) {
    return new Map(
      Object.entries(totals).map(([name, total]) => [(name.match(/-?\d+/g) ?? []).join(', '), Number(total)]),
    );
  }
  if (!isList(totals)) return null;
  return new Map(
    totals.map((one) => {
      if (isItem(one)) return [windowName(one.window), Number(one.value ?? one.total)];
      const [window, total] = isList(one) ? one : [one, NaN];
      return [windowName(window), Number(total)];
    }),
  );
}

/**
 * One system's list. With `after` it is compared event by event. Else it may hold every output, or the final ones where
 * a system corrects itself: the last one of each key and window.
 */
function byProfile(expected: readonly Json[], actual: readonly Json[], how: Match): Difference | null {
  const timed = expected.length === 0 || expected.some((item) => afterOf(item) !== undefined);
  const wrong = timed ? setPerEvent(expected, actual, how) : freeMultiset(expected, actual, how);
  if (!wrong || expected.some((item) => afterOf(item) !== undefined)) return wrong;
  const contents = contentsOf(actual);
  return contents && !freeMultiset(expected, contents, how) ? null : wrong;
}

/** The last output of each key and window, without what was deleted; null where nothing has been corrected. */
function contentsOf(actual: readonly Json[]): Json[] | null {
  const last = new Map<string, Json>();
  for (const output of actual) {
    if (!isItem(output) || output.value === undefined || output.key === undefined) return null;
    const { key, window = null, value } = output;
    const name = JSON.stringify([key, window]);
    last.delete(name);
    if (value !== null) last.set(name, output);
  }
  return last.size < actual.length ? [...last.values()] : null;
}

const MODES = {
  ordered,
  'set-per-event': setPerEvent,
  set,
  multiset: freeMultiset,
  'set-final': freeMultiset,
  'final-set': freeMultiset,
  final: freeMultiset,
  'final-view-by-id': finalViewById,
  'consolidated-delta': () => ({ what: 'no kind that can be run is compared so' }),
  'running-totals': runningTotals,
  object: (expected, actual) => ({ what: 'the kind gives no object', expected, actual }),
  'by-profile': byProfile,
} satisfies Record<string, Lists>;

/** How what is expected is compared with what the engine did. */
export type Compare = keyof typeof MODES;
export const COMPARES = Object.keys(MODES) as Compare[];
