import { isItem, isList, type Item, type Json } from './kind';
import { specialTime } from './times';

export interface Match {
  /** Largest difference of two numbers that count as equal. */
  readonly tolerance: number;
  /** Fields that are not compared. */
  readonly ignore: readonly string[];
  /** Whether lists of windows have an order. */
  readonly ordered: boolean;
}

/** Set on an output only where it is true, so an expectation without them requires that they are not. */
const MARKS = ['late', 'retraction'];

/** Whether an output is the one that is expected: only the fields that the expectation names are looked at. */
export function matches(expected: Json, actual: Json, how: Match): boolean {
  if (!isItem(expected) || !isItem(actual)) return same(expected, actual, how.tolerance);
  if (MARKS.some((mark) => actual[mark] === true && expected[mark] === undefined && !how.ignore.includes(mark))) {
    return false;
  }
  return differing(expected, actual, how) === null;
}

/** The first field of an expectation that an output does not meet, or null. */
export function differing(expected: Item, actual: Item, how: Match): string | null {
  for (const [name, value] of Object.entries(expected)) {
    if (how.ignore.includes(name)) continue;
    const found = Object.hasOwn(actual, name) ? actual[name] : undefined;
    if (found === undefined) {
      if (MARKS.includes(name) && value === false) continue;
      return name;
    }
    const free = name === 'windows' && !how.ordered && isList(value) && isList(found);
    if (free ? !pairUp(value, found, (a, b) => same(a, b, how.tolerance)) : !same(value, found, how.tolerance)) {
      return name;
    }
  }
  return null;
}

/** Whether two values are equal; the expected one may name a special time. */
export function same(expected: Json, actual: Json, tolerance: number): boolean {
  if (typeof expected === 'string' && typeof actual === 'number') return specialTime(expected) === actual;
  if (typeof expected === 'number' && typeof actual === 'number') {
    return expected === actual || Math.abs(expected - actual) <= tolerance;
  }
  if (isList(expected) && isList(actual)) {
    return expected.length === actual.length && expected.every((one, i) => same(one, actual[i], tolerance));
  }
  if (isItem(expected) && isItem(actual)) {
    const names = Object.keys(expected);
    return (
      names.length === Object.keys(actual).length &&
      names.every((name) => Object.hasOwn(actual, name) && same(expected[name], actual[name], tolerance))
    );
  }
  return expected === actual;
}

/** Whether both lists can be paired up completely. An expectation may fit several outputs, so pairs can change hands. */
function pairUp<T>(expected: readonly T[], actual: readonly T[], fits: (a: T, b: T) => boolean): boolean {
  return expected.length === actual.length && pairs(expected, actual, fits).every((taken) => taken >= 0);
}

/** For each expectation the output that it is paired with, or -1: as many pairs as there can be. */
export function pairs<T>(expected: readonly T[], actual: readonly T[], fits: (a: T, b: T) => boolean): number[] {
  const owner = new Map<number, number>();
  const claim = (want: number, asked: Set<number>): boolean => {
    for (let i = 0; i < actual.length; i += 1) {
      if (asked.has(i) || !fits(expected[want], actual[i])) continue;
      asked.add(i);
      const holder = owner.get(i);
      if (holder === undefined || claim(holder, asked)) {
        owner.set(i, want);
        return true;
      }
    }
    return false;
  };
  const taken = expected.map(() => -1);
  expected.forEach((_, want) => claim(want, new Set()));
  for (const [i, want] of owner) taken[want] = i;
  return taken;
}
