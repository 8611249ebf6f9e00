import { makeBatch, MAX_TIME } from '../../../model';
import { type Filter } from '../../../sql/plan';
import { compilePredicate } from '../../expression';
import { type Operator } from '../../stream/operator';
import { copyHidden, copyValue } from '../../stream/rows';
import { adoptDictionary } from '../../state/savedRows';

/** Lets rows through whose predicate is true. Remembers nothing; retractions pass by the same rule as what they take back. */
export function filter(plan: Filter): Operator {
  const holds = compilePredicate(plan.predicate, plan.input.schema);
  const out = makeBatch(plan.schema);
  return {
    name: 'filter',
    out,
    state: null,
    process(batch, from, to) {
      const keep = holds(batch, from, to);
      batch.columns.forEach(({ dictionary }, i) => adoptDictionary(out.columns[i], dictionary, out.length));
      for (let row = from; row < to; row += 1) {
        if (!keep[row]) continue;
        const at = copyHidden(batch, row, out);
        for (let i = 0; i < out.columns.length; i += 1) copyValue(batch.columns[i], row, out.columns[i], at);
      }
    },
    advance() {},
    due: () => MAX_TIME,
  };
}
