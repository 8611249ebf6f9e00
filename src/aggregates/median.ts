import { DOUBLE, type ColumnType } from '../model';
import type { Aggregate } from './aggregate';
import { objectAccumulator } from './objectState';
import { valueFold } from './results';
import { SortedValues } from './sortedValues';

/** Of an even number of values the two in the middle count. */
const medianBy =
  (between: (low: number, high: number) => number) =>
  (values: readonly number[]): number => {
    const half = values.length >> 1;
    return values.length % 2 === 1 ? values[half] : between(values[half - 1], values[half]);
  };

const ofNumbers = medianBy((low, high) => low / 2 + high / 2);
/** A decimal keeps its scale: half a unit goes down, as in DuckDB. */
const ofUnits = medianBy((low, high) => low + Math.floor((high - low) / 2));

const typeOfMedian = (type: ColumnType): ColumnType => (type.name === 'DECIMAL' ? type : DOUBLE);

/** Every value is kept. Flink SQL has no MEDIAN; its PERCENTILE(x, 0.5) is the same, as a DOUBLE. */
export const MEDIAN: Aggregate = {
  detail: 'MEDIAN(x): the value in the middle',
  takes: 'number',
  type: typeOfMedian,
  nullable: 'of nothing',
  inFlink: false,
  fold: valueFold(
    'MEDIAN',
    ({ name }) => objectAccumulator(() => new SortedValues('value', name === 'DECIMAL' ? ofUnits : ofNumbers)),
    typeOfMedian,
  ),
};
