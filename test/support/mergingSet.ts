import { type Span } from '../../src/engine/stream/windows';
import { meet, type Touching } from '../../src/engine/windowing/store';

/** The sessions of one key: disjoint windows, by start. What the window operator does with state, without the state. */
export class MergingSet {
  private held: Span[] = [];

  constructor(private readonly touching: Touching = 'merge') {}

  /** Adds a window and answers the one that it is part of now. */
  add(window: Span): Span {
    const met = this.held.filter((one) => meet(one, window, this.touching));
    const merged: Span = [
      Math.min(window[0], ...met.map(([start]) => start)),
      Math.max(window[1], ...met.map(([, end]) => end)),
    ];
    this.held = [...this.held.filter((one) => !met.includes(one)), merged].sort(
      ([start, end], [otherStart, otherEnd]) => start - otherStart || end - otherEnd,
    );
    return merged;
  }

  get windows(): readonly Span[] {
    return this.held;
  }
}
