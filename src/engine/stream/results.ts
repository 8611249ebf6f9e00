import { makeBatch, reserveBatch, type ColumnBatch, type Schema } from '../../model';
import { adoptDictionary } from '../state/savedRows';
import { copyRows } from './rows';

/**
 * Every row that a run has sent to its result, in order. `length` is where the run stands; rows behind it, from before
 * a seek backwards, are what the run will write there again, so nothing is lost by going back.
 */
export class ResultLog {
  readonly rows: ColumnBatch;

  constructor(schema: Schema) {
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
    copyRows(batch, from, to, this.rows);
  }
}
