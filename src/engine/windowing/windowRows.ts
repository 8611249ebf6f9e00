import { makeBatch, reserveBatch, withRoom, type Column, type ColumnBatch, type Table } from '../../model';
import { type Aggregate, type WindowAggregate } from '../../sql/plan';
import { lastOf } from '../stream/windows';
import { type AggregateLayout } from '../aggregates';
import { PIECE, type Pieces } from '../pieces';
import { appendHidden, copyValue, gather } from '../stream/rows';
import { adoptDictionary } from '../state/savedRows';

/** Values that are written in one go: so many that nothing is lost by it. */
const VALUES = 16 * PIECE;

/**
 * The rows that windows emit, written column by column: keys, start, end, last millisecond, results; those of a GROUP BY
 * without windows leave the window out. The caller puts the ids of keys into `keys` and the places of their values into
 * `bases`, and then writes them as rows of one window.
 */
export class WindowRows {
  readonly out: ColumnBatch;
  keys = new Int32Array(64);
  bases = new Int32Array(64);
  private readonly windowed: boolean;
  private readonly keyColumns: number;
  private readonly results: Column[];

  constructor(
    plan: WindowAggregate | Aggregate,
    private readonly layout: AggregateLayout,
    /** Key values by id. */
    private readonly keyTable: Table,
    /** Whether `window_time` is the row's own time (S13.6), and not the last millisecond of the window. */
    private readonly hasOwnTime = false,
  ) {
    this.windowed = plan.node === 'window aggregate';
    this.keyColumns = plan.keys.length;
    this.out = makeBatch(plan.schema);
    this.results = this.out.columns.slice(plan.keys.length + (this.windowed ? 3 : 0));
  }

  /** Makes room for `count` keys; those that are there stay. */
  reserve(count: number): void {
    if (count <= this.keys.length) return;
    this.keys = withRoom(this.keys, count);
    this.bases = new Int32Array(this.keys.length);
  }

  /** Appends a row of the window [start, end) for each of the first `count` keys; their values are in `values`. */
  *write(
    values: Float64Array,
    count: number,
    start: number,
    end: number,
    kind: number,
    watermark: number,
    input: number,
  ): Pieces {
    const { out } = this;
    const to = out.length + count;
    if (to > out.time.length) reserveBatch(out, Math.max(256, to));
    const most = Math.max(1, Math.floor(VALUES / out.columns.length));
    for (let first = 0; first < count; first += most) {
      this.writeSome(values, first, Math.min(count, first + most), start, end, kind, watermark, input);
      if (first + most < count) yield;
    }
  }

  /** The same for keys [first, last), where there is room. */
  private writeSome(
    values: Float64Array,
    first: number,
    last: number,
    start: number,
    end: number,
    kind: number,
    watermark: number,
    input: number,
  ): void {
    const { out, keyColumns } = this;
    const count = last - first;
    const at = out.length;
    const to = at + count;
    const keys = this.keys.subarray(first, last);
    for (let i = 0; i < keyColumns; i += 1) {
      adoptDictionary(out.columns[i], this.keyTable.columns[i].dictionary, at);
      gather(this.keyTable.columns[i], keys, count, out.columns[i], at);
    }
    out.columns[keyColumns].data.fill(start, at, to);
    out.columns[keyColumns + 1].data.fill(end, at, to);
    out.columns[keyColumns + 2].data.fill(end - 1, at, to);
    this.layout.results(values, this.bases.subarray(first, last), count, this.results, at);
    for (let i = 0; i < count; i += 1) out.id0[at + i] = keys[i];
    out.time.fill(end - 1, at, to);
    out.watermark.fill(watermark, at, to);
    out.input.fill(input, at, to);
    out.kind.fill(kind, at, to);
    out.id1.fill(start, at, to);
    out.id2.fill(end, at, to);
    out.length = to;
  }

  /**
   * Appends one row, whose values start at `base`: for windows that fire one by one. `time` is its event time where
   * that is not the last millisecond of the window.
   */
  writeOne(
    values: Float64Array,
    base: number,
    key: number,
    start: number,
    end: number,
    kind: number,
    watermark: number,
    input: number,
    time = lastOf(end),
  ): void {
    const { out, keyColumns, windowed } = this;
    const { columns } = out;
    const at = appendHidden(out, kind, time, watermark, input, key, windowed ? start : 0, windowed ? end : 0);
    for (let i = 0; i < keyColumns; i += 1) {
      adoptDictionary(columns[i], this.keyTable.columns[i].dictionary, at);
      copyValue(this.keyTable.columns[i], key, columns[i], at);
    }
    if (windowed) {
      columns[keyColumns].data[at] = start;
      columns[keyColumns + 1].data[at] = end;
      columns[keyColumns + 2].data[at] = this.hasOwnTime ? time : lastOf(end);
    }
    this.layout.result(values, base, this.results, at);
  }
}
