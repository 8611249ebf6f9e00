import { type ColumnBatch } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../../sim/entries';
import { type Store } from '../../state/store';
import { type JoinSide } from './joinSide';
import { type Versions } from './temporalJoinVersions';

/** What a left row was answered with: its key and number, and the slot of the version; `NULLS` or `NOTHING` instead. */
export interface Answer {
  key: number;
  number: number;
  version: number;
}
export const NULLS = -1;
export const NOTHING = -2;

/**
 * Results of left rows that may be taken back later. What was emitted is withdrawn as it was emitted, whatever the
 * versions are by then. Rows are known by the identity that they came with.
 */
export class Answers implements Store {
  readonly rows = 0;
  private readonly answers = new Map<string, Answer>();
  /** Identity of waiting rows, by slot of the left side. */
  private readonly identities: string[] = [];

  constructor(
    private readonly left: JoinSide,
    private readonly versions: Versions,
  ) {}

  name(slot: number, { id0, id1, id2 }: ColumnBatch, row: number): void {
    this.identities[slot] = `${id0[row]},${id1[row]},${id2[row]}`;
  }

  /** The row in `slot` is answered; a newer one with its identity replaces it. */
  keep(slot: number, answer: Answer): void {
    this.take(slot);
    this.answers.set(this.identities[slot], answer);
    if (answer.version >= 0) this.versions.retain(answer.version);
  }

  /** What the row with this identity was answered with, or null; it is forgotten. Its version can be read until the next range. */
  take(slot: number): Answer | null {
    const identity = this.identities[slot];
    const answer = this.answers.get(identity);
    if (!answer) return null;
    this.answers.delete(identity);
    if (answer.version >= 0) this.versions.release(answer.version);
    return answer;
  }

  writeFrame(writer: StateWriter): void {
    for (const slot of this.left.inOrder()) writer.text(this.identities[slot]);
    writer.number(this.answers.size);
    for (const [identity, { key, number, version }] of this.answers) {
      writer.text(identity);
      for (const value of [key, number, version]) writer.number(value);
    }
  }

  readFrame(reader: StateReader): void {
    for (const slot of this.left.inOrder()) this.identities[slot] = reader.text();
    this.answers.clear();
    for (let left = reader.number(); left > 0; left -= 1) {
      const identity = reader.text();
      this.answers.set(identity, { key: reader.number(), number: reader.number(), version: reader.number() });
    }
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    const { store } = this.left;
    for (const slot of this.left.inOrder()) entry(store.key[slot]).text(this.identities[slot]);
    const versions = this.versions.slotsByKey();
    for (const [identity, { key, number, version }] of [...this.answers].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const writer = entry(key);
      writer.text(identity);
      writer.number(number);
      writer.number(version < 0 ? version : versions.get(key)!.indexOf(version));
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    for (const slot of this.left.slotsOf(key)) this.identities[slot] = entry.text();
    while (!entry.finished) {
      const identity = entry.text();
      const number = entry.number();
      const place = entry.number();
      this.answers.set(identity, { key, number, version: place < 0 ? place : this.versions.retainRead(place) });
    }
  }
}
