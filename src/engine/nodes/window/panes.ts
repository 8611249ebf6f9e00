import { type StateReader, type StateWriter } from '../../../sim/bytes';

/** How often windows have fired again, by end and key: rare, so a map will do. */
export class Panes {
  private counts = new Map<number, Map<number, number>>();

  /** Number of the pane that a window emits next; `first` for one that has not fired again yet. */
  take(end: number, key: number, first: number): number {
    const ofEnd = this.counts.get(end) ?? new Map<number, number>();
    const pane = ofEnd.get(key) ?? first;
    ofEnd.set(key, pane + 1);
    this.counts.set(end, ofEnd);
    return pane;
  }

  /** Forgets windows that end at or before `end`. */
  forget(end: number): void {
    for (const one of this.counts.keys()) if (one <= end) this.counts.delete(one);
  }

  save(writer: StateWriter): void {
    writer.number(this.counts.size);
    for (const [end, ofEnd] of this.counts) {
      writer.number(end);
      writer.ints(Int32Array.from(ofEnd.keys()));
      writer.ints(Int32Array.from(ofEnd.values()));
    }
  }

  restore(reader: StateReader): void {
    this.counts = new Map();
    for (let left = reader.number(); left > 0; left -= 1) {
      const end = reader.number();
      const keys = reader.ints();
      const counts = reader.ints();
      this.counts.set(end, new Map(Array.from(keys, (key, i) => [key, counts[i]])));
    }
  }
}
