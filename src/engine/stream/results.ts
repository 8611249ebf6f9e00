import { makeBatch, reserveBatch, type ColumnBatch, type Schema } from '../../model';
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
    reserveBatch(this.rows, this.rows.length + to - from);
    copyRows(batch, from, to, this.rows);
  }
}
