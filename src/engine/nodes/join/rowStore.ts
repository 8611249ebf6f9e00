import { grown, makeTable, reserve, type Column, type ColumnBatch, type Schema, type Table } from '../../../model';
import { adoptDictionary, restoreColumns, saveColumns } from '../../state/savedRows';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../../sim/entries';
import { type Numbers } from '../../state/identities';

const FIRST_SIZE = 256;

/**
 * The rows of one side that a join remembers, column by column. A row has a slot for as long as it is held; slots are
 * reused. What a join does with slots (order by time, chains of a key) is its own business.
 *
 * Slots are handed out by `put` only, for all rows of a range. So a row that is let go with `free` can still be read
 * until the next `put`: a join may write down pairs of slots while it goes through a range, and gather them at its end.
 *
 * `number` grows with the rows of the side as they came, refused ones too: the identity of a row in pairs.
 */
export class RowStore {
  /** Columns by slot; `length` is one more than the largest slot ever used. */
  readonly table: Table;
  time = new Float64Array(FIRST_SIZE);
  number = new Float64Array(FIRST_SIZE);
  key = new Int32Array(FIRST_SIZE);
  /** For the join: how many partners a row has met. 0 where `put` wrote. */
  mark = new Int32Array(FIRST_SIZE);
  private unused = new Int32Array(FIRST_SIZE);
  private unusedCount = 0;

  constructor(
    schema: Schema,
    private readonly numbers: Numbers,
  ) {
    this.table = makeTable(schema, FIRST_SIZE);
  }

  /** Slots taken, by rows held and by rows of the range under way. */
  get taken(): number {
    return this.table.length - this.unusedCount;
  }

  /** Gives each of the rows [from, to) a slot: `slots[row]`. Who does not want to keep one frees it. */
  put(batch: ColumnBatch, from: number, to: number, keys: Int32Array, slots: Int32Array): void {
    this.take(from, to, slots);
    const { time, number, key, mark, table, numbers } = this;
    const first = numbers.take(to - from);
    for (let row = from; row < to; row += 1) {
      const slot = slots[row];
      time[slot] = batch.time[row];
      key[slot] = keys[row];
      mark[slot] = 0;
      number[slot] = first + row - from;
    }
    for (let i = 0; i < table.columns.length; i += 1)
      this.putColumn(batch.columns[i], table.columns[i], from, to, slots);
  }

  private take(from: number, to: number, slots: Int32Array): void {
    const { table, unused } = this;
    let row = from;
    for (; row < to && this.unusedCount > 0; row += 1) {
      this.unusedCount -= 1;
      slots[row] = unused[this.unusedCount];
    }
    this.reserve(table.length + to - row);
    for (; row < to; row += 1) {
      slots[row] = table.length;
      table.length += 1;
    }
  }

  private putColumn(source: Column, target: Column, from: number, to: number, slots: Int32Array): void {
    adoptDictionary(target, source.dictionary, this.table.length);
    const { data, valid } = source;
    const held = target.data;
    for (let row = from; row < to; row += 1) held[slots[row]] = data[row];
    if (valid === null && target.valid === null) return;
    target.valid ??= new Uint8Array(held.length).fill(1);
    for (let row = from; row < to; row += 1) target.valid[slots[row]] = valid === null ? 1 : valid[row];
  }

  free(slot: number): void {
    this.unused[this.unusedCount] = slot;
    this.unusedCount += 1;
  }

  /**
   * Copies the columns of `count` rows, whose slots stand in `slots` from `begin` on, to consecutive rows of `out`, from
   * `at` on, which has room; slot -1 is a row of nulls. They become columns `first` and following of `out`.
   */
  gather(slots: Int32Array, count: number, out: Table, first: number, at: number, begin = 0): void {
    const { columns } = this.table;
    for (let i = 0; i < columns.length; i += 1) {
      gatherOrNull(columns[i], slots, begin, count, out.columns[first + i], at);
    }
  }

  private reserve(size: number): void {
    reserve(this.table, size);
    if (this.time.length >= size) return;
    const room = Math.max(size, this.time.length * 2);
    this.time = grown(this.time, room);
    this.number = grown(this.number, room);
    this.key = grown(this.key, room);
    this.mark = grown(this.mark, room);
    this.unused = grown(this.unused, room);
  }

  writeFrame(writer: StateWriter): void {
    const { table } = this;
    writer.number(table.length);
    for (const values of [this.time, this.number]) writer.floats(values, table.length);
    for (const values of [this.key, this.mark]) writer.ints(values, table.length);
    writer.ints(this.unused, this.unusedCount);
    const slots = Int32Array.from({ length: table.length }, (_, slot) => slot);
    saveColumns(writer, table.columns, slots);
  }

  readFrame(reader: StateReader): void {
    const { table } = this;
    table.length = 0;
    this.reserve(reader.number());
    for (const values of [this.time, this.number]) {
      const saved = reader.floats();
      values.set(saved);
      table.length = saved.length;
    }
    for (const values of [this.key, this.mark]) values.set(reader.ints());
    const unused = reader.ints();
    this.unused.set(unused);
    this.unusedCount = unused.length;
    restoreColumns(reader, table.columns);
  }

  /** A row as it is in a checkpoint. */
  writeRow(slot: number, entry: EntryWriter): void {
    entry.number(this.time[slot]);
    entry.number(this.number[slot]);
    entry.number(this.mark[slot]);
    for (const column of this.table.columns) entry.value(column, slot);
  }

  /** Returns the slot of a row of a checkpoint; the row has the number that it had. */
  readRow(key: number, entry: EntryReader): number {
    const slots = new Int32Array(1);
    this.take(0, 1, slots);
    const [slot] = slots;
    this.key[slot] = key;
    this.time[slot] = entry.number();
    this.number[slot] = entry.number();
    this.mark[slot] = entry.number();
    for (const column of this.table.columns) entry.value(column, slot);
    return slot;
  }
}

function gatherOrNull(held: Column, slots: Int32Array, begin: number, count: number, out: Column, at: number): void {
  adoptDictionary(out, held.dictionary, at);
  const source = held.data;
  const target = out.data;
  let missing = false;
  for (let i = 0; i < count; i += 1) {
    const slot = slots[begin + i];
    if (slot < 0) {
      missing = true;
      target[at + i] = 0;
    } else target[at + i] = source[slot];
  }
  if (!missing && held.valid === null && out.valid === null) return;
  out.valid ??= new Uint8Array(target.length).fill(1);
  for (let i = 0; i < count; i += 1) {
    const slot = slots[begin + i];
    out.valid[at + i] = slot < 0 ? 0 : held.valid === null ? 1 : held.valid[slot];
  }
}
