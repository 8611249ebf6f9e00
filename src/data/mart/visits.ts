import { grown, type Timestamp } from '../../model';

/** Who pays when and where, before it is known what and how much: growing columns, in no order yet. */
export class Visits {
  length = 0;
  /** When, ms. */
  time: Float64Array;
  /** card · 256 + city. */
  who: Int32Array;
  /** 1: paid with the card in hand for certain, because an attack depends on it. */
  inHand: Uint8Array;

  constructor(capacity: number) {
    this.time = new Float64Array(capacity);
    this.who = new Int32Array(capacity);
    this.inHand = new Uint8Array(capacity);
  }

  add(time: Timestamp, card: number, city: number): void {
    if (this.length === this.time.length) this.grow();
    this.time[this.length] = time;
    this.who[this.length] = card * 256 + city;
    this.length += 1;
  }

  private grow(): void {
    const size = Math.max(64, this.time.length * 2);
    this.time = grown(this.time, size);
    this.who = grown(this.who, size);
    this.inHand = grown(this.inHand, size);
  }
}
