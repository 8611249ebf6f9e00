import { type WindowAggregate } from '../../../sql/plan';
import { checkShape } from '../../grid';
import { layoutOf } from '../../aggregates';
import { compile } from '../../expression';
import { KeyTable } from '../../state/keys';
import { PairIndex } from '../../state/pairs';
import { type BlockingOperator } from '../../batch/operator';
import { windowRows } from './batchRows';
import { Collector, upTo } from '../../batch/chunk';
import { GroupStates, bucketSort } from '../../batch/groups';
import { Spans, refuseNullTime } from '../../batch/windows';

/**
 * GROUP BY over SESSION windows. With all rows at hand, sessions are stretches of each key's rows in order of time:
 * one ends where the next row is more than the gap away (S3.1; exactly one gap apart still is one session, S3.2).
 */
export function sessionAggregate(plan: WindowAggregate, gap: number): BlockingOperator {
  checkShape(plan.window);
  const { schema, timeColumn } = plan.input;
  const collector = new Collector(schema);
  const keyOf = plan.keys.map((key) => compile(key, schema));
  return {
    consume: collector.take,
    finish() {
      const table = collector.table();
      const { length } = table;
      const { data: time, valid } = table.columns[timeColumn];
      if (valid !== null) refuseNullTime(valid, 0, length);
      const keys = new KeyTable(plan.schema.slice(0, plan.keys.length));
      const ids = new Int32Array(length);
      keys.intern(
        keyOf.map((evaluate) => evaluate(table, 0, length)),
        0,
        length,
        ids,
      );
      const byTime = upTo(length).sort((a, b) => time[a] - time[b] || a - b);
      const order = bucketSort(byTime, ids, upTo(Math.max(1, keys.size)));
      const layout = layoutOf(plan.aggregates, schema, { timeColumn });
      const states = new GroupStates(layout);
      const pairs = new PairIndex();
      const spans = new Spans();
      const bases = new Int32Array(length);
      for (let first = 0; first < length;) {
        let last = first;
        const key = ids[order[first]];
        while (last + 1 < length && ids[order[last + 1]] === key && time[order[last + 1]] - time[order[last]] <= gap) {
          last += 1;
        }
        const session = pairs.numberOf(key, spans.numberOf(time[order[first]], time[order[last]] + gap));
        for (let i = first; i <= last; i += 1) bases[order[i]] = session * layout.stride;
        first = last + 1;
      }
      states.reserve(pairs.size);
      layout.add(states.state, bases, table, 0, length);
      return windowRows(plan, keys, { pairs, spans, states });
    },
  };
}
