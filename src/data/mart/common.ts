import { days, Dictionary, type Timestamp } from '../../model';
import { type Random } from '../../sim/random';
import { START } from './size';

/**
 * `ACC_%08d` and its like: a prefix and a number from 0 with a fixed count of digits. Every table that names the thing has
 * the same dictionary for it.
 */
export const numbered = (prefix: string, count: number, digits: number): Dictionary =>
  new Dictionary(Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(digits, '0')}`));

/** A whole number of days before `START`, at a random moment of the day. */
export const momentBefore = (random: Random, mostDays: number): Timestamp =>
  START - 1 - Math.floor(random.float() * days(mostDays));

export const dayOf = (time: Timestamp): Timestamp => Math.floor(time / days(1)) * days(1);
