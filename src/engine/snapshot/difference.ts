import { addTime, MIN_TIME, type Profile, type Topic, type Value } from '../../model';
import { POLICIES, type Policy } from '../profiles';
import { DEFAULTS } from '../stream/options';
import { CurrentRows, RunFacts, type Cell, type Fate, type KeyFacts, type Side } from './differenceCells';

export { CurrentRows, type Cell, type Side };

export type Cause = 'late dropped' | 'not yet closed' | 'duplicate' | 'stale' | 'different rule';

/** What is compared: final values, all panes, result times, bounds of sessions. */
export const FACETS = ['value', 'panes', 'time', 'bounds'] as const;
export type Facet = (typeof FACETS)[number];

/** One window of one key (or sessions that overlap) in which two runs differ. */
export interface CellDifference {
  key: Value[];
  left: Cell[];
  right: Cell[];
  cause: Cause;
  /** Rule of the semantics that makes the difference. */
  rule: string;
  /** Row of S18, where the profiles differ in it. */
  topic: Topic | null;
  /** The profiles that differ in the topic. */
  profiles: [left: Profile, right: Profile] | null;
  /** Inputs, as the left run numbers them, of the events that only one of the runs has counted. */
  inputs: number[];
}

/** A cause, without its cell. */
type Reason = Pick<CellDifference, 'cause' | 'rule' | 'topic' | 'profiles'>;

/**
 * Where two finished, traced runs over the same log differ, and why. Windows of one key that overlap are compared
 * together, because sessions may be cut in different ways. A cause is never taken from the names of the profiles: it is
 * what became of the events that only one side has counted, and where time stood when they came. By start, then key.
 */
export function difference(left: Side, right: Side, facets: readonly Facet[] = ['value']): CellDifference[] {
  const sides = [new RunFacts(left), new RunFacts(right)] as const;
  const names = [...new Set(sides.flatMap(({ keys }) => [...keys.keys()]))];
  const found: CellDifference[] = [];
  for (const name of names) {
    const facts = sides.map((side) => side.keys.get(name) ?? null) as [KeyFacts | null, KeyFacts | null];
    const key = (facts[0] ?? facts[1])!.key;
    for (const pair of together(facts)) {
      const comparison = new Comparison(sides, facts, pair);
      const reason = comparison.reason(facets);
      if (reason) found.push({ key, left: pair[0], right: pair[1], ...reason, inputs: comparison.contested });
    }
  }
  const start = ({ left, right }: CellDifference): number => Math.min(...[...left, ...right].map((cell) => cell.start));
  return found.sort((a, b) => start(a) - start(b));
}

type Pair = [left: Cell[], right: Cell[]];

/** Windows on a grid meet their like; sessions meet what overlaps them. */
function together([left, right]: [KeyFacts | null, KeyFacts | null]): Pair[] {
  const all = [
    ...(left?.cells ?? []).map((cell) => ({ cell, side: 0 })),
    ...(right?.cells ?? []).map((cell) => ({ cell, side: 1 })),
  ].sort((a, b) => a.cell.start - b.cell.start || a.cell.last - b.cell.last);
  const pairs: Pair[] = [];
  for (const { cell, side } of all) {
    const found = pairs.find((pair) => pair.some((cells, of) => of !== side && cells.some((one) => meets(one, cell))));
    const pair = found ?? ([[], []] as Pair);
    if (!found) pairs.push(pair);
    pair[side].push(cell);
  }
  return pairs;
}

/** Sessions of two runs overlap; windows of a grid are the same or have nothing to do with one another. */
const meets = (a: Cell, b: Cell): boolean =>
  (a.start === b.start && a.last === b.last) || (a.isSession && b.isSession && a.start <= b.last && b.start <= a.last);

class Comparison {
  private readonly counted: [Set<string>, Set<string>];

  constructor(
    private readonly sides: readonly [RunFacts, RunFacts],
    private readonly facts: [KeyFacts | null, KeyFacts | null],
    private readonly pair: Pair,
  ) {
    this.counted = [this.countedBy(0), this.countedBy(1)];
  }

  /** Events that one side has counted and the other has not. */
  get contested(): number[] {
    const [left, right] = this.counted;
    const events = [...left]
      .filter((event) => !right.has(event))
      .concat([...right].filter((event) => !left.has(event)));
    return events.map((event) => this.sides[0].inputOf(event) ?? -1).filter((input) => input >= 0);
  }

  reason(facets: readonly Facet[]): Reason | null {
    const [left, right] = this.pair;
    const same = (of: (cell: Cell) => unknown): boolean =>
      JSON.stringify(left.map(of)) === JSON.stringify(right.map(of));
    if (facets.includes('value') && !same(({ current, start, last }) => [current.rows, start, last]))
      return this.whyValues();
    if (facets.includes('bounds') && !same(({ end }) => end)) return this.differing('sessionEnd');
    if (facets.includes('panes') && !same(({ panes }) => panes)) return this.whyPanes();
    if (facets.includes('time') && !same(({ time }) => time)) return this.differing('resultTime');
    return null;
  }

  /** Events in a side's cells that an emission has counted. */
  private countedBy(side: 0 | 1): Set<string> {
    const events = new Set<string>();
    for (const cell of this.pair[side]) {
      for (const fate of this.facts[side]?.written ?? []) {
        if (isIn(fate, cell) && fate.input <= cell.emittedAt) events.add(fate.event);
      }
    }
    return events;
  }

  private whyValues(): Reason {
    for (const side of [0, 1] as const) {
      const other = side === 0 ? 1 : 0;
      for (const event of this.counted[side]) {
        if (!this.counted[other].has(event)) return this.whyMissing(event, other);
      }
    }
    // The same events everywhere: they are cut into windows, or emitted, in different ways.
    const [left, right] = this.pair;
    const cut = (cells: Cell[]): string => JSON.stringify(cells.map(({ start, last }) => [start, last]));
    if (cut(left) !== cut(right)) return this.differing(left.length && right.length ? 'touching' : 'emptyPane');
    const again = [left, right].some((cells) => cells.some((cell) => cell.current.rows.length > 1));
    if (again) return { cause: 'duplicate', rule: 'S6.2', topic: null, profiles: null };
    return { cause: 'different rule', rule: 'S6.1', topic: null, profiles: null };
  }

  /** Why `side` has not counted an event that the other one has. */
  private whyMissing(event: string, side: 0 | 1): Reason {
    const facts = this.facts[side];
    const [here, there] = [this.sides[side], this.sides[side === 0 ? 1 : 0]];
    const cells = this.pair[side === 0 ? 1 : 0];
    const cell = cells.find((one) =>
      (this.facts[side === 0 ? 1 : 0]?.written ?? []).some((fate) => fate.event === event && isIn(fate, one)),
    )!;
    const dropped = facts?.dropped.find((fate) => fate.event === event);
    const written = facts?.written.find((fate) => fate.event === event && isIn(fate, cell));
    if (written) return this.whyNotEmitted(written, cell, side);
    if (dropped) return this.whyDropped(dropped, cell, here, there);
    if (cell.start < 0 && !here.policies.negativeStart.is) return this.differing('negativeStart');
    return { cause: 'different rule', rule: 'S2.3', topic: null, profiles: null };
  }

  /** The event is in the state of `side`, but the window has not emitted since. */
  private whyNotEmitted(written: Fate, cell: Cell, side: 0 | 1): Reason {
    const here = this.sides[side];
    const isHeld = this.facts[side]!.held.some(
      ({ start, end }) => start >= cell.start && (cell.isSession ? start <= cell.last : end <= cell.end),
    );
    const hasEmitted = this.pair[side].some((one) => one.start === cell.start);
    if (isHeld && !hasEmitted)
      return this.differing(here.policies.quiet.is === 'record' ? 'quiet' : 'emission', 'not yet closed');
    if (isHeld) return this.differing('lateElement', 'stale');
    // It went into a slice that later windows share; this one had expired (S5.4).
    return this.whyDropped(written, cell, here, this.sides[side === 0 ? 1 : 0]);
  }

  /** Why `here` had no window for an event any more, where `there` still had. */
  private whyDropped(fate: Fate, cell: Cell, here: RunFacts, there: RunFacts): Reason {
    const cause = 'late dropped';
    const { lateness } = here.side.options;
    const clock = here.clockAt(fate.input);
    const isSession = here.cut.by === 'rows';
    const gap = here.cut.by === 'rows' ? here.cut.gap : 0;
    const gone = (last: number): boolean => addTime(last, lateness) <= clock;
    // Its window was not expired: something else had closed it.
    const own = isSession ? addTime(fate.time, gap) - 1 : cell.last;
    if (!gone(own)) return this.differing('finished', cause);
    const ownOnly = here.policies.sessionLateness.is === 'own' && there.policies.sessionLateness.is === 'merged';
    if (isSession && ownOnly && !gone(cell.last + gap - 1)) return this.differing('sessionLateness', cause);
    if (lateness !== there.side.options.lateness) return { cause, rule: 'S5.1', topic: null, profiles: null };
    const other = there.clockAt(there.inputOf(fate.event) ?? fate.input);
    if (clock !== other && clock !== MIN_TIME) {
      const differs = here.policies.watermark.is !== there.policies.watermark.is;
      return differs ? this.differing('watermark', cause) : { cause, rule: 'S1.2', topic: null, profiles: null };
    }
    return this.differing('expiry', cause);
  }

  /** The same final value, but emitted at other moments. */
  private whyPanes(): Reason {
    const [left, right] = this.pair;
    const empty = (side: 0 | 1): boolean =>
      this.pair[side].some(({ panes }) => panes.some((pane, i) => i > 0 && isNothing(pane)));
    if (empty(0) !== empty(1)) return this.differing('emptyPane');
    const onTime = (side: 0 | 1): boolean => this.firstInput(side) > this.lastNeeded(side);
    if (left.length > 0 && right.length > 0 && onTime(0) !== onTime(1)) return this.differing('emission');
    return this.differing('lateElement');
  }

  /** Input that caused a side's first emission. */
  private firstInput(side: 0 | 1): number {
    const { results } = this.sides[side].side.run.engine;
    const [cell] = this.pair[side];
    for (let row = 0; row < results.length; row += 1) {
      if (results.rows.id1[row] === cell.start && results.rows.id2[row] === cell.end) return results.rows.input[row];
    }
    return -1;
  }

  private lastNeeded(side: 0 | 1): number {
    return Math.min(...[...this.counted[side]].map((event) => this.sides[side].inputOf(event)!));
  }

  private differing(topic: Topic, cause: Cause = 'different rule'): Reason {
    const [left, right] = this.sides.map(({ policies }) => policies[topic] as Policy<unknown>);
    const differ = left.is !== right.is;
    // The side that departs from the default rules names the rule.
    const { rule } = right.is === POLICIES[DEFAULTS.profile][topic].is ? left : right;
    if (!differ) return { cause, rule, topic: null, profiles: null };
    const [one, other] = this.sides;
    return { cause, rule, topic, profiles: [one.side.options.profile, other.side.options.profile] };
  }
}

/** A slice lies in a window; the state of a window is the window's own, that of a session may have grown since. */
const isIn = (fate: Fate, cell: Cell): boolean =>
  cell.isSession
    ? fate.time >= cell.start && fate.time <= cell.last
    : fate.start >= cell.start && fate.end <= cell.end && fate.time >= cell.start && fate.time <= cell.last;

/** What an aggregate gives for no rows. */
const isNothing = (pane: Value[]): boolean => pane.some((value) => value === 0 || value === null);
