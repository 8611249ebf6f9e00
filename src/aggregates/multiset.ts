import type { Dictionary } from '../model';
import { compareTexts } from '../model/textOrder';
import type { EntryReader, EntryWriter } from '../sim/entries';
import { Heap } from '../sim/heap';
import type { ObjectState } from './objectState';

/** Distinct values, each with its number of copies: a value goes with its last copy (S14.2). */
export class Distinct implements ObjectState {
  protected readonly counts = new Map<number, number>();

  add(value: number): void {
    this.addTimes(value, 1);
  }

  protected addTimes(value: number, times: number): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + times);
  }

  remove(value: number): void {
    const left = (this.counts.get(value) ?? 0) - 1;
    if (left > 0) this.counts.set(value, left);
    else this.counts.delete(value);
  }

  has(value: number): boolean {
    return this.counts.has(value);
  }

  addAll({ counts }: this): void {
    for (const [value, times] of counts) if (times > 0) this.addTimes(value, times);
  }

  clear(): void {
    this.counts.clear();
  }

  read(): number {
    return this.counts.size;
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
}

/** Values that have gone stay in the heap until they come to its top, or until they are this many and the most. */
const FEW = 32;

/**
 * The best of the values that are left: a heap of the distinct values, best first, and how often each is there. One
 * whose last copy has gone is thrown out when it gets to the top, so every change costs the logarithm of what is held.
 */
export class Best extends Distinct {
  private readonly heap: Heap;
  private gone = 0;

  /** `order(a, b)` is negative where a is better. */
  constructor(order: (a: number, b: number) => number) {
    super();
    this.heap = new Heap((a, b) => order(a, b) < 0);
  }

  protected override addTimes(value: number, times: number): void {
    const before = this.counts.get(value);
    super.addTimes(value, times);
    if (before === undefined) this.heap.push(value);
    else if (before === 0) this.gone -= 1;
  }

  override remove(value: number): void {
    const held = this.counts.get(value) ?? 0;
    if (held === 0) return;
    this.counts.set(value, held - 1);
    if (held > 1) return;
    this.gone += 1;
    if (this.gone > FEW && this.gone * 2 > this.heap.size) this.rebuild();
  }

  override clear(): void {
    super.clear();
    this.heap.clear();
    this.gone = 0;
  }

  override read(): number {
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
