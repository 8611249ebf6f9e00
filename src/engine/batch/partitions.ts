import { type Schema, type Table } from '../../model';
import { type Expression } from '../../sql/plan';
import { compile } from '../expression';
import { KeyTable } from '../state/keys';

/** The key of each row of a table, by dense id in order of first sight. */
export function keyIdsOf(keys: Expression[], schema: Schema, table: Table): { ids: Int32Array; table: KeyTable } {
  const fields = keys.map((key, i) => ({ name: `key ${i + 1}`, type: key.type, nullable: true }));
  const keyTable = new KeyTable(fields);
  const ids = new Int32Array(table.length);
  const columns = keys.map((key) => compile(key, schema)(table, 0, table.length));
  keyTable.intern(columns, 0, table.length, ids);
  return { ids, table: keyTable };
}
