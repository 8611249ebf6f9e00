import { isNull, type Column } from '../model';
import { compareTexts } from '../model/textOrder';

/** Compares two rows of a table by one of its columns. */
type Comparer = (a: number, b: number) => number;

/** Compares by the first that tells two rows apart. */
export const inTurn =
  (compares: readonly Comparer[]): Comparer =>
  (a, b) => {
    for (const compare of compares) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };

/** Null is the least, as in Flink; numbers go by size, texts by code point. */
export function comparerOf(column: Column, descending = false): Comparer {
  const sign = descending ? -1 : 1;
  const compare: Comparer =
    column.type.name === 'STRING'
      ? (a, b) => compareTexts(column.dictionary!.strings[column.data[a]], column.dictionary!.strings[column.data[b]])
      : (a, b) => column.data[a] - column.data[b];
  return (a, b) => {
    if (column.valid !== null) {
      const nullA = isNull(column, a);
      const nullB = isNull(column, b);
      if (nullA || nullB) return nullA === nullB ? 0 : nullA ? -sign : sign;
    }
    return sign * compare(a, b);
  };
}
