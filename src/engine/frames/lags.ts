import { field, TidemarkError, writeValue, type Column, type ColumnBatch, type Schema } from '../../model';
import { type AggregateCall } from '../../sql/plan';
import { compile, type Evaluator } from '../expression';
import { PIECE, type Pieces } from '../pieces';
import { type StateBackend } from '../state/backend';
import { KeyedRows } from '../state/rows';
import { adoptDictionary } from '../state/savedRows';
import { copyValue } from '../stream/rows';

/** The last few values of each key, which only accompany its other state. */
class LastValues extends KeyedRows {
  override get rows(): number {
    return 0;
  }
}

/**
 * LAG: the value that stood some rows earlier in the partition, in the order of S19, whatever the frame; null counts as
 * a value.
 */
export class Lags {
  private readonly evaluate: Evaluator;
  private readonly distance: number;
  private readonly otherwise: NonNullable<AggregateCall['lag']>['otherwise'];
  private readonly values: KeyedRows;

  constructor(
    call: AggregateCall,
    schema: Schema,
    private readonly result: Column,
    state: StateBackend,
  ) {
    const { rows, otherwise } = lagOf(call);
    this.distance = rows;
    this.otherwise = otherwise;
    this.evaluate = compile(call.argument!, schema);
    this.values = state.add(new LastValues([field('value', result.type, true)]));
  }

  /** Rows [from, to) of `out` come next in their partitions. */
  *answer(out: ColumnBatch, keys: Int32Array, from: number, to: number): Pieces {
    const { distance, result, values } = this;
    const rows = { ...out, columns: [this.evaluate(out, from, to)] };
    const [value] = values.batch.columns;
    for (let row = from; row < to; row += 1) {
      const key = keys[row];
      values.reserveKeys(key + 1);
      const isThere = values.count[key] === distance;
      if (isThere) {
        adoptDictionary(result, value.dictionary, row);
        copyValue(value, values.shift(key), result, row);
      } else writeValue(result, row, this.otherwise);
      values.append(key, values.put(rows, row));
      if (row % PIECE === 0) yield;
    }
  }
}

/** More rows back than this per key is a mistake in the query. */
const MOST_ROWS_BACK = 10_000;

/** Throws a TidemarkError for a LAG that goes back no row, or too many. */
export function lagOf({ lag, text }: AggregateCall): NonNullable<AggregateCall['lag']> {
  const rows = lag?.rows ?? 0;
  if (lag && Number.isInteger(rows) && rows >= 1 && rows <= MOST_ROWS_BACK) return lag;
  throw new TidemarkError({
    what: 'LAG goes back a number of rows',
    where: text,
    expected: `a whole number from 1 to ${MOST_ROWS_BACK}`,
    found: String(rows),
    hint: 'LAG(x) is the row before this one, LAG(x, 2) the one before that.',
  });
}
