import { type Schema } from '../../model';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { RowLists } from '../state/rows';
import { type WindowStore } from './store';

/** Rows by window instead of by key, in an order of the operator's own. */
export class RowsByWindow extends RowLists {
  constructor(
    schema: Schema,
    private readonly windows: WindowStore,
  ) {
    super(schema);
  }

  /** A row of state is a window. */
  override get rows(): number {
    return 0;
  }

  /** The rows of one window go over to another, after its own. */
  merge(into: number, from: number): void {
    this.lists[into] = [...this.slotsOf(into), ...this.slotsOf(from)];
    this.lists[from] = [];
  }

  empty(window: number): void {
    const list = this.slotsOf(window);
    for (const at of list) this.release(at);
    list.length = 0;
  }

  override writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    this.windows.each((key, window) => {
      const list = this.slotsOf(window);
      entry(key).number(list.length);
      for (const at of list) this.writeRow(at, entry(key), names(key));
    });
  }

  override readEntry(key: number, entry: EntryReader, names: EntryReader): void {
    for (const window of this.windows.inOrder(key))
      for (let left = entry.number(); left > 0; left -= 1) this.append(window, this.readRow(entry, names));
  }
}
