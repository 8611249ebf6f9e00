import { makeTable, readValue, writeValue, reserve, isNull, type Table } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type KeyTable } from '../../keys';

/** Writes the values of all keys by id, so that an operator that never saw them can go on. */
export function saveKeys(table: Table, writer: StateWriter): void {
  writer.number(table.length);
  for (const column of table.columns) {
    writer.small(Uint8Array.from({ length: table.length }, (_, id) => (isNull(column, id) ? 0 : 1)));
    if (column.dictionary) {
      for (let id = 0; id < table.length; id += 1) writer.text(String(readValue(column, id) ?? ''));
    } else writer.floats(Float64Array.from({ length: table.length }, (_, id) => column.data[id]));
  }
}

/** Keys have the ids again that they were saved with; those that the operator has seen since stay behind them. */
export function restoreKeys(keys: KeyTable, reader: StateReader): void {
  const length = reader.number();
  const table = makeTable(keys.table.schema);
  reserve(table, length);
  table.length = length;
  for (const column of table.columns) {
    const valid = reader.small();
    const numbers = column.dictionary ? null : reader.floats();
    for (let id = 0; id < length; id += 1) {
      const value = numbers ? numbers[id] : reader.text();
      writeValue(column, id, valid[id] === 0 ? null : value);
    }
  }
  keys.intern(table.columns, 0, length, new Int32Array(length));
}
