import { makeBatch, reserveBatch, type Column, type ColumnBatch, type Schema, type Table } from '../../../model';
import { type AggregateLayout } from '../../aggregates';
import { copyValue, shareDictionary } from '../../stream/rows';
import { type WindowStore } from './updatingWindowStore';

/** The rows that updating windows emit: keys, start, end, result time, results. */
export class UpdatingWindowRows {
  readonly out: ColumnBatch;
  private readonly results: Column[];

  constructor(
    schema: Schema,
    private readonly keyColumns: number,
    private readonly layout: AggregateLayout,
    /** Key values by id. */
    private readonly keyTable: Table,
  ) {
    this.out = makeBatch(schema);
    this.results = this.out.columns.slice(keyColumns + 3);
  }

  /** Appends what the window of `slot` holds now. Its time is that of its newest record (S18: result timestamp). */
  write(store: WindowStore, slot: number, kind: number, watermark: number, input: number): void {
    const { out, keyColumns, layout } = this;
    const { columns } = out;
    const at = out.length;
    if (at === out.time.length) reserveBatch(out, 2 * at);
    const key = store.key[slot];
    const time = store.time[slot];
    for (let i = 0; i < keyColumns; i += 1) {
      shareDictionary(this.keyTable.columns[i], columns[i]);
      copyValue(this.keyTable.columns[i], key, columns[i], at);
    }
    columns[keyColumns].data[at] = store.start[slot];
    columns[keyColumns + 1].data[at] = store.end[slot];
    columns[keyColumns + 2].data[at] = time;
    layout.result(store.state, slot * layout.stride, this.results, at);
    out.time[at] = time;
    out.watermark[at] = watermark;
    out.input[at] = input;
    out.kind[at] = kind;
    out.id0[at] = key;
    out.id1[at] = store.start[slot];
    out.id2[at] = store.end[slot];
    out.length = at + 1;
  }
}
