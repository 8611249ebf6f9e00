import { Dictionary, grown, withRoom, type Column, type ColumnType } from '../../model';
import { CodeMemo } from '../../model/codeMemo';
import { powerAbove } from './pairs';

/** Whole numbers below this are looked up directly. */
const DIRECT = 1 << 20;

/** Dense numbers for the values of one column, in order of first sight; null is a value of its own. */
export interface ValueIndex {
  /** `ids[i]` becomes the number of row i's value. */
  intern(column: Column, from: number, to: number, ids: Int32Array): void;
  readonly size: number;
}

export const valueIndexOf = (type: ColumnType): ValueIndex =>
  type.name === 'STRING' ? new TextIndex() : new NumberIndex();

class TextIndex implements ValueIndex {
  size = 0;
  private nullId = -1;
  private readonly texts = new Dictionary();
  private readonly idOf: number[] = [];
  private readonly memo = new CodeMemo((text) => {
    const code = this.texts.code(text);
    this.idOf[code] ??= this.size++;
    return this.idOf[code];
  });

  intern(column: Column, from: number, to: number, ids: Int32Array): void {
    const { valid } = column;
    const codes = column.data as Int32Array;
    const dictionary = column.dictionary!;
    const known = this.memo.of(dictionary);
    for (let i = from; i < to; i += 1) {
      if (valid !== null && valid[i] === 0) {
        if (this.nullId < 0) this.nullId = this.size++;
        ids[i] = this.nullId;
        continue;
      }
      const id = known[codes[i]];
      ids[i] = id === id ? id : this.memo.learn(dictionary, codes[i]);
    }
  }
}

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

class NumberIndex implements ValueIndex {
  size = 0;
  private nullId = -1;
  /** Number + 1 by value, for small whole values. */
  private direct = new Int32Array(256);
  /** Open addressing for all others: number + 1. */
  private slots = new Int32Array(64);
  private hashed = 0;
  private values = new Float64Array(64);
  /** Scratch: a column of truth values as numbers. */
  private numbers = new Float64Array(0);

  intern(column: Column, from: number, to: number, ids: Int32Array): void {
    const { valid, data } = column;
    if (data instanceof Float64Array) this.internNumbers(data, valid, from, to, ids);
    else {
      if (this.numbers.length < to) this.numbers = new Float64Array(Math.max(to, 2 * this.numbers.length));
      this.numbers.set(data.subarray(from, to), from);
      this.internNumbers(this.numbers, valid, from, to, ids);
    }
  }

  private internNumbers(data: Float64Array, valid: Uint8Array | null, from: number, to: number, ids: Int32Array): void {
    let row = valid === null ? this.internDirect(data, from, to, ids) : from;
    while (row < to) {
      if (valid !== null && valid[row] === 0) {
        if (this.nullId < 0) this.nullId = this.append(0);
        ids[row] = this.nullId;
      } else ids[row] = this.find(data[row]);
      // A value that is hashed is likely to be followed by another.
      const wasDirect = data[row] < DIRECT;
      row += 1;
      if (valid === null && wasDirect) row = this.internDirect(data, row, to, ids);
    }
  }

  /** Rows from `from` on up to the first whose value the direct table does not hold; returns its number. */
  private internDirect(data: Float64Array, from: number, to: number, ids: Int32Array): number {
    const { direct } = this;
    const size = direct.length;
    for (let i = from; i < to; i += 1) {
      const value = data[i];
      const whole = value >>> 0;
      if (whole !== value || whole >= size) return i;
      const found = direct[whole];
      if (found === 0) return i;
      ids[i] = found - 1;
    }
    return to;
  }

  /** What the direct table, as it is now, does not hold. */
  private find(value: number): number {
    if (value >= 0 && value < DIRECT && Number.isInteger(value)) {
      if (value >= this.direct.length) this.direct = grown(this.direct, powerAbove(value));
      if (this.direct[value] === 0) this.direct[value] = this.append(value) + 1;
      return this.direct[value] - 1;
    }
    if (this.hashed * 2 >= this.slots.length) this.rehash();
    const slot = this.slotOf(value);
    if (this.slots[slot] === 0) {
      this.slots[slot] = this.append(value) + 1;
      this.hashed += 1;
    }
    return this.slots[slot] - 1;
  }

  private append(value: number): number {
    this.values = withRoom(this.values, this.size + 1);
    this.values[this.size] = value;
    return this.size++;
  }

  private slotOf(value: number): number {
    const mask = this.slots.length - 1;
    bits[0] = value;
    let code = Math.imul(halves[0], 0x9e3779b1) ^ Math.imul(halves[1], 0x85ebca6b);
    code = Math.imul(code ^ (code >>> 15), 0x2c1b3c6d);
    let slot = (code ^ (code >>> 13)) & mask;
    while (this.slots[slot] !== 0 && this.values[this.slots[slot] - 1] !== value) slot = (slot + 1) & mask;
    return slot;
  }

  private rehash(): void {
    const old = this.slots;
    this.slots = new Int32Array(powerAbove(this.hashed) * 4);
    for (const held of old) if (held !== 0) this.slots[this.slotOf(this.values[held - 1])] = held;
  }
}
