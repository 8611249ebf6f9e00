import type { Dictionary } from '../model';
import { compareTexts } from '../model/textOrder';
import type { EntryReader, EntryWriter } from '../sim/entries';
import { Heap } from '../sim/heap';
import type { ObjectState, ObjectStateKind } from './objectState';

/** How often each value is there. */
class Counts {
  readonly counts = new Map<number, number>();

  /** True where the value is new. */
  more(value: number, times: number): boolean {
    const held = this.counts.get(value);
    this.counts.set(value, (held ?? 0) + times);
    return held === undefined;
  }

  write(entry: EntryWriter, texts: Dictionary | null): void {
    const held = [...this.counts].filter(([, times]) => times > 0);
    held.sort(texts ? ([a], [b]) => compareTexts(texts.strings[a], texts.strings[b]) : ([a], [b]) => a - b);
    entry.number(held.length);
    for (const [value, times] of held) {
      entry.coded(value, texts);
      entry.number(times);
    }
  }

  fill(entry: EntryReader, texts: Dictionary | null): void {
    for (let left = entry.number(); left > 0; left -= 1) this.addTimes(entry.coded(texts), entry.number());
  }

  addTimes(value: number, times: number): void {
    this.more(value, times);
  }
}

/** Distinct values, each with its number of copies: a value goes with its last copy (S14.2). */
class Distinct extends Counts implements ObjectState {
  add(value: number): void {
    this.more(value, 1);
  }

  remove(value: number): void {
    const left = (this.counts.get(value) ?? 0) - 1;
    if (left > 0) this.counts.set(value, left);
    else this.counts.delete(value);
  }

  clear(): void {
    this.counts.clear();
  }

  read(): number {
    return this.counts.size;
  }
}

export const DISTINCT: ObjectStateKind<Distinct> = {
  make: () => new Distinct(),
  merge(into, { counts }) {
    for (const [value, times] of counts) into.more(value, times);
  },
  retractable: true,
};

/** Values that have gone stay in the heap until they come to its top, or until they are this many and the most. */
const FEW = 32;

/**
 * The best of the values that are left: a heap of the distinct values, best first, and how often each is there. One
 * whose last copy has gone is thrown out when it gets to the top, so every change costs the logarithm of what is held.
 */
class Best extends Counts implements ObjectState {
  private readonly heap: Heap;
  private gone = 0;

  /** `order(a, b)` is negative where a is better. */
  constructor(order: (a: number, b: number) => number) {
    super();
    this.heap = new Heap((a, b) => order(a, b) < 0);
  }

  add(value: number): void {
    this.addTimes(value, 1);
  }

  override addTimes(value: number, times: number): void {
    const before = this.counts.get(value);
    if (this.more(value, times)) this.heap.push(value);
    else if (before === 0) this.gone -= 1;
  }

  remove(value: number): void {
    const held = this.counts.get(value) ?? 0;
    if (held === 0) return;
    this.counts.set(value, held - 1);
    if (held > 1) return;
    this.gone += 1;
    if (this.gone > FEW && this.gone * 2 > this.heap.size) this.rebuild();
  }

  clear(): void {
    this.counts.clear();
    this.heap.clear();
    this.gone = 0;
  }

  read(): number {
    const { heap, counts } = this;
    while (heap.size > 0 && counts.get(heap.first) === 0) {
      counts.delete(heap.take());
      this.gone -= 1;
    }
    return heap.size > 0 ? heap.first : NaN;
  }

  private rebuild(): void {
    for (const [value, times] of this.counts) if (times === 0) this.counts.delete(value);
    this.heap.replace([...this.counts.keys()]);
    this.gone = 0;
  }
}

export const best = (order: (a: number, b: number) => number): ObjectStateKind<Best> => ({
  make: () => new Best(order),
  merge(into, { counts }) {
    for (const [value, times] of counts) if (times > 0) into.addTimes(value, times);
  },
  retractable: true,
});
