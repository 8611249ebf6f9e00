import { MAX_TIME, MIN_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';

/**
 * Combines the watermarks of the partitions inside one source: the least of those that are not idle, and once all are, the
 * largest (S1.9). It never falls. An update may count at once (`set`) or with the next `combine`, as when watermarks are sent out periodically.
 */
export class WatermarkMux {
  current = MIN_TIME;
  /** Whether every output is idle. */
  idle = false;
  /** Watermark of each output that was ever added. */
  readonly watermarks: number[] = [];
  private readonly isIdle: boolean[] = [];
  private readonly isRemoved: boolean[] = [];
  /** Something has changed that no `combine` has looked at: the next update has to look at all. */
  private isStale = false;

  constructor(outputs = 0) {
    for (let output = 0; output < outputs; output += 1) this.add();
  }

  /** A new output; returns its number. It holds the watermark back until it has one itself. */
  add(): number {
    this.isIdle.push(false);
    this.isRemoved.push(false);
    return this.watermarks.push(MIN_TIME) - 1;
  }

  /** Takes an output away; what it held back moves with the next update. */
  remove(output: number): void {
    this.isRemoved[output] = true;
    this.isStale = true;
  }

  /** A watermark of an output, which is active by that; true where the combined one grew. */
  set(output: number, watermark: number): boolean {
    const before = this.watermarks[output];
    const wakes = this.isIdle[output];
    const grew = this.raise(output, watermark);
    if (wakes) return this.combine();
    // Only the slowest holds the combined watermark.
    if (!grew || watermark <= this.current || (before > this.current && !this.isStale)) return false;
    return this.combine();
  }

  /** As `set`, but for the next `combine` to take in; true where the output's own watermark grew. */
  put(output: number, watermark: number): boolean {
    this.isStale = true;
    return this.raise(output, watermark);
  }

  private raise(output: number, watermark: number): boolean {
    this.isIdle[output] = false;
    if (watermark <= this.watermarks[output]) return false;
    this.watermarks[output] = watermark;
    return true;
  }

  /** An output becomes idle or active; true where the combined watermark grew. */
  mark(output: number, idle: boolean): boolean {
    this.isIdle[output] = idle;
    return this.combine();
  }

  isIdleAt(output: number): boolean {
    return this.isIdle[output];
  }

  /** Takes in every update there is; true where the combined watermark grew. */
  combine(): boolean {
    let least = MAX_TIME;
    let largest = MIN_TIME;
    let active = 0;
    for (let output = 0; output < this.watermarks.length; output += 1) {
      if (this.isRemoved[output]) continue;
      const watermark = this.watermarks[output];
      if (watermark > largest) largest = watermark;
      if (this.isIdle[output]) continue;
      active += 1;
      if (watermark < least) least = watermark;
    }
    this.isStale = false;
    // Nothing is emitted before the first output exists, nor after the last one has gone.
    if (this.watermarks.length === 0) return false;
    this.idle = active === 0;
    const combined = this.idle ? largest : least;
    if (combined <= this.current) return false;
    this.current = combined;
    return true;
  }

  /** The end of the input: nothing can come on any output. */
  finish(): void {
    this.watermarks.fill(MAX_TIME);
    this.isIdle.fill(false);
    this.idle = false;
    this.current = MAX_TIME;
  }

  save(writer: StateWriter): void {
    writer.number(this.current);
    writer.number(this.idle ? 1 : 0);
  }

  saveOutput(writer: StateWriter, output: number): void {
    writer.number(this.watermarks[output]);
    writer.number(this.isIdle[output] ? 1 : 0);
    writer.number(this.isRemoved[output] ? 1 : 0);
  }

  restore(reader: StateReader): void {
    this.current = reader.number();
    this.idle = reader.number() === 1;
    this.isStale = true;
  }

  restoreOutput(reader: StateReader, output: number): void {
    this.watermarks[output] = reader.number();
    this.isIdle[output] = reader.number() === 1;
    this.isRemoved[output] = reader.number() === 1;
  }
}
