import { type ColumnBatch } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type Versions } from './temporalJoinVersions';

/** What a left row was answered with: its number, and the slot of the version; `NULLS` or `NOTHING` instead. */
export interface Answer {
  number: number;
  version: number;
}
export const NULLS = -1;
export const NOTHING = -2;

/**
 * Results of left rows that may be taken back later. What was said is withdrawn as it was said, whatever the versions
 * are by then. Rows are known by the identity that they came with.
 */
export class Answers {
  private readonly answers = new Map<string, Answer>();
  /** Identity of waiting rows, by slot of the left side. */
  private readonly identities: string[] = [];

  constructor(private readonly versions: Versions) {}

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

  /** Slots of the versions that are named. */
  *named(): Generator<number> {
    for (const { version } of this.answers.values()) if (version >= 0) yield version;
  }

  /** `places`: of the versions as they were saved; `waiting`: left slots as they are saved. */
  save(writer: StateWriter, places: Map<number, number>, waiting: Int32Array): void {
    writer.number(waiting.length);
    for (const slot of waiting) writer.text(this.identities[slot]);
    writer.number(this.answers.size);
    for (const [identity, { number, version }] of this.answers) {
      writer.text(identity);
      writer.number(number);
      writer.number(places.get(version) ?? version);
    }
  }

  restore(reader: StateReader): void {
    this.answers.clear();
    const waiting = reader.number();
    for (let slot = 0; slot < waiting; slot += 1) this.identities[slot] = reader.text();
    const count = reader.number();
    for (let i = 0; i < count; i += 1) {
      this.answers.set(reader.text(), { number: reader.number(), version: reader.number() });
    }
  }
}
