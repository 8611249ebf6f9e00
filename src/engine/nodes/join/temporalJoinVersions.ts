import { withRoom, type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../../sim/entries';
import { type Numbers } from '../../state/identities';
import { type JoinKeys } from './joinKeys';
import { JoinSide } from './joinSide';

const DELETED = 1;

/**
 * The versions of a table, by key and time; of two with one time the last to arrive is valid (S9.6). A deletion is a
 * version that matches nothing, so one with the old row's time means that this row was never valid (S9.3).
 */
export class Versions extends JoinSide {
  /**
   * Results that still name the version in a slot, which stays readable for them; below zero for a version that has
   * been dropped since.
   */
  private refs = new Int32Array(256);
  /** What `readEntry` read last: kept versions by time, then dropped ones that results name. */
  private read: number[] = [];
  private readKept = 0;

  /** `onlyNewest`: a table without history, of which `replace` keeps one version per key. */
  constructor(
    schema: Schema,
    keys: JoinKeys,
    port: number,
    numbers: Numbers,
    private readonly onlyNewest: boolean,
  ) {
    super(schema, keys, port, numbers);
  }

  override take(batch: ColumnBatch, from: number, to: number): void {
    super.take(batch, from, to);
    this.refs = withRoom(this.refs, this.store.time.length);
  }

  add(slot: number, isDeleted: boolean): void {
    this.store.mark[slot] = isDeleted ? DELETED : 0;
    this.keep(slot);
  }

  override keep(slot: number): void {
    if (this.onlyNewest) this.index.insert(this.store.key[slot], this.store.time[slot], slot);
    else super.keep(slot);
  }

  /** In place of all that the key has: for a table that only knows now. */
  replace(slot: number, isDeleted: boolean): void {
    const key = this.store.key[slot];
    while (this.countOf(key) > 0) this.drop(key);
    if (isDeleted) return this.store.free(slot);
    this.add(slot, false);
  }

  /** The version of a key that is valid at `time`, or -1 (S9.1). */
  at(key: number, time: number): number {
    const place = this.index.from(key, time + 1) - 1;
    if (place < this.index.begin[key]) return -1;
    const slot = this.index.slots[place];
    return this.store.mark[slot] === DELETED ? -1 : slot;
  }

  /** The newest version of a key, or -1. */
  newest(key: number): number {
    return this.countOf(key) === 0 ? -1 : this.index.slots[this.index.end[key] - 1];
  }

  /** Drops what no row at or after `time` sees: of each key all versions before the one valid then. */
  prune(time: number, changed: (key: number) => void): void {
    const { index } = this;
    while (this.due.size > 0 && this.due.oldest <= time) {
      const key = this.store.key[this.due.shift()];
      let dropped = false;
      while (this.countOf(key) > 1 && index.times[index.begin[key] + 1] <= time) {
        this.drop(key);
        dropped = true;
      }
      if (dropped) changed(key);
    }
  }

  private drop(key: number): void {
    const slot = this.index.slots[this.index.begin[key]];
    this.index.shift(key);
    if (this.refs[slot] === 0) this.store.free(slot);
    else this.refs[slot] = -this.refs[slot];
  }

  /** A result names the version: it can be read until it is released as often. */
  retain(slot: number): void {
    this.refs[slot] += this.refs[slot] < 0 ? -1 : 1;
  }

  release(slot: number): void {
    if (this.refs[slot] > 0) this.refs[slot] -= 1;
    else {
      this.refs[slot] += 1;
      if (this.refs[slot] === 0) this.store.free(slot);
    }
  }

  override writeFrame(writer: StateWriter): void {
    super.writeFrame(writer);
    writer.ints(this.refs, this.store.table.length);
  }

  override readFrame(reader: StateReader): void {
    super.readFrame(reader);
    this.refs = withRoom(this.refs, this.store.time.length);
    this.refs.fill(0);
    this.refs.set(reader.ints());
  }

  override writeEntries(entry: (key: number) => EntryWriter): void {
    for (const [key, slots] of this.slotsByKey()) {
      entry(key).number(this.countOf(key));
      for (const slot of slots) this.store.writeRow(slot, entry(key));
    }
  }

  override readEntry(key: number, entry: EntryReader): void {
    this.index.reserveKeys(key + 1);
    this.readKept = entry.number();
    this.read = [];
    while (!entry.finished) {
      const slot = this.store.readRow(key, entry);
      if (this.read.length < this.readKept) this.keep(slot);
      this.read.push(slot);
    }
    this.refs = withRoom(this.refs, this.store.time.length);
  }

  /** Versions by key as a checkpoint has them: those that are kept, then those that only results name. */
  slotsByKey(): Map<number, number[]> {
    const { index, store, refs } = this;
    const found = new Map<number, number[]>();
    const add = (key: number, slot: number): void => {
      const slots = found.get(key);
      if (slots) slots.push(slot);
      else found.set(key, [slot]);
    };
    for (let key = 0; key < index.begin.length; key += 1)
      for (let at = index.begin[key]; at < index.end[key]; at += 1) add(key, index.slots[at]);
    Array.from({ length: store.table.length }, (_, slot) => slot)
      .filter((slot) => refs[slot] < 0)
      .sort((a, b) => store.number[a] - store.number[b])
      .forEach((slot) => add(store.key[slot], slot));
    return found;
  }

  /** A result of the key read last names its version at this place; returns the slot. */
  retainRead(place: number): number {
    const slot = this.read[place];
    this.refs[slot] += place < this.readKept ? 1 : -1;
    return slot;
  }
}
