import { firstWhere, type Dictionary } from '../model';
import type { EntryReader, EntryWriter } from '../sim/entries';
import type { ObjectState } from './objectState';

/** What is read of the values in order, of which there is at least one. */
export type Pick = (values: readonly number[]) => number;

/**
 * All values in order, so that any can be taken back: by time, those of one time as they came (S19), or by themselves.
 * New ones are sorted in when somebody looks, so a window that emits once sorts once.
 */
export class SortedValues implements ObjectState {
  private keys: number[] = [];
  private values: number[] = [];
  /** How many of them, from the first one on, are in order. */
  private settled = 0;

  constructor(
    private readonly by: 'time' | 'value',
    private readonly pick: Pick,
  ) {}

  add(value: number, time: number): void {
    // Adding zero makes one zero of the two, so that the result does not depend on order.
    const key = this.by === 'time' ? time : value + 0;
    this.keys.push(key);
    this.values.push(this.by === 'time' ? value : key);
  }

  remove(value: number, time: number): void {
    this.settle();
    const { keys, values } = this;
    const key = this.by === 'time' ? time : value;
    for (let at = this.placeOf(key, keys.length, false); keys[at] === key; at += 1) {
      if (values[at] !== value) continue;
      this.settled -= 1;
      for (const list of [keys, values]) {
        // Rows mostly go at the front, where `shift` moves nothing.
        if (at === 0) list.shift();
        else list.splice(at, 1);
      }
      return;
    }
  }

  /** All of another, which came later where times are equal. */
  addAll(other: this): void {
    other.settle();
    other.values.forEach((value, i) => this.add(value, other.keys[i]));
  }

  clear(): void {
    this.keys.length = 0;
    this.values.length = 0;
    this.settled = 0;
  }

  read(): number {
    this.settle();
    return this.values.length === 0 ? NaN : this.pick(this.values);
  }

  write(entry: EntryWriter, texts: Dictionary | null): void {
    this.settle();
    entry.number(this.values.length);
    this.values.forEach((value, i) => {
      if (this.by === 'time') entry.number(this.keys[i]);
      entry.coded(value, texts);
    });
  }

  fill(entry: EntryReader, texts: Dictionary | null): void {
    for (let left = entry.number(); left > 0; left -= 1) {
      const time = this.by === 'time' ? entry.number() : 0;
      this.add(entry.coded(texts), time);
    }
  }

  private settle(): void {
    const { keys, values } = this;
    const last = keys.length - 1;
    if (this.settled < last) {
      const order = keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b]);
      this.keys = order.map((i) => keys[i]);
      this.values = order.map((i) => values[i]);
    } else if (this.settled === last) {
      const at = this.placeOf(keys[last], last, true);
      if (at < last) for (const list of [keys, values]) list.splice(at, 0, list.pop()!);
    }
    this.settled = keys.length;
  }

  /** The place of a key among the first `count`: of the first one like it, or behind the last one. */
  private placeOf(key: number, count: number, behind: boolean): number {
    const { keys } = this;
    return firstWhere(0, count, (at) => keys[at] > key || (!behind && keys[at] === key));
  }
}
