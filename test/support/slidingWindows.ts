/** A sliding window of a key, both ends inclusive, with the records in it. */
export interface SlidingWindow {
  start: number;
  end: number;
  values: unknown[];
  times: number[];
}

export interface SlidingUpdate extends SlidingWindow {
  key: string;
  /** Largest record time in the window. */
  time: number;
}

const newest = ({ times }: SlidingWindow): number => Math.max(...times);

/**
 * Kafka's sliding windows of length `difference` on plain lists, since no SQL asks for them (S7.5). Every record at t has
 * one that ends with it, [t − difference, t], and, as soon as another record is in it, one that begins after it,
 * [t + 1, t + 1 + difference]; so every set of records that lie that close together is in one window. Records whose own
 * window would begin before the epoch share [0, difference] (S2.5). A window that has closed is not made and takes
 * nothing, and a record that got into none is unknown to all windows made later (S5.8).
 */
export class SlidingWindows {
  /** (record, window) pairs that were refused. */
  dropped = 0;
  private readonly windows = new Map<string, SlidingWindow[]>();
  private streamTime = -1;
  private closedBefore = -Infinity;

  constructor(
    private readonly difference: number,
    private readonly grace: number,
    private readonly emit: 'update' | 'close',
  ) {
    if (!(difference >= 0)) throw new RangeError('a sliding window has a time difference of zero or more');
  }

  /** One record; answers the windows that it has changed, or those that it has closed. */
  take(key: string, time: number, value: unknown): SlidingUpdate[] {
    this.streamTime = Math.max(this.streamTime, time);
    const closeTime = this.streamTime - this.grace;
    const own = this.windows.get(key) ?? [];
    this.windows.set(key, own);
    const changed = this.enter(own, time, value, closeTime);
    return this.emit === 'update' ? changed.map((one) => updateOf(key, one)) : this.close(closeTime);
  }

  private enter(own: SlidingWindow[], time: number, value: unknown, closeTime: number): SlidingWindow[] {
    const { difference } = this;
    const changed: SlidingWindow[] = [];
    if (time + 1 + difference <= closeTime) {
      this.dropped += 1;
      return changed;
    }
    const give = (to: SlidingWindow): boolean => {
      if (to.end < closeTime) {
        this.dropped += 1;
        return false;
      }
      to.values.push(value);
      to.times.push(time);
      changed.push(to);
      return true;
    };
    const make = (start: number, from: SlidingWindow | null): void => {
      const made = {
        start,
        end: start + difference,
        values: [...(from?.values ?? [])],
        times: [...(from?.times ?? [])],
      };
      if (give(made)) own.push(made);
    };
    const early = time < difference;
    const near = own
      .filter(({ start }) => start <= time + 1 && start >= (early ? 0 : time - 2 * difference))
      .sort((a, b) => a.start - b.start);
    let left: SlidingWindow | null = null;
    let right: SlidingWindow | null = null;
    let shared: SlidingWindow | null = null;
    let hasLeft = false;
    let hasRight = false;
    let previous: number | null = null;
    for (const one of near) {
      if (early && one.start === 0) {
        shared = one;
        if (newest(one) < time) previous = newest(one);
      } else if (one.start === time + 1) hasRight = true;
      else if (!early && one.end < time) {
        left = one;
        previous = newest(one);
      } else if (!early && one.end === time) {
        hasLeft = true;
        if (newest(one) < time) previous = newest(one);
        give(one);
      } else {
        right = copyOf(one);
        give(one);
      }
    }
    if (early && right === null && shared && newest(shared) > time) right = copyOf(shared);
    if (previous !== null && previous + 1 + difference > time && !own.some(({ start }) => start === previous + 1))
      make(previous + 1, null);
    if (shared) give(shared);
    else if (early) make(0, null);
    else if (!hasLeft) make(time - difference, previous !== null && time - difference <= previous ? left : null);
    if (hasRight || right === null || newest(right) <= time) return changed;
    const after = { ...right, start: time + 1, end: time + 1 + difference };
    own.push(after);
    return [...changed, after];
  }

  /** Windows close in the order of their ends, then starts, then keys. */
  private close(closeTime: number): SlidingUpdate[] {
    const { closedBefore } = this;
    this.closedBefore = Math.max(closedBefore, closeTime);
    return [...this.windows]
      .flatMap(([key, all]) => all.map((one) => updateOf(key, one)))
      .filter(({ end }) => end < closeTime && end >= closedBefore)
      .sort((a, b) => a.end - b.end || a.start - b.start);
  }
}

const copyOf = (one: SlidingWindow): SlidingWindow => ({ ...one, values: [...one.values], times: [...one.times] });

const updateOf = (key: string, one: SlidingWindow): SlidingUpdate => ({ ...copyOf(one), key, time: newest(one) });
