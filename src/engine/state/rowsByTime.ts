import { type Schema } from '../../model';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { DueRows } from './dueRows';
import { RowsByKey, type Hidden } from './rows';

/**
 * Rows by key that also have an order over all keys: by time, rows of one time as they came. `each` visits them in it. In
 * a checkpoint the place of a row in it is a name: entries are by key, so nothing else tells which of two keys came first.
 */
export abstract class RowsByTime extends RowsByKey {
  readonly due: DueRows;
  /** Read, and not yet in order. */
  private restored: { key: number; slot: number; place: number }[] = [];

  constructor(schema: Schema, hidden?: Hidden, names?: number) {
    super(schema, hidden, names);
    this.due = new DueRows(this.batch);
  }

  override writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    let place = 0;
    this.each((key, slot) => {
      names(key).number(place);
      this.writeRow(slot, entry(key), names(key));
      place += 1;
    });
  }

  override readEntry(key: number, entry: EntryReader, names: EntryReader): void {
    while (!entry.finished) {
      const place = names.number();
      this.restored.push({ key, slot: this.readRow(entry, names), place });
    }
  }

  settle(): void {
    const { time } = this.batch;
    // Places of several subtasks say nothing of each other.
    this.restored.sort((a, b) => time[a.slot] - time[b.slot] || a.place - b.place);
    for (const { key, slot } of this.restored) this.append(key, slot);
    this.restored = [];
  }
}
