import { makeTable, reserve, type Field } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { EntryReader, EntryWriter } from '../../sim/entries';
import { KeyTable } from './keys';

/** Numbers that grow: identities of rows that have no key. */
export class Numbers {
  next = 0;

  /** Hands out `count` numbers; returns the first. */
  take(count: number): number {
    const first = this.next;
    this.next += count;
    return first;
  }
}

/**
 * What the rows of a graph node are known by: the ids of its keys, and numbers for rows without one. The subtasks of the
 * node share it, so a row has the same identity whichever of them computes it, and two rows never have the same.
 *
 * Operators downstream remember identities, so a checkpoint has them as they are, among its names: a key keeps its id for
 * as long as the job lives, in every process that goes on with it.
 */
export class Identities {
  keys: KeyTable | null = null;
  /** Whether ids outlive a seek backwards. */
  private keepsIds = false;
  private readonly numbers: Numbers[] = [];

  /**
   * The node's keys; it has one table. `keepsIds`: a seek backwards leaves later keys their ids, because pictures
   * name the keys of steps that are still to come.
   */
  keyTable(fields: Field[], keepsIds: boolean): KeyTable {
    this.keepsIds = keepsIds;
    return (this.keys ??= new KeyTable(fields));
  }

  /** An operator asks for its numbers when it is made, always in the same order. */
  numbersAt(place: number): Numbers {
    return (this.numbers[place] ??= new Numbers());
  }

  writeFrame(writer: StateWriter): void {
    this.keys?.writeFrame(writer);
    for (const { next } of this.numbers) writer.number(next);
  }

  readFrame(reader: StateReader): void {
    this.keys?.readFrame(reader, this.keepsIds);
    for (const numbers of this.numbers) numbers.next = reader.number();
  }

  /** As values, in the order of the ids. */
  checkpoint(): Uint8Array {
    const writer = new EntryWriter();
    for (const { next } of this.numbers) writer.number(next);
    const { columns, length } = this.keys?.table ?? makeTable([]);
    for (let key = 0; key < length; key += 1) for (const column of columns) writer.value(column, key);
    return writer.finish();
  }

  /** Of new subtasks, before their state is restored: keys get the ids that they had. */
  restore(checkpoint: Uint8Array): void {
    const reader = new EntryReader(checkpoint);
    for (const numbers of this.numbers) numbers.next = reader.number();
    if (this.keys === null) return;
    const keys = makeTable(this.keys.table.schema);
    for (; !reader.finished; keys.length += 1) {
      reserve(keys, keys.length + 1);
      for (const column of keys.columns) reader.value(column, keys.length);
    }
    this.keys.intern(keys.columns, 0, keys.length, new Int32Array(keys.length));
  }
}
