import { type Column, formatDecimal, isNull, readValue, type Value, type ColumnType } from '../model';
import { partitionOf } from '../sim/murmur';

/** A key as its producer writes it: text as it is, numbers in digits, money with its cents. */
function keyText(value: Value, type: ColumnType): string {
  return type.name === 'DECIMAL' ? formatDecimal(Number(value), type.scale) : String(value);
}

/** The partition of one key; events without a key go to partition 0. */
export const partitionOfValue = (value: Value, type: ColumnType, partitions: number): number =>
  value === null ? 0 : partitionOf(keyText(value, type), partitions);

/** Gives the partition of a row by the column's value; each value is hashed once. */
export function partitioner(column: Column, partitions: number): (row: number) => number {
  if (partitions === 1) return () => 0;
  const known = new Map<number, number>();
  return (row) => {
    if (isNull(column, row)) return 0;
    const code = column.data[row];
    let partition = known.get(code);
    if (partition === undefined) {
      partition = partitionOfValue(readValue(column, row), column.type, partitions);
      known.set(code, partition);
    }
    return partition;
  };
}
