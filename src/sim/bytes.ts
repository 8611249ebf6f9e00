import { withRoom } from '../model';

/**
 * Binary state, written and read in the same order. Keyframes are made of it. Little endian, 8-byte aligned, so that
 * arrays are copied in one go.
 */
export class StateWriter {
  private bytes = new Uint8Array(4096);
  private end = 0;

  number(value: number): void {
    const at = this.room(8);
    new Float64Array(this.bytes.buffer, at, 1)[0] = value;
  }

  floats(values: Float64Array, length = values.length): void {
    this.floatsToFill(length).set(values.subarray(0, length));
  }

  /** Like `floats`, for whoever has the numbers here and there: room for `length` of them, to be filled at once. */
  floatsToFill(length: number): Float64Array {
    this.number(length);
    const at = this.room(length * 8);
    return new Float64Array(this.bytes.buffer, at, length);
  }

  ints(values: Int32Array, length = values.length): void {
    this.number(length);
    const at = this.room(length * 4);
    new Int32Array(this.bytes.buffer, at, length).set(values.subarray(0, length));
  }

  small(values: Uint8Array, length = values.length): void {
    this.number(length);
    const at = this.room(length);
    this.bytes.set(values.subarray(0, length), at);
  }

  text(value: string): void {
    const units = new Int32Array(value.length);
    for (let i = 0; i < value.length; i += 1) units[i] = value.charCodeAt(i);
    this.ints(units);
  }

  /** A copy of the bytes written so far; the writer is empty again. */
  finish(): Uint8Array {
    const written = this.bytes.slice(0, this.end);
    this.bytes.fill(0, 0, this.end);
    this.end = 0;
    return written;
  }

  private room(size: number): number {
    const at = this.end;
    this.end = at + Math.ceil(size / 8) * 8;
    this.bytes = withRoom(this.bytes, this.end);
    return at;
  }
}

export class StateReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  number(): number {
    return new Float64Array(this.bytes.buffer, this.take(8), 1)[0];
  }

  floats(): Float64Array {
    const length = this.number();
    return new Float64Array(this.bytes.buffer, this.take(length * 8), length).slice();
  }

  ints(): Int32Array {
    const length = this.number();
    return new Int32Array(this.bytes.buffer, this.take(length * 4), length).slice();
  }

  small(): Uint8Array {
    const length = this.number();
    return new Uint8Array(this.bytes.buffer, this.take(length), length).slice();
  }

  text(): string {
    let value = '';
    for (const unit of this.ints()) value += String.fromCharCode(unit);
    return value;
  }

  private take(size: number): number {
    const at = this.at;
    this.at += Math.ceil(size / 8) * 8;
    if (this.at > this.bytes.length) throw new RangeError('keyframe is shorter than its state');
    return this.bytes.byteOffset + at;
  }
}
