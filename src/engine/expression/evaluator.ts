import { type Dictionary, makeColumn, type Column, type ColumnType, type Table } from '../../model';

/**
 * Evaluates rows [from, to) of a batch. The answer is indexed by the same row numbers as the batch; what it holds
 * outside of [from, to) means nothing. Its buffers belong to the evaluator and are written again by its next call:
 * who keeps a column copies it.
 */
export type Evaluator = (batch: Table, from: number, to: number) => Column;

/** A column that an evaluator writes its answers into, again and again. */
export class OutputColumn implements Column {
  readonly type: ColumnType;
  readonly dictionary: Dictionary | null;
  data: Column['data'];
  valid: Uint8Array | null = null;
  private mask = new Uint8Array(0);

  constructor(type: ColumnType) {
    const { data, dictionary } = makeColumn(type, 0);
    this.type = type;
    this.data = data;
    this.dictionary = dictionary;
  }

  /** Makes room for row numbers below `to`. What was there is lost. True where the buffer is a new one. */
  reserve(to: number): boolean {
    if (this.data.length >= to) return false;
    this.data = makeColumn(this.type, Math.max(to, this.data.length * 2, 16), this.dictionary).data;
    return true;
  }

  numbers(to: number): Float64Array {
    this.reserve(to);
    return this.data as Float64Array;
  }

  booleans(to: number): Uint8Array {
    this.reserve(to);
    return this.data as Uint8Array;
  }

  codes(to: number): Int32Array {
    this.reserve(to);
    return this.data as Int32Array;
  }

  /** Says that rows may be null from now on; the caller fills [from, to) of the answer. */
  nulls(to: number): Uint8Array {
    if (this.mask.length < to) this.mask = new Uint8Array(Math.max(to, this.mask.length * 2, 16));
    this.valid = this.mask;
    return this.mask;
  }

  /** Null exactly where `a` is (or `b` is, where given). */
  nullWhere(a: Column, b: Column | null, from: number, to: number): void {
    const first = a.valid ?? b?.valid ?? null;
    if (first === null) {
      this.valid = null;
      return;
    }
    const second = a.valid === null ? null : (b?.valid ?? null);
    const valid = this.nulls(to);
    if (second === null) for (let i = from; i < to; i += 1) valid[i] = first[i];
    else for (let i = from; i < to; i += 1) valid[i] = first[i] & second[i];
  }
}
