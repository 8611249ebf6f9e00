import { takeRows } from '../../../model';
import { type Aggregate } from '../../../sql/plan';
import { layoutOf } from '../../aggregates';
import { adding, GroupFinder } from '../../batch/finder';
import { GroupStates, keysInOrder, resultColumns } from '../../batch/groups';
import { blocking, rowPerKey, type BatchFamily, type BlockingOperator } from '../../batch/operator';
import { ordered } from '../../batch/order';

export const batch = {
  aggregate: blocking((node: Aggregate) => ordered(node, aggregate(node))),
} satisfies BatchFamily;

/** GROUP BY without windows. Rows in order of their keys; without keys one row, even over nothing (S16). */
function aggregate(plan: Aggregate): BlockingOperator {
  const { schema, timeColumn } = plan.input;
  const states = new GroupStates(layoutOf(plan.aggregates, schema, { timeColumn }));
  const finder = new GroupFinder(plan, null, states);
  return {
    consume: adding(finder, states),
    finish() {
      // All rows are in one slice, so a group's number is its key's.
      const groups = plan.keys.length === 0 ? Int32Array.of(0) : keysInOrder(finder.keys);
      states.reserve(groups.length);
      const keyColumns = plan.keys.length === 0 ? [] : takeRows(finder.keys.table, groups).columns;
      return rowPerKey(plan.schema, [...keyColumns, ...resultColumns(plan, states, groups)], groups);
    },
  };
}
