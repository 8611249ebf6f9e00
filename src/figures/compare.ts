import { formatClock, MIN_TIME, type Schema, type Value, type Where } from '../model';
import { type ComparedCell, type Comparison, type EndDifference } from '../session/protocol';
import { type Chosen, type TextTable } from './figure';
import { eventPhrase, formatSpan, keyPhrase } from '../words/phrases';
import { policyText } from '../words/policies';

type Cause = EndDifference['cause'];

/**
 * What runs over the same events say of each window at one time of the clock that they share. The first run is the one
 * that the others are held against.
 */
export interface AnswerRow {
  /** Place among the cells of the comparison. */
  at: number;
  window: string;
  key: string;
  answers: Answer[];
  /** Whether some run differs in the end. */
  differs: boolean;
}

export interface Answer {
  /** The current value; empty before the first emission. */
  text: string;
  /** How it differs from the first run now; null where it does not. */
  cause: Cause | null;
  /** Rule that makes the difference, once both say what they end with. */
  rule: string | null;
}

/** The value at a time: the last one emitted until then. */
export function stoodAt(history: ComparedCell['stands'][number], time: number): string {
  let text = '';
  for (const one of history) {
    if (one.processing > time) break;
    text = one.text;
  }
  return text;
}

/** A row per window of a key, at a time of the clock. */
export function answersAt(comparison: Comparison, time: number): AnswerRow[] {
  return comparison.cells.map((cell, at) => ({
    at,
    window: formatSpan(cell.start, cell.end),
    key: keyPhrase(cell.values),
    answers: cell.stands.map((_, run) => answerAt(cell, run, time)),
    differs: cell.differs.some((one) => one !== null),
  }));
}

function answerAt({ stands, differs }: ComparedCell, run: number, time: number): Answer {
  const text = stoodAt(stands[run], time);
  const [first] = stands;
  const ended = [first, stands[run]].every((history) => (history.at(-1)?.processing ?? -Infinity) <= time);
  const end = differs[run];
  if (ended) return { text, cause: end?.cause ?? null, rule: end?.rule ?? null };
  const other = stoodAt(first, time);
  if (text === other) return { text, cause: null, rule: null };
  // One of them has not emitted yet, or has not corrected its value.
  return { text, cause: text === '' || other === '' ? 'not yet closed' : 'stale', rule: null };
}

/** Rows of the clock at which some answer changes. */
export function changesOf({ clock, cells }: Comparison): number[] {
  const times = new Set(cells.flatMap(({ stands }) => stands.flat().map(({ processing }) => processing)));
  return Array.from({ length: clock.length }, (_, row) => row).filter((row) => times.has(clock.columns[0].data[row]));
}

/** What each cause means, where no rule of a profile states it better. */
const CAUSE_TEXTS: Record<Cause, string> = {
  'late dropped': 'One run dropped an event as too late that the other one counted.',
  'not yet closed': 'One run has not emitted this window yet.',
  duplicate: 'Panes that add up count an event more than once.',
  stale: 'One run has not emitted an event that it has counted.',
  'different rule': 'The same events are cut, counted or timed by another rule.',
};

/** Why a run ends differently from the first, in sentences. */
export function reasonOf(difference: EndDifference, [first, other]: readonly [string, string]): string[] {
  const { cause, topic, profiles } = difference;
  if (topic === null || profiles === null) return [CAUSE_TEXTS[cause]];
  const [here, there] = profiles;
  return [`${first}: ${policyText(here, topic)}`, `${other}: ${policyText(there, topic)}`];
}

/** The events that only one of two runs has counted. */
export function eventsTable(difference: EndDifference, first: string, other: string): TextTable {
  const rows = difference.events.map(({ values, time, processing, fates }) => [
    eventPhrase(values),
    formatClock(time, 'seconds'),
    formatClock(processing, 'seconds'),
    ...fates,
  ]);
  const columns = ['event', 'event time', 'arrived', `for ${first}`, `for ${other}`];
  return { caption: `Events that ${first} or ${other} has not counted`, columns, rows };
}

/**
 * What pictures can be narrowed to, as a document writes it: the values of a key that all tables which they draw have
 * as columns.
 */
export function whereOf({ key }: ComparedCell, tables: readonly Schema[]): Where {
  const where: Where = {};
  for (const [name, value] of Object.entries(key)) {
    const found = tables.map((schema) => schema.find((one) => one.name.toLowerCase() === name.toLowerCase()));
    const type = found[0]?.type;
    if (value === null || !type || found.some((one) => !one)) continue;
    where[name] = type.name === 'DECIMAL' ? Number(value) / 10 ** type.scale : value;
  }
  return where;
}

/** Tells the marks of a picture that are of one cell: its window, or each session in it. */
export function chosenIn({ key, start, end }: ComparedCell, sessions: boolean): Chosen {
  const names = Object.keys(key);
  const isKey = (of: Record<string, Value>): boolean =>
    names.every((name) => !Object.hasOwn(of, name) || of[name] === key[name]);
  const isSpan = (from: number, to: number): boolean =>
    // Of the window without bounds there is one for each key.
    from <= MIN_TIME || (sessions ? from >= start && to <= end : from === start && to === end);
  return (target) => {
    if (target.kind === 'window') return isKey(target.key) && isSpan(target.start, target.end);
    return target.kind === 'row' && target.span !== undefined && isKey(target.row) && isSpan(...target.span);
  };
}
