import type { Dictionary } from '../model';
import type { StateReader, StateWriter } from '../sim/bytes';
import { EntryReader, EntryWriter } from '../sim/entries';
import { each, type Accumulator } from './accumulators';

/** What a group holds where a few numbers are not enough: a multiset, a sorted list, a sketch. */
export interface ObjectState {
  add(value: number, time: number): void;
  remove(value: number, time: number): void;
  /** Adds all of another, which came later. */
  addAll(other: this): void;
  clear(): void;
  /** One number for results and for people; NaN for null. */
  read(): number;
  /** The values, in canonical order; `texts`: what they are codes of, or null where the codes will do. */
  write(entry: EntryWriter, texts: Dictionary | null): void;
  /** Fills an empty one. */
  fill(entry: EntryReader, texts: Dictionary | null): void;
}

/** An accumulator with objects behind its slots. */
export interface ObjectAccumulator extends Accumulator {
  /** Checkpoints: the object of the group at `at`. */
  write(state: Float64Array, at: number, entry: EntryWriter, texts: Dictionary | null): void;
  fill(state: Float64Array, at: number, entry: EntryReader, texts: Dictionary | null): void;
  /** The group at `at` ends; its object serves another. */
  release(state: Float64Array, at: number): void;
  save(writer: StateWriter): void;
  /** After the slots were restored. */
  restore(reader: StateReader): void;
}

/**
 * Objects by number: the one slot of a group holds the number of its object, 0 for none. A group owns its object, so
 * slots must not be copied and both copies used: `init` an empty group and `merge` into it instead, and `init` it
 * again when it is no longer needed. `retractable`: whether what was added can be taken back.
 */
export function objectAccumulator<H extends ObjectState>(make: () => H, retractable = true): ObjectAccumulator {
  const objects: (H | null)[] = [null];
  const free: number[] = [];

  function own(state: Float64Array, at: number): H {
    if (state[at] === 0) {
      const number = free.pop() ?? objects.length;
      objects[number] ??= make();
      state[at] = number;
    }
    return objects[state[at]]!;
  }

  return {
    slots: 1,
    empty: 0,
    add: each((state, at, value, time) => own(state, at).add(value, time)),
    remove: retractable ? each((state, at, value, time) => own(state, at).remove(value, time)) : null,
    merge(into, intoAt, from, fromAt) {
      if (from[fromAt] !== 0) own(into, intoAt).addAll(objects[from[fromAt]]!);
    },
    read: (state, at) => (state[at] === 0 ? NaN : objects[state[at]]!.read()),
    write(state, at, entry, texts) {
      entry.flag(state[at] !== 0);
      if (state[at] !== 0) objects[state[at]]!.write(entry, texts);
    },
    fill(state, at, entry, texts) {
      if (entry.flag()) own(state, at).fill(entry, texts);
    },
    release(state, at) {
      if (state[at] === 0) return;
      objects[state[at]]!.clear();
      free.push(state[at]);
      state[at] = 0;
    },
    save(writer) {
      writer.number(objects.length);
      writer.ints(Int32Array.from(free));
      const entry = new EntryWriter();
      for (const object of objects) object?.write(entry, null);
      writer.small(entry.finish());
    },
    restore(reader) {
      const length = reader.number();
      free.length = 0;
      free.push(...reader.ints());
      while (objects.length < length) objects.push(make());
      for (const object of objects) object?.clear();
      const entry = new EntryReader(reader.small());
      for (let number = 1; number < length; number += 1) objects[number]!.fill(entry, null);
      for (let number = length; number < objects.length; number += 1) free.push(number);
    },
  };
}
