import { readValue } from '../../../model';
import { boundsOf } from '../../frames/bounds';
import { final, isSameRow, waiting, type ExplanationFamily, type Trail } from '../explanation';
import { type NodeOf } from '../kind';

export const why = {
  over: {
    contributors: followFrame,
    isMadeFrom: (_, result, row) => isSameRow(result, row),
    absent(_, { rows, row, refused }, moment) {
      if (refused) return final({ is: 'too late', rule: 'S7.4', for: 'frame' });
      const time = rows.time[row];
      // What is older than the watermark waits for the next one (S11.1).
      return time > moment.watermark ? waiting('S7.3', moment, time) : waiting('S11.1', moment, moment.watermark + 1);
    },
  },
} satisfies ExplanationFamily;

/** The row itself and those in its frame. */
function followFrame({ partitionBy, frame, aggregates }: NodeOf<'over'>, trail: Trail): void {
  const { rows: above, from } = trail.rowsOf(0);
  let me = 0;
  while (me < above.length && !isSameRow({ rows: above, row: me, input: from[me] }, trail)) me += 1;
  if (me === above.length) return;
  const columns = trail.columnsOf(partitionBy, above);
  const key = columns.map((column) => readValue(column, me));
  const dropped = trail.dropped();
  const now = above.time[me];
  const mine = Array.from({ length: above.length }, (_, one) => one).filter(
    (one) =>
      from[one] <= trail.input &&
      (one === me || !dropped.has(from[one])) &&
      columns.every((column, i) => readValue(column, one) === key[i]),
  );
  const { unit, preceding } = frame;
  // In the order of S19: event time, then arrival.
  const before = mine
    .filter((one) => above.time[one] < now || (above.time[one] === now && one <= me))
    .sort((a, b) => above.time[a] - above.time[b] || a - b);
  const bounds = boundsOf(unit === 'range' ? preceding : null, trail.options.edge, trail.options.hop);
  const inFrame =
    unit === 'rows'
      ? before.slice(preceding === null ? 0 : -(preceding + 1))
      : mine.filter((one) => above.time[one] >= bounds.least(now) && above.time[one] <= bounds.most(now));
  const lags = aggregates.flatMap(({ lag }) => (lag ? [before.at(-1 - lag.rows)] : []));
  for (const one of [me, ...inFrame, ...lags]) if (one !== undefined) trail.follow(0, one);
}
