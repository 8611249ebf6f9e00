import { formatClock, formatDuration, formatTime, formatValue, MAX_TIME, MIN_TIME, type NamedValue } from '../../model';

/** `10:05:00` */
export const clock = (time: number): string => formatClock(time, 'seconds');

/** `[10:00, 10:05)` */
export const span = ({ start, end }: { start: number; end: number }): string =>
  `[${formatClock(start)}, ${formatClock(end)})`;

/** `10:00–10:05`: clock times as short as they are. */
export function formatSpan(start: number, end: number, days = false): string {
  if (start <= MIN_TIME && end >= MAX_TIME) return 'all time';
  const write = (time: number) => (days ? formatTime(time, 'minutes') : formatClock(time));
  return `${write(start)}–${write(end)}`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

/** A span as people say it: whole seconds from a minute on, whole minutes from a day on. */
export function roughly(span: number): string {
  const unit = Math.abs(span) >= DAY ? MINUTE : Math.abs(span) >= MINUTE ? SECOND : 1;
  return formatDuration(Math.round(span / unit) * unit);
}

/** `1 row`, `2 rows` */
export const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** `card 7, city Rome` */
export const listed = (values: readonly NamedValue[]): string =>
  values.map(({ name, value, type }) => `${name} ${formatValue(value, type)}`).join(', ');

/** `card 7`; `all` where there is no key. */
export const keyPhrase = (key: readonly NamedValue[]): string => listed(key) || 'all';

/** An event by its values, without its times. */
export const eventPhrase = (values: readonly NamedValue[]): string =>
  listed(values.filter(({ value, type }) => value !== null && type.name !== 'TIMESTAMP'));

/** ` of card 7`; nothing where there is no key. */
export const ofKey = (key: readonly NamedValue[]): string => (key.length === 0 ? '' : ` of ${listed(key)}`);
