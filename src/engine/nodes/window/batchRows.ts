import { TIMESTAMP, makeColumn, takeRows } from '../../../model';
import { type WindowAggregate } from '../../../sql/plan';
import { lastOf } from '../../grid';
import { type KeyTable } from '../../state/keys';
import { type PairIndex } from '../../state/pairs';
import { type BlockingOperator } from '../../batch/operator';
import { lazily, upTo } from '../../batch/chunk';
import { bucketSort, keysInOrder, ranks, resultColumns } from '../../batch/groups';
import { type SpanGroups, type Spans } from '../../batch/windows';

/** The rows of finished windows, in order of window (end, then start), then key. */
export function windowRows(
  plan: WindowAggregate,
  keyTable: KeyTable,
  { pairs, spans, states }: SpanGroups,
): ReturnType<BlockingOperator['finish']> {
  const order = groupsInOrder(pairs, spans, keyTable);
  const keyIds = new Int32Array(order.length);
  const start = makeColumn(TIMESTAMP, order.length);
  const end = makeColumn(TIMESTAMP, order.length);
  const time = makeColumn(TIMESTAMP, order.length);
  for (let row = 0; row < order.length; row += 1) {
    const span = pairs.rights[order[row]];
    keyIds[row] = pairs.lefts[order[row]];
    start.data[row] = spans.starts[span];
    end.data[row] = spans.ends[span];
    time.data[row] = lastOf(spans.ends[span]);
  }
  const columns = [
    ...takeRows(keyTable.table, keyIds).columns,
    start,
    end,
    time,
    ...resultColumns(plan, states, order),
  ];
  const origin = lazily(() => ({
    id0: new Float64Array(keyIds),
    id1: start.data as Float64Array,
    id2: end.data as Float64Array,
    append: null,
  }));
  return { table: { schema: plan.schema, columns, length: order.length }, origin };
}

/** Two stable sorts by small numbers: by place of the key, then by place of the window. */
function groupsInOrder(pairs: PairIndex, { starts, ends }: Spans, keys: KeyTable): Int32Array {
  const keyRank = ranks(keysInOrder(keys));
  const spanRank = ranks(upTo(starts.length).sort((a, b) => ends[a] - ends[b] || starts[a] - starts[b]));
  const byKey = bucketSort(upTo(pairs.size), pairs.lefts, keyRank);
  return bucketSort(byKey, pairs.rights, spanRank);
}
