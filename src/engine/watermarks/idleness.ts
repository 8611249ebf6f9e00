import { addTime, floorTime, MAX_TIME, MIN_TIME, type Duration } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { aboveZero } from '../spans';

/**
 * Says when an input is idle: when more than the timeout has passed without an element. The time is measured from the
 * first check that saw no new element, so how often one checks decides how exact it is (S1.8). Times in ms.
 */
export class IdlenessTimer {
  private isActive = false;
  /** The first check that saw nothing new, or MIN_TIME. */
  private quietSince = MIN_TIME;

  /** Throws a TidemarkError for a timeout that is not above zero. */
  constructor(private readonly timeout: Duration) {
    aboveZero('the timeout of idleness', 'idle', timeout);
  }

  /** An element has come. */
  activity(): void {
    this.isActive = true;
  }

  /** Whether the input is idle at `now`. */
  check(now: number): boolean {
    if (this.isActive) {
      this.isActive = false;
      this.quietSince = MIN_TIME;
      return false;
    }
    if (this.quietSince === MIN_TIME) {
      this.quietSince = now;
      return false;
    }
    return now - this.quietSince > this.timeout;
  }

  /**
   * An element comes at `now`, and the checks behind it will be at multiples of `every` (0: all the time). Those two
   * that start the clock are done ahead: if another element comes before them it starts the clock anew.
   */
  activityAt(now: number, every: Duration): void {
    this.activity();
    const first = nextCheck(now, every);
    this.check(first);
    this.check(addTime(first, every));
  }

  /** The first check that would say idle, if nothing comes; MAX_TIME before any check saw nothing. */
  idleAt(every: Duration): number {
    if (this.quietSince === MIN_TIME) return MAX_TIME;
    return addTime(this.quietSince, every > 0 ? (Math.floor(this.timeout / every) + 1) * every : this.timeout + 1);
  }

  save(writer: StateWriter): void {
    writer.number(this.isActive ? 1 : 0);
    writer.number(this.quietSince);
  }

  restore(reader: StateReader): void {
    this.isActive = reader.number() === 1;
    this.quietSince = reader.number();
  }
}

/** The first check behind `now`; at `now` itself where one checks all the time. */
export const nextCheck = (now: number, every: Duration): number =>
  every > 0 ? addTime(floorTime(now, every), every) : now;
