import { BIGINT, civilDate, floorTime } from '../../model';
import { type EXTRACTED, type SPANS } from '../../sql/plan';
import { type Evaluator } from './evaluator';
import { arithmetic, mapNumbers } from './numeric';

type Span = (typeof SPANS)[number];
type Field = (typeof EXTRACTED)[number];

const MS: Record<Span, number> = { DAY: 86_400_000, HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1_000, MILLISECOND: 1 };

/** How many of a unit make the next larger one; of days, all are counted. */
const MOST: Record<Span, number> = { DAY: Infinity, HOUR: 24, MINUTE: 60, SECOND: 60, MILLISECOND: 1_000 };

const wholeUnits = (ms: number, unit: Span): number => (ms - (ms % MS[unit])) / MS[unit];

/** TIMESTAMPDIFF: whole units from one time to the other, cut towards zero. */
export const timestampDiff = (unit: Span, from: Evaluator, to: Evaluator): Evaluator =>
  mapNumbers(arithmetic('-', to, from, BIGINT), BIGINT, (ms) => wholeUnits(ms, unit), 'TIMESTAMPDIFF');

/** EXTRACT from a span, ms: the field that a clock would show, with the sign of the span. */
export const fieldOfSpan = (unit: Span, span: Evaluator): Evaluator =>
  mapNumbers(span, BIGINT, (ms) => wholeUnits(ms, unit) % MOST[unit], 'EXTRACT');

const dateOf = (ms: number): ReturnType<typeof civilDate> => civilDate(Math.floor(ms / MS.DAY));
const ofClock = (unit: Exclude<Span, 'DAY'>) => (ms: number) =>
  wholeUnits(ms - floorTime(ms, MS.DAY), unit) % MOST[unit];

const FIELDS: Record<Field, (ms: number) => number> = {
  YEAR: (ms) => dateOf(ms).year,
  MONTH: (ms) => dateOf(ms).month,
  DAY: (ms) => dateOf(ms).day,
  // The first day of all was a Thursday.
  DOW: (ms) => ((((Math.floor(ms / MS.DAY) + 4) % 7) + 7) % 7) + 1,
  HOUR: ofClock('HOUR'),
  MINUTE: ofClock('MINUTE'),
  SECOND: ofClock('SECOND'),
  MILLISECOND: ofClock('MILLISECOND'),
  EPOCH: (ms) => Math.floor(ms / MS.SECOND),
};

/** EXTRACT from a time: one field of it in UTC. */
export const fieldOfTime = (field: Field, time: Evaluator): Evaluator =>
  mapNumbers(time, BIGINT, FIELDS[field], 'EXTRACT');
