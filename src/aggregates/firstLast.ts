import type { Dictionary } from '../model';
import type { StateReader, StateWriter } from '../sim/bytes';
import type { EntryReader, EntryWriter } from '../sim/entries';
import type { Accumulator } from './accumulators';
import type { Aggregate } from './aggregate';
import { objectAccumulator, type ObjectState, type ObjectStateKind } from './objectState';
import { valueResult } from './results';

/** Rows are ordered by time; of one time, by which was added first (S19). Nulls do not count. */
type End = 'FIRST_VALUE' | 'LAST_VALUE';

/** Without anything taken back, the one value and its time are enough: [time, value], NaN for none. */
function oneEnd(end: End): Accumulator {
  const wins =
    end === 'FIRST_VALUE'
      ? (held: number, time: number): boolean => !(held <= time)
      : (held: number, time: number): boolean => !(held > time);
  return {
    slots: 2,
    empty: NaN,
    add(state, bases, offset, { column, mask, time }, from, to) {
      for (let i = from; i < to; i += 1) {
        if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
        const at = bases[i] + offset;
        const now = time === null ? 0 : time[i];
        if (!wins(state[at], now)) continue;
        state[at] = now;
        state[at + 1] = column.data[i];
      }
    },
    remove: null,
    merge(into, intoAt, from, fromAt) {
      const time = from[fromAt];
      if (!(time === time) || !wins(into[intoAt], time)) return;
      into[intoAt] = time;
      into[intoAt + 1] = from[fromAt + 1];
    },
    read: (state, at) => state[at + 1],
  };
}

/**
 * All values in order, so that any can be taken back: two lists, of which the front may have been used up. Rows mostly
 * come at the end and go at the front.
 */
class InOrder implements ObjectState {
  private times: number[] = [];
  private values: number[] = [];
  private front = 0;

  constructor(private readonly end: End) {}

  add(value: number, time: number): void {
    const { times, values } = this;
    let at = times.length;
    if (at > this.front && times[at - 1] > time) at = this.firstBehind(time);
    if (at === times.length) {
      times.push(time);
      values.push(value);
    } else {
      times.splice(at, 0, time);
      values.splice(at, 0, value);
    }
  }

  remove(value: number, time: number): void {
    const { times, values } = this;
    for (let at = this.firstFrom(time); at < times.length && times[at] === time; at += 1) {
      if (values[at] !== value) continue;
      if (at === this.front) {
        this.front += 1;
        this.compact();
      } else {
        times.splice(at, 1);
        values.splice(at, 1);
      }
      return;
    }
  }

  /** All of another, which came later where times are equal. */
  addAll({ times, values, front }: InOrder): void {
    for (let at = front; at < times.length; at += 1) this.add(values[at], times[at]);
  }

  clear(): void {
    this.times.length = 0;
    this.values.length = 0;
    this.front = 0;
  }

  read(): number {
    const { values, front } = this;
    if (front === values.length) return NaN;
    return this.end === 'FIRST_VALUE' ? values[front] : values[values.length - 1];
  }

  private compact(): void {
    if (this.front < 64 || this.front * 2 < this.times.length) return;
    this.times = this.times.slice(this.front);
    this.values = this.values.slice(this.front);
    this.front = 0;
  }

  private firstFrom(time: number): number {
    let low = this.front;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private firstBehind(time: number): number {
    let low = this.front;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  save(writer: StateWriter): void {
    writer.floats(Float64Array.from(this.times.slice(this.front)));
    writer.floats(Float64Array.from(this.values.slice(this.front)));
  }

  restore(reader: StateReader): void {
    this.times = [...reader.floats()];
    this.values = [...reader.floats()];
    this.front = 0;
  }

  write(entry: EntryWriter, texts: Dictionary | null): void {
    const { times, values, front } = this;
    for (let at = front; at < times.length; at += 1) {
      entry.flag(true);
      entry.number(times[at]);
      entry.coded(values[at], texts);
    }
    entry.flag(false);
  }

  fill(entry: EntryReader, texts: Dictionary | null): void {
    while (entry.flag()) {
      this.times.push(entry.number());
      this.values.push(entry.coded(texts));
    }
  }
}

const inOrder = (end: End): ObjectStateKind<InOrder> => ({
  make: () => new InOrder(end),
  merge: (into, from) => into.addAll(from),
  retractable: true,
});

const endOf = (end: End, row: string): Aggregate => ({
  detail: `${end}(x): of the ${row} row that has one`,
  takes: 'any',
  type: (type) => type,
  nullable: 'of nothing',
  inFlink: true,
  byTime: true,
  fold: {
    needs: [
      {
        holds: 'value',
        title: (argument) => `${end}(${argument})`,
        type: (type) => type,
        accumulator: (_, { retracting }) => (retracting ? objectAccumulator(inOrder(end)) : oneEnd(end)),
      },
    ],
    result: ([value]) => valueResult(value),
  },
});

export const FIRST_VALUE = endOf('FIRST_VALUE', 'earliest');
export const LAST_VALUE = endOf('LAST_VALUE', 'latest');
