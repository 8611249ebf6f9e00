import { addTime, firstWhere, floorTime, MAX_TIME, MIN_TIME, type Duration } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';

/**
 * Guesses a watermark from what has come. `see` is called for each event, `tick` when the clock has reached `alarm`; what
 * they return is a claim: one at or below the watermark is ignored (S1.3). Times in ms.
 */
export interface Generator {
  /** `newest`: the newest event time so far, this event's included; `row`: its place in the topic; `now`: the clock. */
  see(time: number, newest: number, row: number, now: number): number;
  /** The clock shows `now`. */
  tick?(now: number): number;
  /** When `tick` would say something new; MAX_TIME: not before another event. */
  alarm?(): number;
  /** What it remembers, where it remembers anything. */
  save?(writer: StateWriter): void;
  restore?(reader: StateReader): void;
}

/** Newest event time − wait − 1 (S1.2); the wait is asked for each time, since a reader may change it. */
export const bounded = (wait: () => Duration): Generator => ({ see: (_, newest) => addTime(newest, -wait() - 1) });

/** Newest event time − 1: what comes is in order. */
export const monotonous = (): Generator => ({ see: (_, newest) => newest - 1 });

/** The WATERMARK clause: its value for each row of the topic (S1.11). */
export const declared = (claims: ArrayLike<number>): Generator => ({ see: (_, __, row) => claims[row] });

/** Rows that are marked move the watermark to their own event time − 1, others do not. */
export const punctuated = (marks: ArrayLike<number>): Generator => ({
  see: (time, _, row) => (marks[row] ? time - 1 : MIN_TIME),
});

/** No watermark until the input ends. */
export const silent = (): Generator => ({ see: () => MIN_TIME });

/** The minimum event time of the events still to come, minus 1: known only with the whole input (S20.1). */
export function perfect(times: ArrayLike<number>): Generator {
  const least = new Float64Array(times.length + 1).fill(MAX_TIME);
  for (let row = times.length - 1; row >= 0; row -= 1) least[row] = Math.min(least[row + 1], times[row] - 1);
  return { see: (_, __, row) => least[row + 1] };
}

/** How many delays a percentile is taken of. */
const DELAYS = 1_000;

/** Newest event time − the `share` quantile (nearest rank) of the last 1,000 delays − 1 (S20.1). */
export class Percentile implements Generator {
  /** The last delays as they came, then from the start again; and in order. */
  private readonly ring = new Float64Array(DELAYS);
  private readonly sorted = new Float64Array(DELAYS);
  private count = 0;

  constructor(private readonly share: number) {}

  see(time: number, newest: number, _row: number, now: number): number {
    const at = this.count % DELAYS;
    const size = Math.min(this.count, DELAYS);
    if (size === DELAYS) this.take(this.ring[at]);
    // An event from the future has no delay: a watermark is never ahead of what has been seen (S1.2).
    const delay = Math.max(0, now - time);
    this.put(delay, Math.min(size, DELAYS - 1));
    this.ring[at] = delay;
    this.count += 1;
    return addTime(newest, -this.quantile() - 1);
  }

  private quantile(): number {
    return this.sorted[Math.max(0, Math.ceil(this.share * Math.min(this.count, DELAYS)) - 1)];
  }

  private put(delay: number, size: number): void {
    const at = this.placeOf(delay, size);
    this.sorted.copyWithin(at + 1, at, size);
    this.sorted[at] = delay;
  }

  private take(delay: number): void {
    const at = this.placeOf(delay, DELAYS);
    this.sorted.copyWithin(at, at + 1, DELAYS);
  }

  /** First place among the first `size` whose delay is not below `delay`. */
  private placeOf(delay: number, size: number): number {
    return firstWhere(0, size, (at) => this.sorted[at] >= delay);
  }

  save(writer: StateWriter): void {
    const size = Math.min(this.count, DELAYS);
    writer.number(this.count);
    writer.floats(this.ring, size);
    writer.floats(this.sorted, size);
  }

  restore(reader: StateReader): void {
    this.count = reader.number();
    this.ring.set(reader.floats());
    this.sorted.set(reader.floats());
  }
}

/**
 * Spark's: newest event time over all partitions − wait − 1, set when a micro-batch ends, so that it counts from the next
 * one on (S20.4). Micro-batches end at multiples of `batch` by the clock; an event at the end belongs to the next.
 */
export class MicroBatch implements Generator {
  private newest = MIN_TIME;
  private end = MAX_TIME;

  constructor(
    private readonly wait: () => Duration,
    private readonly batch: Duration,
  ) {}

  see(_time: number, newest: number, _row: number, now: number): number {
    if (newest > this.newest && this.end === MAX_TIME) this.end = addTime(floorTime(now, this.batch), this.batch);
    this.newest = Math.max(this.newest, newest);
    return MIN_TIME;
  }

  tick(now: number): number {
    if (now < this.end) return MIN_TIME;
    this.end = MAX_TIME;
    return addTime(this.newest, -this.wait() - 1);
  }

  alarm(): number {
    return this.end;
  }

  save(writer: StateWriter): void {
    writer.number(this.newest);
    writer.number(this.end);
  }

  restore(reader: StateReader): void {
    this.newest = reader.number();
    this.end = reader.number();
  }
}

/** As written down: at each processing time the watermark that stands from then on. */
export class Given implements Generator {
  private next = 0;

  constructor(private readonly moves: readonly (readonly [processing: number, watermark: number])[]) {}

  see(): number {
    return MIN_TIME;
  }

  tick(now: number): number {
    let claim = MIN_TIME;
    for (; this.next < this.moves.length && this.moves[this.next][0] <= now; this.next += 1) {
      claim = Math.max(claim, this.moves[this.next][1]);
    }
    return claim;
  }

  alarm(): number {
    return this.next < this.moves.length ? this.moves[this.next][0] : MAX_TIME;
  }

  save(writer: StateWriter): void {
    writer.number(this.next);
  }

  restore(reader: StateReader): void {
    this.next = reader.number();
  }
}
