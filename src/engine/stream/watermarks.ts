import { MAX_TIME, MIN_TIME, type ColumnBatch } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';

/**
 * The watermark of one topic: per partition, bounded out-of-orderness; over partitions, the minimum (S1.2, S1.4, S1.9).
 * A partition that has had no event holds the minimum back. It never falls (S1.3) and moves after every event (S1.11).
 */
export class Watermarks {
  /** Newest event time per partition. */
  readonly newest: Float64Array;
  readonly perPartition: Float64Array;
  current = MIN_TIME;

  constructor(
    partitions: number,
    /** Bound on out-of-orderness, ms; null: as `claims` say, and without those there is no watermark until the end. */
    public wait: number | null,
    /** Value of the WATERMARK clause per row of the topic. */
    private readonly claims: Float64Array | null,
  ) {
    this.newest = new Float64Array(partitions).fill(MIN_TIME);
    this.perPartition = new Float64Array(partitions).fill(MIN_TIME);
  }

  /** Takes in one event; true where the topic's watermark moved. */
  see(partition: number, time: number, row: number): boolean {
    if (time > this.newest[partition]) this.newest[partition] = time;
    if (this.wait === null && this.claims === null) return false;
    const claim = this.wait !== null ? this.newest[partition] - this.wait - 1 : this.claims![row];
    const before = this.perPartition[partition];
    if (claim <= before) return false;
    this.perPartition[partition] = claim;
    if (before > this.current) return false;
    let least = claim;
    for (const one of this.perPartition) if (one < least) least = one;
    if (least <= this.current) return false;
    this.current = least;
    return true;
  }

  /** Takes in rows [from, to) of a batch: fills in the watermark that each meets, and returns how many were late. */
  seeAll(batch: ColumnBatch, from: number, to: number): number {
    const { time, watermark, id1 } = batch;
    let late = 0;
    if (this.wait === null || this.newest.length > 1) {
      for (let row = from; row < to; row += 1) {
        watermark[row] = this.current;
        if (time[row] <= this.current) late += 1;
        this.see(id1[row], time[row], row);
      }
      return late;
    }
    let newest = this.newest[0];
    let { current } = this;
    const lag = this.wait + 1;
    for (let row = from; row < to; row += 1) {
      const at = time[row];
      watermark[row] = current;
      if (at <= current) late += 1;
      if (at > newest) {
        newest = at;
        if (at - lag > current) current = at - lag;
      }
    }
    this.newest[0] = newest;
    this.current = current;
    if (current > this.perPartition[0]) this.perPartition[0] = current;
    return late;
  }

  /** The end of the input: nothing can come any more. */
  finish(): void {
    this.perPartition.fill(MAX_TIME);
    this.current = MAX_TIME;
  }

  save(writer: StateWriter): void {
    writer.floats(this.newest);
    writer.floats(this.perPartition);
    writer.number(this.current);
    writer.number(this.wait ?? -1);
  }

  restore(reader: StateReader): void {
    this.newest.set(reader.floats());
    this.perPartition.set(reader.floats());
    this.current = reader.number();
    const wait = reader.number();
    this.wait = wait < 0 ? null : wait;
  }
}
