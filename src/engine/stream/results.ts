import { makeBatch, reserveBatch, type ColumnBatch, type Schema } from '../../model';
import { adoptDictionary } from '../state/savedRows';
import { copyRows } from './rows';

/** Hidden columns that are kept: nobody asks a result for its watermark, and only the reader of a trace who a row is. */
const PLAIN = ['time', 'input', 'kind'] as const;
const IDENTITY = ['id0', 'id1', 'id2'] as const;
const IDENTIFIED = [...PLAIN, ...IDENTITY] as const;

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

  /** `forecast`: about how many rows there will be in the end; where it falls short, room is doubled. */
  append(batch: ColumnBatch, from: number, to: number, forecast = 0): void {
    const { rows } = this;
    const length = rows.length + to - from;
    // Rows that were restored have texts of their own until the operator sees the dictionary of its input.
    if (rows.length > 0)
      rows.columns.forEach((column, i) => adoptDictionary(column, batch.columns[i].dictionary, rows.length));
    if (length > rows.time.length) reserveBatch(rows, Math.max(length, forecast), this.identified ? IDENTITY : []);
    copyRows(batch, from, to, rows, this.identified ? IDENTIFIED : PLAIN);
  }
}
