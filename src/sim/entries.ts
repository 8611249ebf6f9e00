import { isNull, withRoom, writeNull, type Column, type Dictionary } from '../model';

/**
 * What a checkpoint has of one key: values, never ids or dictionary codes, in canonical bytes. Equal values are equal
 * bytes: there is one NaN, and a text is its UTF-16 units. −0 is a value of its own, except in a key.
 */
export class EntryWriter {
  private bytes = new Uint8Array(64);
  private view = new DataView(this.bytes.buffer);
  length = 0;

  number(value: number): void {
    const at = this.room(8);
    if (value !== value) this.view.setUint32(at, NAN);
    else this.view.setFloat64(at, value);
  }

  numbers(values: ArrayLike<number>, from: number, count: number): void {
    for (let i = from; i < from + count; i += 1) this.number(values[i]);
  }

  text(value: string): void {
    this.number(value.length);
    const at = this.room(2 * value.length);
    for (let i = 0; i < value.length; i += 1) this.view.setUint16(at + 2 * i, value.charCodeAt(i));
  }

  /** A number, or the text that it is a code of; NaN for none. */
  coded(value: number, dictionary: Dictionary | null): void {
    if (dictionary === null) this.number(value);
    else {
      this.flag(value === value);
      if (value === value) this.text(dictionary.strings[value]);
    }
  }

  flag(value: boolean): void {
    const at = this.room(1);
    this.bytes[at] = value ? 1 : 0;
  }

  /** The value of a column in a row, null or not. */
  value(column: Column, row: number): void {
    if (!this.present(column, row)) return;
    if (column.dictionary) this.text(column.dictionary.strings[column.data[row]]);
    else this.number(column.data[row]);
  }

  /** The same where it is part of a key: 0 and −0 are one. */
  key(column: Column, row: number): void {
    if (column.dictionary) this.value(column, row);
    else if (this.present(column, row)) this.number(column.data[row] + 0);
  }

  private present(column: Column, row: number): boolean {
    const present = !isNull(column, row);
    this.flag(present);
    return present;
  }

  block(bytes: Uint8Array): void {
    this.number(bytes.length);
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** A copy of the bytes written so far. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private room(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      this.bytes = withRoom(this.bytes, this.length);
      this.view = new DataView(this.bytes.buffer);
    }
    return at;
  }
}

/** Reads what an `EntryWriter` wrote, in the same order; texts get codes of the dictionaries of this process. */
export class EntryReader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get finished(): boolean {
    return this.at >= this.bytes.length;
  }

  number(): number {
    return this.view.getFloat64(this.take(8));
  }

  numbers(into: Float64Array | number[], from: number, count: number): void {
    for (let i = from; i < from + count; i += 1) into[i] = this.number();
  }

  text(): string {
    let value = '';
    for (let left = this.number(); left > 0; left -= 1) value += String.fromCharCode(this.view.getUint16(this.take(2)));
    return value;
  }

  coded(dictionary: Dictionary | null): number {
    if (dictionary === null) return this.number();
    return this.flag() ? dictionary.code(this.text()) : NaN;
  }

  flag(): boolean {
    return this.bytes[this.take(1)] === 1;
  }

  /** Writes the value to a column that has room. */
  value(column: Column, row: number): void {
    if (!this.flag()) {
      writeNull(column, row);
      return;
    }
    if (column.valid) column.valid[row] = 1;
    column.data[row] = column.dictionary ? column.dictionary.code(this.text()) : this.number();
  }

  block(): Uint8Array {
    const length = this.number();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  private take(size: number): number {
    const { at } = this;
    this.at += size;
    if (this.at > this.bytes.length) throw new RangeError('checkpoint is shorter than its state');
    return at;
  }
}

/** High half of the one NaN. */
const NAN = 0x7ff80000;
