import { formatDuration, formatType, parseDuration, parseTime, TidemarkError, type Value } from '../model';
import { type Unit } from '../notebook/document';
import { readField, showField } from './player/field';

/** Reads what a reader typed, in a unit: `€36`, `36.00`, `90 s`, `98 %`, `10:15`. Throws a TidemarkError. */
export function readUnit(text: string, unit: Unit): Value {
  const source = text.trim();
  const fail = (expected: string): never => {
    throw new TidemarkError({
      what: 'this cannot be read',
      expected,
      found: source === '' ? 'nothing' : JSON.stringify(source),
    });
  };
  if (typeof unit === 'object') {
    if (unit.name === 'TIMESTAMP') return parseTime(source);
    if (source === '') fail(formatType(unit));
    const plain = source
      .replace(/[€\s\u202f]/g, '')
      .replace('−', '-')
      .replace(/,(?=\d{3}\b)/g, '')
      .replace(',', '.');
    return readField(unit.name === 'STRING' ? source : plain, { name: 'your answer', type: unit, nullable: false });
  }
  switch (unit) {
    case 'duration':
      return parseDuration(source);
    case 'boolean':
      return /^(yes|true)$/i.test(source) ? true : /^(no|false)$/i.test(source) ? false : fail('yes or no');
    case 'text':
      return source;
    case 'share': {
      const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(source);
      if (!match) return fail('a share, such as 98 %');
      return match[2] || Number(match[1]) > 1 ? Number(match[1]) / 100 : Number(match[1]);
    }
    case 'number': {
      const number = Number(source.replace(/[\s\u202f]/g, '').replace(/,(?=\d{3}\b)/g, ''));
      return source !== '' && Number.isFinite(number) ? number : fail('a number');
    }
  }
}

/** What the reader is asked to type. */
export function exampleOf(unit: Unit): string {
  if (typeof unit === 'object') return unit.name === 'DECIMAL' ? 'such as 36.00' : showField(0, unit);
  return {
    duration: `such as ${formatDuration(90_000)}`,
    number: 'a number',
    share: 'such as 98 %',
    boolean: 'yes or no',
    text: '',
  }[unit];
}

/** How far two answers are apart, where that means something. */
export function gapOf(bet: Value, answer: Value): number | null {
  return typeof bet === 'number' && typeof answer === 'number' ? Math.abs(bet - answer) : null;
}
