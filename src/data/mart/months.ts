import { civilDate, days, dayNumber, type Timestamp } from '../../model';

/** Months since the year 0. */
export function monthOf(time: Timestamp): number {
  const { year, month } = civilDate(Math.floor(time / days(1)));
  return year * 12 + month - 1;
}

export const monthStart = (month: number): Timestamp => days(dayNumber(Math.floor(month / 12), (month % 12) + 1, 1));

/** `2026-11`. */
export const monthText = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The first moment after a month written as `2026-11`. */
export function monthEnd(text: string): Timestamp {
  const [year, month] = text.split('-').map(Number);
  return monthStart(year * 12 + month);
}
