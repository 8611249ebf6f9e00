import { makeBatch, reserveBatch, type ColumnBatch, type Schema } from '../../model';
import { adoptDictionary } from '../state/savedRows';
import { copyRows } from './rows';

/** Hidden columns that are kept: nobody asks a result for its watermark, and only the reader of a trace who a row is. */
const PLAIN = ['time', 'input', 'kind'] as const;
const IDENTIFIED = [...PLAIN, 'id0', 'id1', 'id2'] as const;

/**
 * Every row that a run has sent to its result, in order. `length` is where the run stands; rows behind it, from before
 * a seek backwards, are what the run will write there again, so nothing is lost by going back.
 */
export class ResultLog {
  readonly rows: ColumnBatch;

  /** `identified`: whether to keep who the rows are. */
  constructor(
    schema: Schema,
    private readonly identified = false,
  ) {
    this.rows = makeBatch(schema);
  }

  get length(): number {
    return this.rows.length;
  }

  set length(length: number) {
    this.rows.length = length;
  }

  append(batch: ColumnBatch, from: number, to: number): void {
    const { rows } = this;
    // Rows that were restored have texts of their own until the operator sees the dictionary of its input.
    if (rows.length > 0)
      rows.columns.forEach((column, i) => adoptDictionary(column, batch.columns[i].dictionary, rows.length));
    reserveBatch(this.rows, this.rows.length + to - from);
    copyRows(batch, from, to, this.rows, this.identified ? IDENTIFIED : PLAIN);
  }
}
