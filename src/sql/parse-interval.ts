import { TIME_UNITS, type TimeUnit } from './ast';
import { type Cursor } from './cursor';
import { fail } from './fail';
import { nearest } from './suggest';

export const UNIT_MS: Readonly<Record<TimeUnit, number>> = {
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1_000,
};

/** The whole number of milliseconds of `amount` units, or null where there is none. */
export function intervalMs(amount: string, unit: TimeUnit): number | null {
  if (!/^-?\d{1,15}(\.\d{1,15})?$/.test(amount)) return null;
  if (unit !== 'SECOND' && amount.includes('.')) return null;
  const exact = Number(amount) * UNIT_MS[unit];
  const whole = Math.round(exact);
  return Math.abs(exact - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : null;
}

export function parseInterval(cursor: Cursor): { ast: 'interval'; amount: string; unit: TimeUnit } {
  const sign = cursor.sees('-') ? '-' : '';
  cursor.at += sign.length;
  cursor.want('a number in quotes');
  const { token } = cursor;
  if (token.kind === 'number') {
    fail(token.place, {
      what: 'the number of an interval stands in quotes',
      expected: `'${token.text}'`,
      found: token.text,
      hint: `Write INTERVAL '${token.text}' MINUTE.`,
    });
  }
  const amount = (sign + cursor.text('a number in quotes').trim()).replace(/^--/, '');
  const unit = timeUnit(cursor);
  if (intervalMs(amount, unit) === null) {
    fail(token.place, {
      what: 'this is no span of time',
      expected: 'a number that is a whole number of milliseconds',
      found: `'${token.text}' ${unit}`,
      hint: `Write INTERVAL '5' ${unit}; only seconds have a fraction, so an hour and a half is INTERVAL '90' MINUTE.`,
    });
  }
  return { ast: 'interval', amount, unit };
}

function timeUnit(cursor: Cursor): TimeUnit {
  const { token } = cursor;
  const [, number, word] = /^(-?[\d.]+)\s*([a-z]+?)s?$/i.exec(cursor.tokens[cursor.at - 1].text) ?? [];
  if (word) {
    cursor.at -= 1;
    const unit = nearest(word, TIME_UNITS) ?? 'MINUTE';
    cursor.refuse({
      what: 'the unit of an interval stands behind its quotes',
      hint: `Write INTERVAL '${number}' ${unit}.`,
    });
  }
  for (const unit of TIME_UNITS) cursor.want(unit);
  const unit = TIME_UNITS.find((one) => token.word === one || token.word === `${one}S`);
  if (token.kind === 'word' && /^(MONTH|YEAR|QUARTER)S?$/.test(token.word)) {
    cursor.refuse({ what: 'months and years have no fixed length', hint: "Write days: INTERVAL '30' DAY." });
  }
  if (!unit || token.kind !== 'word') cursor.unexpected();
  cursor.at += 1;
  return unit;
}
