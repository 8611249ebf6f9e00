import { DOUBLE, type ColumnType } from '../model';
import type { StateReader, StateWriter } from '../sim/bytes';
import type { EntryReader, EntryWriter } from '../sim/entries';
import type { Aggregate } from './aggregate';
import { objectAccumulator, type ObjectState } from './objectState';
import { valueResult } from './results';

/** All values in order. New ones are sorted in when somebody looks, so a window that emits once sorts once. */
class InOrder implements ObjectState {
  private sorted: number[] = [];
  private fresh: number[] = [];

  constructor(private readonly middle: (low: number, high: number) => number) {}

  add(value: number): void {
    // Adding zero makes one zero of the two, so that the result does not depend on order.
    this.fresh.push(value + 0);
  }

  remove(value: number): void {
    const { sorted } = this.settle();
    const at = this.firstFrom(value);
    if (sorted[at] === value) sorted.splice(at, 1);
  }

  addAll(other: InOrder): void {
    for (const value of other.settle().sorted) this.fresh.push(value);
  }

  clear(): void {
    this.sorted.length = 0;
    this.fresh.length = 0;
  }

  /** Of an even number of values the two in the middle count. */
  read(): number {
    const { sorted } = this.settle();
    const half = sorted.length >> 1;
    if (sorted.length === 0) return NaN;
    return sorted.length % 2 === 1 ? sorted[half] : this.middle(sorted[half - 1], sorted[half]);
  }

  save(writer: StateWriter): void {
    writer.floats(Float64Array.from(this.settle().sorted));
  }

  restore(reader: StateReader): void {
    this.sorted = [...reader.floats()];
    this.fresh.length = 0;
  }

  write(entry: EntryWriter): void {
    const { sorted } = this.settle();
    entry.number(sorted.length);
    entry.numbers(sorted, 0, sorted.length);
  }

  fill(entry: EntryReader): void {
    for (let left = entry.number(); left > 0; left -= 1) this.fresh.push(entry.number());
  }

  private settle(): this {
    const { sorted, fresh } = this;
    if (fresh.length === 1) sorted.splice(this.firstFrom(fresh[0]), 0, fresh[0]);
    else if (fresh.length > 1) this.sorted = sorted.concat(fresh).sort((a, b) => a - b);
    fresh.length = 0;
    return this;
  }

  private firstFrom(value: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const between = (low: number, high: number): number => low / 2 + high / 2;
/** A decimal keeps its scale: half a unit goes down, as in DuckDB. */
const betweenUnits = (low: number, high: number): number => low + Math.floor((high - low) / 2);

const typeOfMedian = (type: ColumnType): ColumnType => (type.name === 'DECIMAL' ? type : DOUBLE);

/** Every value is kept. Flink SQL has no MEDIAN; its PERCENTILE(x, 0.5) is the same, as a DOUBLE. */
export const MEDIAN: Aggregate = {
  detail: 'MEDIAN(x): the value in the middle',
  takes: 'number',
  type: typeOfMedian,
  nullable: 'of nothing',
  inFlink: false,
  fold: {
    needs: [
      {
        holds: 'value',
        title: (argument) => `MEDIAN(${argument})`,
        type: typeOfMedian,
        accumulator: ({ name }) =>
          objectAccumulator({
            make: () => new InOrder(name === 'DECIMAL' ? betweenUnits : between),
            merge: (into, from) => into.addAll(from),
            retractable: true,
          }),
      },
    ],
    result: ([value]) => valueResult(value),
  },
};
