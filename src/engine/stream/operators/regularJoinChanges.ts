import { adds, DELETE, INSERT, reserveBatch, type ColumnBatch } from '../../../model';
import { type JoinKind } from '../../../sql/plan';
import { type JoinSide } from './regularJoinSide';

const NONE = -1;

/**
 * The changes of the result that a range makes, as pairs of slots, each at the place of its row in `out`; the columns
 * are gathered at its end.
 */
export class JoinChanges {
  private slots: [left: Int32Array, right: Int32Array] = [new Int32Array(256), new Int32Array(256)];
  private numbers: [left: Float64Array, right: Float64Array] = [new Float64Array(256), new Float64Array(256)];
  private kinds = new Uint8Array(256);
  /** The row of the range that caused it. */
  private rows = new Int32Array(256);
  private length = 0;
  /** Rows of `out` that were there before. */
  private start = 0;
  private readonly onlyLeft: boolean;

  constructor(
    private readonly kind: JoinKind,
    private readonly sides: readonly [JoinSide, JoinSide],
  ) {
    this.onlyLeft = kind === 'semi' || kind === 'anti';
  }

  /** A range begins; its changes go behind what `out` has. */
  begin(out: ColumnBatch): void {
    this.start = out.length;
    this.length = out.length;
    while (this.rows.length < out.length) this.grow();
  }

  /** Whether a row of a counted side stands in the result by itself, with this many partners. */
  showsAlone(partners: number): boolean {
    return partners > 0 === (this.kind === 'semi');
  }

  /** A row comes (or is taken back) that stands by itself. */
  alone(side: number, slot: number, row: number, kind: number): void {
    this.put(side, slot, NONE, row, this.onlyLeft ? kind : adds(kind) ? INSERT : DELETE);
  }

  /** A row that had no partner has its first one now: what stood for that is withdrawn. */
  met(side: number, slot: number, row: number): void {
    this.put(side, slot, NONE, row, this.kind === 'semi' ? INSERT : DELETE);
  }

  /** A row has lost its last partner: what stands for that is restored. */
  left(side: number, slot: number, row: number): void {
    this.put(side, slot, NONE, row, this.kind === 'semi' ? DELETE : INSERT);
  }

  /** A pair comes or goes, because of a row of `side` in `slot` whose kind is `kind`. */
  pair(side: number, slot: number, partner: number, row: number, kind: number): void {
    if (this.onlyLeft) return;
    this.put(side, slot, partner, row, this.kind === 'inner' ? kind : adds(kind) ? INSERT : DELETE);
  }

  private put(side: number, slot: number, partner: number, row: number, kind: number): void {
    const at = this.length;
    if (at === this.rows.length) this.grow();
    const { slots, numbers, sides } = this;
    slots[side][at] = slot;
    slots[1 - side][at] = partner;
    numbers[side][at] = sides[side].store.number[slot];
    numbers[1 - side][at] = partner === NONE ? NONE : sides[1 - side].store.number[partner];
    this.kinds[at] = kind;
    this.rows[at] = row;
    this.length = at + 1;
  }

  /** Writes the changes of the range to `out`. */
  flush(batch: ColumnBatch, out: ColumnBatch): void {
    const { start, length, slots, numbers, rows } = this;
    if (length === start) return;
    const [left, right] = this.sides;
    reserveBatch(out, length);
    left.store.gather(slots[0].subarray(start), length - start, out, 0, start);
    const first = left.store.table.columns.length;
    if (!this.onlyLeft) right.store.gather(slots[1].subarray(start), length - start, out, first, start);
    for (let at = start; at < length; at += 1) {
      const row = rows[at];
      // A pair is as late as the later one of its rows; what comes or goes because of a row is no older than that.
      let time = batch.time[row];
      if (slots[0][at] !== NONE) time = Math.max(time, left.store.time[slots[0][at]]);
      if (slots[1][at] !== NONE) time = Math.max(time, right.store.time[slots[1][at]]);
      out.time[at] = time;
      out.watermark[at] = batch.watermark[row];
      out.input[at] = batch.input[row];
    }
    out.kind.set(this.kinds.subarray(start, length), start);
    out.id0.set(numbers[0].subarray(start, length), start);
    out.id1.set(numbers[1].subarray(start, length), start);
    out.id2.fill(0, start, length);
    out.length = length;
  }

  private grow(): void {
    const size = this.rows.length * 2;
    const ints = (values: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(size);
      grown.set(values);
      return grown;
    };
    const floats = (values: Float64Array): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(size);
      grown.set(values);
      return grown;
    };
    this.slots = [ints(this.slots[0]), ints(this.slots[1])];
    this.numbers = [floats(this.numbers[0]), floats(this.numbers[1])];
    this.rows = ints(this.rows);
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}
