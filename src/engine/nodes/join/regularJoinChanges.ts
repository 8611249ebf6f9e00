import { adds, DELETE, INSERT, type ColumnBatch, type Schema } from '../../../model';
import { type JoinKind } from '../../../sql/plan';
import { PairRows } from './pairRows';
import { type RegularJoinSide } from './regularJoinSide';

const NONE = -1;

/** The changes of the result of a regular join, in the order in which they are said. */
export class JoinChanges {
  private readonly rows: PairRows;
  private readonly onlyLeft: boolean;
  /** The range under way. */
  private batch: ColumnBatch | null = null;

  constructor(
    schema: Schema,
    private readonly kind: JoinKind,
    private readonly sides: readonly [RegularJoinSide, RegularJoinSide],
  ) {
    this.onlyLeft = kind === 'semi' || kind === 'anti';
    this.rows = new PairRows(schema, sides[0].store, sides[1].store, !this.onlyLeft);
  }

  get out(): ColumnBatch {
    return this.rows.out;
  }

  /** Changes are caused by rows of `batch` from now on. */
  begin(batch: ColumnBatch): void {
    this.batch = batch;
  }

  /** At the end of a range: the columns of its changes. */
  flush(): void {
    this.rows.flush();
    this.batch = null;
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
    const { rows, sides } = this;
    const { time, watermark, input } = this.batch!;
    // A pair is as late as the later one of its rows; what comes or goes because of a row is no older than that.
    let latest = Math.max(time[row], sides[side].store.time[slot]);
    if (partner !== NONE) latest = Math.max(latest, sides[1 - side].store.time[partner]);
    if (side === 0) rows.add(slot, partner, latest, watermark[row], input[row]);
    else rows.add(partner, slot, latest, watermark[row], input[row]);
    rows.out.kind[rows.out.length - 1] = kind;
  }
}
