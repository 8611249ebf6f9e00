import { TidemarkError } from './error';

/** Milliseconds since the epoch, UTC. Always an integer. */
export type Timestamp = number;
/** A span of time in milliseconds. */
export type Duration = number;

/** The largest and smallest time there is. Sums with durations saturate here. */
export const MAX_TIME: Timestamp = Number.MAX_SAFE_INTEGER;
export const MIN_TIME: Timestamp = Number.MIN_SAFE_INTEGER;

/** Whether it is a time, and neither end of time: those stand for what has not happened, or never will. */
export const isTime = (time: Timestamp): boolean => time > MIN_TIME && time < MAX_TIME;

export const seconds = (n: number): Duration => n * 1_000;
export const minutes = (n: number): Duration => n * 60_000;
export const hours = (n: number): Duration => n * 3_600_000;
export const days = (n: number): Duration => n * 86_400_000;

/** `time + span`, saturating at the ends of time. */
export function addTime(time: Timestamp, span: Duration): Timestamp {
  if (time === MAX_TIME || time === MIN_TIME) return time;
  const sum = time + span;
  return sum > MAX_TIME ? MAX_TIME : sum < MIN_TIME ? MIN_TIME : sum;
}

/** The largest multiple of `size` (shifted by `offset`) at or before `time`; right for negative times too (S2.2). */
export function floorTime(time: Timestamp, size: Duration, offset: Duration = 0): Timestamp {
  const shifted = (time - offset) % size;
  return time - (shifted < 0 ? shifted + size : shifted);
}

const DAY = 86_400_000;

/** Year, month and day of a day number (days since 1970-01-01), by the civil calendar. */
export function civilDate(day: number): { year: number; month: number; day: number } {
  // Days are counted from 0000-03-01, so that the leap day is the last of its year.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

/** Day number of a civil date; the inverse of `civilDate`. */
export function dayNumber(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-11-02`. */
export function formatDate(time: Timestamp): string {
  const { year, month, day } = civilDate(Math.floor(time / DAY));
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** `10:15`, `10:15:30` or `10:15:30.250`: as many parts as the time has, at least `least`. */
export function formatClock(time: Timestamp, least: 'minutes' | 'seconds' = 'minutes'): string {
  if (time === MAX_TIME) return 'end of time';
  if (time === MIN_TIME) return 'none yet';
  const inDay = time - Math.floor(time / DAY) * DAY;
  const hour = Math.floor(inDay / 3_600_000);
  const minute = Math.floor(inDay / 60_000) % 60;
  const second = Math.floor(inDay / 1_000) % 60;
  const milli = inDay % 1_000;
  const head = `${two(hour)}:${two(minute)}`;
  if (milli) return `${head}:${two(second)}.${String(milli).padStart(3, '0')}`;
  return second || least === 'seconds' ? `${head}:${two(second)}` : head;
}

/** `2026-11-02 10:15:30.250`, the SQL literal of a timestamp; milliseconds only where there are any. */
export function formatTime(time: Timestamp, least: 'minutes' | 'seconds' = 'seconds'): string {
  if (time === MAX_TIME || time === MIN_TIME) return formatClock(time);
  return `${formatDate(time)} ${formatClock(time, least)}`;
}

/** `2 min`, `1 h 30 min`, `250 ms`: the shortest exact spelling. */
export function formatDuration(span: Duration): string {
  if (span === 0) return '0 s';
  if (span >= MAX_TIME) return 'for ever';
  let rest = Math.abs(span);
  const parts: string[] = [];
  for (const [size, unit] of [
    [DAY, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
    [1, 'ms'],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count) parts.push(`${count} ${unit}`);
    rest -= count * size;
  }
  return (span < 0 ? '−' : '') + parts.join(' ');
}

const UNITS: Record<string, Duration> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: DAY,
  day: DAY,
  days: DAY,
};

/**
 * Reads `2 min`, `1h30m`, `6.5 s`, `0`. Throws a TidemarkError for anything else, or where the span is not a whole
 * number of milliseconds.
 */
export function parseDuration(text: string | number): Duration {
  const source = String(text).trim();
  const fail = (): never => {
    throw new TidemarkError({
      what: 'not a duration',
      expected: 'a number with ms, s, min, h or d, such as 2 min',
      found: JSON.stringify(source),
    });
  };
  if (/^[-−]?0+(\.0+)?$/.test(source)) return 0;
  const negative = /^[-−]/.test(source);
  const body = source.replace(/^[-−]\s*/, '');
  const pattern = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gy;
  let total = 0;
  let end = 0;
  for (let match = pattern.exec(body); match; match = pattern.exec(body)) {
    const unit = UNITS[match[2]];
    if (!unit) fail();
    total += Number(match[1]) * unit;
    end = pattern.lastIndex;
  }
  const whole = Math.round(total);
  if (!body || end !== body.length || Math.abs(whole - total) > 1e-6 || whole > MAX_TIME) fail();
  return negative ? -whole : whole;
}

/**
 * Reads `2026-11-02 10:15:30.250`, `2026-11-02T10:15`, `2026-11-02`, or a clock time such as `10:15` on the day of
 * `base`. Always UTC. Throws a TidemarkError for anything else.
 */
export function parseTime(text: string, base: Timestamp = 0): Timestamp {
  const match =
    /^\s*(?:(\d{4})-(\d{2})-(\d{2}))?(?:[T ]?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?Z?\s*$/.exec(text);
  const [, year, month, day, hour, minute, second, milli] = match ?? [];
  const date = year === undefined ? Math.floor(base / DAY) : dayNumber(Number(year), Number(month), Number(day));
  const real =
    year === undefined ||
    (Number(month) >= 1 &&
      Number(month) <= 12 &&
      Number(day) >= 1 &&
      formatDate(date * DAY) === `${year}-${month}-${day}`);
  if (
    !match ||
    (year === undefined && hour === undefined) ||
    !real ||
    Number(hour ?? 0) > 23 ||
    Number(minute ?? 0) > 59 ||
    Number(second ?? 0) > 59
  ) {
    throw new TidemarkError({
      what: 'not a time',
      expected: 'a UTC time such as 10:15 or 2026-11-02 10:15:30',
      found: JSON.stringify(text),
    });
  }
  return (
    date * DAY +
    Number(hour ?? 0) * 3_600_000 +
    Number(minute ?? 0) * 60_000 +
    Number(second ?? 0) * 1_000 +
    Number((milli ?? '').padEnd(3, '0'))
  );
}
