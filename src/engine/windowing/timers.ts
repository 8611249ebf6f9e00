import { Timers } from '../state/timers';

const NONE = -1;

/** The timers of windows on one clock: a window has at most one; of two at one time, that of the older window fires first. */
export class WindowTimers {
  private readonly timers = new Timers();
  /** Number of the timer, by slot of the window. */
  private readonly numbers: number[] = [];

  /** When the next one is due; MAX_TIME for none. */
  get next(): number {
    return this.timers.next;
  }

  /** Sets the timer of a window, in place of the one it has; `order` grows with the windows that are opened. */
  set(slot: number, time: number, order: number): void {
    const number = this.numbers[slot] ?? NONE;
    if (number !== NONE) {
      if (this.timers.timeOf(number) === time) return;
      this.timers.cancel(number);
    }
    this.numbers[slot] = this.timers.add(order, slot, time);
  }

  /** The window has no timer any more. */
  clear(slot: number): void {
    const number = this.numbers[slot] ?? NONE;
    if (number !== NONE) this.timers.cancel(number);
    this.numbers[slot] = NONE;
  }

  /** Fires what is due at `now`, also what is set meanwhile and due by then; `mayGoOn` and the answer as in `Timers`. */
  advance(now: number, fire: (slot: number, time: number) => void, mayGoOn?: () => boolean): boolean {
    if (this.next > now) return true;
    const fireWindow = (_: number, slot: number, time: number): void => {
      this.numbers[slot] = NONE;
      fire(slot, time);
    };
    return this.timers.advance(now, fireWindow, mayGoOn);
  }

  reset(): void {
    this.timers.clear();
    this.numbers.length = 0;
  }
}
