import { adds, BIGINT, BOOLEAN, type Column, type ColumnBatch } from '../model';
import { KeyTable } from './state/keys';

/**
 * The rows of a changelog that stand in the end, by their places, in order. `values`: a row that takes back takes back
 * the newest equal one. `identity`: a row replaces or takes back the one with its key.
 */
export function standing(log: ColumnBatch, same: 'values' | 'identity'): Int32Array {
  const { kind, length } = log;
  const stands = new Uint8Array(length).fill(1);
  if (same === 'identity' || kind.subarray(0, length).some((one) => !adds(one))) {
    const names = same === 'values' ? namesOf(log.columns, length) : namesOf(identityOf(log), length);
    /** By name: the newest row that stands, and by row: the one that stood before it; one more, 0 for none. */
    const newest = new Int32Array(length);
    const before = new Int32Array(length);
    for (let row = 0; row < length; row += 1) {
      const name = names[row];
      const top = newest[name];
      const isNew = adds(kind[row]);
      if (top !== 0 && (!isNew || same === 'identity')) {
        stands[top - 1] = 0;
        newest[name] = before[top - 1];
      }
      if (isNew) {
        before[row] = newest[name];
        newest[name] = row + 1;
      } else stands[row] = 0;
    }
  }
  return Int32Array.from({ length }, (_, row) => row).filter((row) => stands[row] === 1);
}

/** A number for each row, the same for rows of equal values. */
function namesOf(columns: Column[], length: number): Int32Array {
  const told = columns.flatMap((column) => [column, ...signsOfZero(column, length)]);
  const table = new KeyTable(told.map(({ type }, i) => ({ name: String(i), type, nullable: true })));
  const names = new Int32Array(length);
  table.intern(told, 0, length, names);
  return names;
}

const identityOf = ({ id0, id1, id2 }: ColumnBatch): Column[] =>
  [id0, id1, id2].map((data) => ({ type: BIGINT, data, valid: null, dictionary: null }));

/** Keys take 0 and −0 for one number; values are two: a column that tells them apart, where there is a −0. */
function signsOfZero({ type, data }: Column, length: number): Column[] {
  if (type.name !== 'DOUBLE' || !data.subarray(0, length).some((value) => Object.is(value, -0))) return [];
  const signs = Uint8Array.from({ length }, (_, row) => Number(Object.is(data[row], -0)));
  return [{ type: BOOLEAN, data: signs, valid: null, dictionary: null }];
}
