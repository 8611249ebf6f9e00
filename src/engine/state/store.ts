import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';

/**
 * The contract of keyed state.
 *
 * An operator borrows its state from the `StateBackend` in its context, and has none of its own: keys, accumulators by
 * key (`slots`), rows by key (`rows`), timers, and single values (`value`). Each of these is a store of dense typed
 * arrays that the operator indexes directly by key id; the loops over rows are the operator's. Everything else is the
 * runtime's: it writes and reads stores, counts their rows, and shows them.
 *
 * There are two writers over the same stores:
 *
 * - A *keyframe* is for seeking within one process: raw arrays, key ids and dictionary codes as they are. It replaces
 *   everything that a store holds.
 * - A *checkpoint* is for another process: by key, as values. It has neither key ids, slot numbers nor dictionary
 *   codes, and it is canonical: equal state is equal bytes, whatever the order of keys in which it came about. Reading
 *   one *adds* to a store, so the entries of one checkpoint can go to several subtasks and those of several to one.
 *   Beside the entry of a key are its *names*: who its rows are. A job numbers keys and rows in the order in which they
 *   came, and results, steps and operators downstream know them by that, so they keep it in every process.
 *
 * What can be worked out from other entries of its key (links, sums over remembered rows) is left out of a checkpoint
 * and made again in `settle`.
 */
export interface Store {
  /** Live rows: counted in `stateRows`. 0 for a store that only accompanies another. */
  readonly rows: number;
  writeFrame(writer: StateWriter): void;
  readFrame(reader: StateReader): void;
  /**
   * Appends to `entry(key)` what is held for each key, in an order that depends on values alone, and to `names(key)` who
   * its rows are; nothing for none.
   */
  writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void;
  /** Adds what `writeEntries` wrote of one key, whose id in this process is `key`. */
  readEntry(key: number, entry: EntryReader, names: EntryReader): void;
  /** All entries of a restore have been read. */
  settle?(): void;
}

/** One number of an operator that belongs to no key: the watermark up to which it has fired, a lateness. */
export interface StateValue {
  value: number;
}

/**
 * What the numbers of several subtasks come to for one that takes their keys: of watermarks the minimum is what all of
 * them have reached.
 */
export type Merge = 'min' | 'max';
