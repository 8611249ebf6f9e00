import { takeRows } from '../../../model';
import { type Aggregate } from '../../../sql/plan';
import { layoutOf } from '../../aggregates';
import { breaking } from '../../batch/breaking';
import { lazily } from '../../batch/chunk';
import { adding, GroupFinder } from '../../batch/finder';
import { GroupStates, keysInOrder, resultColumns } from '../../batch/groups';
import { type BatchFamily, type BlockingOperator } from '../../batch/operator';
import { ordered } from '../../batch/order';

export const batch = {
  aggregate: (node, job, consume) => breaking(ordered(node, aggregate(node)), node.input, job, consume),
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
      const columns = [...keyColumns, ...resultColumns(plan, states, groups)];
      const zero = new Float64Array(groups.length);
      const origin = lazily(() => ({ id0: new Float64Array(groups), id1: zero, id2: zero, append: null }));
      return { table: { schema: plan.schema, columns, length: groups.length }, origin };
    },
  };
}
