import { TidemarkError } from '../model';
import { type AggregateCall } from '../sql/plan';

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
