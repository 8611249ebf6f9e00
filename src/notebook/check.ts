import { type Value } from '../model';
import { METRIC_FACTS, type Check, type ExerciseCell, type PredictCell, type Query } from './document';
import { formatUnit } from './units';

/** Answers a query on the reader's run; null where there is no such value. */
export type Ask = (query: Query) => Promise<Value>;

export interface Verdict {
  /** Name of the check. */
  name: string;
  passed: boolean;
  /** What the run answers, as prose writes it. */
  found: string;
  message: string;
}

/** Judges a run against the checks of an exercise, in their order. Fails only as `ask` fails. */
export async function judge(exercise: Pick<ExerciseCell, 'checks'>, ask: Ask): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const check of exercise.checks) verdicts.push(await judgeOne(check, ask));
  return verdicts;
}

async function judgeOne(check: Check, ask: Ask): Promise<Verdict> {
  const { name, query, unit, is } = check;
  const found = await ask(query);
  const wanted = is.op !== 'equals' ? is.value : query.ask === 'agrees' ? true : await ask(asBatch(query));
  const passed = holds(found, is.op === 'equals' ? '=' : is.op, wanted);
  const shown = formatUnit(found, unit);
  return { name, passed, found: shown, message: say(check, shown, formatUnit(wanted, unit)) };
}

/** The same question to the batch executor over the same events. */
function asBatch(query: Query): Query {
  return query.ask === 'value' ? query : { ...query, set: { ...query.set, run: 'batch' } };
}

/** Each bound in words, and whether a number keeps it. */
const BOUNDS = {
  '<=': { words: 'at most ', holds: (a: number, b: number) => a <= b },
  '>=': { words: 'at least ', holds: (a: number, b: number) => a >= b },
  '<': { words: 'less than ', holds: (a: number, b: number) => a < b },
  '>': { words: 'more than ', holds: (a: number, b: number) => a > b },
};

function holds(found: Value, op: '=' | keyof typeof BOUNDS, wanted: Value): boolean {
  if (op === '=') return same(found, wanted, 0);
  return found !== null && wanted !== null && BOUNDS[op].holds(Number(found), Number(wanted));
}

/** What a question is about, at the beginning of a sentence. */
function subjectOf(query: Exclude<Query, { ask: 'agrees' }>): string {
  switch (query.ask) {
    case 'metric':
      return METRIC_FACTS[query.metric].words;
    case 'count':
      return 'The number of rows';
    case 'differences':
      return 'Windows that differ';
    case 'panes':
      return 'The number of panes';
    case 'value':
      return 'The value';
    default:
      return query.column;
  }
}

/** The author's words, or plain ones. */
function say({ message, query, is }: Check, found: string, wanted: string): string {
  if (message) return message.replaceAll('{found}', found).replaceAll('{wanted}', wanted);
  if (query.ask === 'agrees')
    return found === 'yes'
      ? 'The result equals that of a batch run over the same events.'
      : 'The result differs from that of a batch run over the same events.';
  const sign = is.op === '=' || is.op === 'equals' ? '' : BOUNDS[is.op].words;
  return `${subjectOf(query)}: wanted ${sign}${wanted}, found ${found}.`;
}

/** Whether a bet is right: equal to the run's answer, or within the tolerance for a typed number. */
export function betHolds(cell: Pick<PredictCell, 'tolerance'>, bet: Value, answer: Value): boolean {
  return same(bet, answer, cell.tolerance);
}

/** Doubles that differ in the last digits only are the same answer. */
function same(a: Value, b: Value, tolerance: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= Math.max(tolerance, 1e-9 * Math.max(Math.abs(a), Math.abs(b)));
}
