/**
 * A binary heap of numbers; `isBefore` says which of two comes first. What the numbers are (values, or slots of
 * columns that the owner keeps) is the owner's business, but their order must not change while they are in the heap.
 */
export class Heap {
  private items: number[] = [];

  constructor(private readonly isBefore: (a: number, b: number) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  /** The first one; only where `size` > 0. */
  get first(): number {
    return this.items[0];
  }

  /** All of them, in no order. */
  get all(): readonly number[] {
    return this.items;
  }

  push(item: number): void {
    const { items, isBefore } = this;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(item, items[parent])) break;
      items[at] = items[parent];
      at = parent;
    }
    items[at] = item;
  }

  /** Takes out the first one; only where `size` > 0. */
  take(): number {
    const { items, isBefore } = this;
    const taken = items[0];
    const last = items.pop()!;
    const size = items.length;
    if (size === 0) return taken;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && isBefore(items[child + 1], items[child])) child += 1;
      if (!isBefore(items[child], last)) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return taken;
  }

  clear(): void {
    this.items = [];
  }

  /** In place of all that is there; takes the list over. */
  replace(items: number[]): void {
    const { isBefore } = this;
    // A sorted list is a heap.
    this.items = items.sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
  }
}
