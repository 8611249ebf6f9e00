import { BIGINT, BOOLEAN, type ColumnType, DATE, decimal, DOUBLE, INT, STRING, TIMESTAMP } from '../model';
import { type Cursor } from './cursor';
import { fail } from './fail';
import { type Token } from './lexer';
import { didYouMean, nearest } from './suggest';

const PLAIN_TYPES: ReadonlyMap<string, ColumnType> = new Map([
  ['BOOLEAN', BOOLEAN],
  ['INT', INT],
  ['INTEGER', INT],
  ['BIGINT', BIGINT],
  ['DOUBLE', DOUBLE],
  ['STRING', STRING],
  ['DATE', DATE],
]);
export const TYPE_NAMES = ['BOOLEAN', 'INT', 'BIGINT', 'DOUBLE', 'DECIMAL', 'STRING', 'DATE', 'TIMESTAMP'];
/** Types of other engines, and of Flink, that are one of ours in effect. */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ['VARCHAR', 'STRING'],
  ['CHAR', 'STRING'],
  ['TEXT', 'STRING'],
  ['FLOAT', 'DOUBLE'],
  ['REAL', 'DOUBLE'],
  ['NUMERIC', 'DECIMAL(10,2)'],
  ['SMALLINT', 'INT'],
  ['TINYINT', 'INT'],
  ['LONG', 'BIGINT'],
  ['BOOL', 'BOOLEAN'],
  ['DATETIME', 'TIMESTAMP(3)'],
  ['TIMESTAMP_LTZ', 'TIMESTAMP(3)'],
]);

export function parseType(cursor: Cursor): ColumnType {
  const { token } = cursor;
  cursor.want('a type');
  if (token.kind !== 'word') cursor.unexpected();
  const plain = PLAIN_TYPES.get(token.word);
  if (plain) {
    cursor.at += 1;
    return plain;
  }
  if (token.word === 'TIMESTAMP') {
    cursor.at += 1;
    const { place } = cursor.token;
    const [precision = 3] = typeParameters(cursor);
    if (precision !== 3) badType(place, 'times are held to the millisecond', '3', precision, 'Write TIMESTAMP(3).');
    return TIMESTAMP;
  }
  if (token.word === 'DECIMAL') {
    cursor.at += 1;
    const [precision = 10, scale = 0] = typeParameters(cursor);
    if (precision < 1 || precision > 38 || scale > precision) {
      const found = `${precision}, ${scale}`;
      const hint = 'Money is DECIMAL(10,2): ten digits, two of them behind the point.';
      badType(
        token.place,
        'there is no such decimal',
        'up to 38 digits, and no more of them behind the point',
        found,
        hint,
      );
    }
    return decimal(precision, scale);
  }
  const ours = OTHER_TYPES.get(token.word);
  const hint = ours ? `Write ${ours}.` : didYouMean(token.text, TYPE_NAMES, 'types');
  badType(
    token.place,
    'there is no such type here',
    nearest(token.text, TYPE_NAMES) ?? ours ?? 'a type',
    token.text,
    hint,
  );
}

function badType(place: Token['place'], what: string, expected: string, found: string | number, hint: string): never {
  fail(place, { what, expected, found: String(found), hint });
}

function typeParameters(cursor: Cursor): number[] {
  if (!cursor.accept('(')) return [];
  const parameters = cursor.list(() => wholeNumber(cursor));
  if (parameters.length > 2) cursor.unexpected();
  cursor.expect(')');
  return parameters;
}

function wholeNumber(cursor: Cursor): number {
  cursor.want('a whole number');
  const { token } = cursor;
  if (token.kind !== 'number' || !/^\d{1,3}$/.test(token.text)) cursor.unexpected();
  cursor.at += 1;
  return Number(token.text);
}
