import { MAX_TIME, MIN_TIME, TidemarkError } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';

/**
 * Merges the watermarks of the inputs of one operator. The output is the least over the inputs that are active and
 * aligned, and never falls (S1.3, S1.4). An idle input does not count and its watermarks are not heard (S1.5). One that
 * wakes up behind the output is not aligned: it does not count until it has caught up (S1.6).
 */
export class WatermarkValve {
  current = MIN_TIME;
  /** Whether every input is idle. */
  idle = false;
  private readonly watermarks: Float64Array;
  private readonly isIdle: Uint8Array;
  private readonly isAligned: Uint8Array;

  /** Throws a TidemarkError unless there is an input. */
  constructor(readonly inputs: number) {
    if (!Number.isSafeInteger(inputs) || inputs < 1) {
      throw new TidemarkError({ what: 'nothing to merge', expected: 'one input or more', found: String(inputs) });
    }
    this.watermarks = new Float64Array(inputs).fill(MIN_TIME);
    this.isIdle = new Uint8Array(inputs);
    this.isAligned = new Uint8Array(inputs).fill(1);
  }

  /** A watermark on input `input`; true where the output grew. */
  watermark(input: number, watermark: number): boolean {
    if (this.isIdle[input] || watermark <= this.watermarks[input]) return false;
    this.watermarks[input] = watermark;
    if (watermark >= this.current) this.isAligned[input] = 1;
    return this.isAligned.includes(1) && this.raise(this.least());
  }

  /**
   * Input `input` becomes idle, or active again; true where the output grew. `idle` is the status of the output (S1.7).
   * When all inputs are idle, the maximum of their watermarks counts if the last one to become idle held the minimum.
   */
  status(input: number, idle: boolean): boolean {
    if (idle === (this.isIdle[input] === 1)) return false;
    this.isIdle[input] = idle ? 1 : 0;
    const held = this.watermarks[input] === this.current;
    this.isAligned[input] = !idle && this.watermarks[input] >= this.current ? 1 : 0;
    this.idle = this.isIdle.every((one) => one === 1);
    if (!idle || !held) return false;
    if (this.idle) return this.raise(Math.max(...this.watermarks));
    return this.isAligned.includes(1) && this.raise(this.least());
  }

  /** Both changes: an input becomes active before its watermark counts, and idle after it. True where the output grew. */
  hear(input: number, watermark: number, idle: boolean): boolean {
    const before = this.current;
    if (!idle) this.status(input, false);
    this.watermark(input, watermark);
    if (idle) this.status(input, true);
    return this.current > before;
  }

  /** The least watermark of the inputs that count, `except` one; MAX_TIME where there is none. */
  least(except = -1): number {
    let least = MAX_TIME;
    for (let input = 0; input < this.inputs; input += 1) {
      if (input !== except && this.isAligned[input] && this.watermarks[input] < least) least = this.watermarks[input];
    }
    return least;
  }

  /** What input `input` holds the output to: its watermark, or MAX_TIME where it does not count. */
  only(input: number): number {
    return this.isAligned[input] ? this.watermarks[input] : MAX_TIME;
  }

  private raise(to: number): boolean {
    if (to <= this.current) return false;
    this.current = to;
    return true;
  }

  save(writer: StateWriter): void {
    writer.number(this.current);
    writer.number(this.idle ? 1 : 0);
    writer.floats(this.watermarks);
    writer.small(this.isIdle);
    writer.small(this.isAligned);
  }

  restore(reader: StateReader): void {
    this.current = reader.number();
    this.idle = reader.number() === 1;
    this.watermarks.set(reader.floats());
    this.isIdle.set(reader.small());
    this.isAligned.set(reader.small());
  }
}
