import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type Store } from '../state/store';

/** How often windows have fired again, by end and key: rare, so a map will do. */
export class Panes implements Store {
  readonly rows = 0;
  private readonly counts = new Map<number, Map<number, number>>();

  /** Number of the pane that a window emits next; `first` for one that has not fired again yet. */
  take(end: number, key: number, first: number): number {
    const ofEnd = this.ofEnd(end);
    const pane = ofEnd.get(key) ?? first;
    ofEnd.set(key, pane + 1);
    return pane;
  }

  /** Forgets windows that end at or before `end`. */
  forget(end: number): void {
    for (const one of this.counts.keys()) if (one <= end) this.counts.delete(one);
  }

  writeFrame(writer: StateWriter): void {
    writer.number(this.counts.size);
    for (const [end, ofEnd] of this.counts) {
      writer.number(end);
      writer.ints(Int32Array.from(ofEnd.keys()));
      writer.ints(Int32Array.from(ofEnd.values()));
    }
  }

  readFrame(reader: StateReader): void {
    this.counts.clear();
    for (let left = reader.number(); left > 0; left -= 1) {
      const end = reader.number();
      const keys = reader.ints();
      const counts = reader.ints();
      this.counts.set(end, new Map(Array.from(keys, (key, i) => [key, counts[i]])));
    }
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    for (const end of [...this.counts.keys()].sort((a, b) => a - b)) {
      for (const [key, count] of this.counts.get(end)!) {
        entry(key).number(end);
        entry(key).number(count);
      }
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    while (!entry.finished) this.ofEnd(entry.number()).set(key, entry.number());
  }

  private ofEnd(end: number): Map<number, number> {
    let ofEnd = this.counts.get(end);
    if (ofEnd === undefined) this.counts.set(end, (ofEnd = new Map<number, number>()));
    return ofEnd;
  }
}
