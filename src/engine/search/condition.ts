import { FACTS, tableOf, TidemarkError, type Facts } from '../../model';
import { condition, type Expression } from '../../sql';
import { inputsOf } from '../../sql/walk';
import { compile } from '../expression';

/** A condition over the facts of a run. */
export interface Condition {
  /** The facts that it refers to, in the order of `FACTS`. */
  facts: string[];
  /** As SQL's CHECK: only what is false breaks it; what is unknown (a comparison with null) does not. */
  holds(facts: Facts): boolean;
}

/** Reads a condition in our SQL. Throws a TidemarkError whose place is in `text`. */
export function conditionOf(text: string): Condition {
  const expression = condition(text, FACTS);
  const read = new Set<string>();
  const visit = (one: Expression): void => {
    if (one.op === 'column') read.add(FACTS[one.index].name);
    inputsOf(one).forEach(visit);
  };
  visit(expression);
  if (read.size === 0)
    throw new TidemarkError({
      what: 'a claim that is not about a run',
      expected: `a condition over ${FACTS.map(({ name }) => name).join(', ')}`,
      found: text,
    });
  const evaluate = compile(expression, FACTS);
  return {
    facts: FACTS.flatMap(({ name }) => (read.has(name) ? [name] : [])),
    holds(facts) {
      const row = tableOf(FACTS, [FACTS.map(({ name }) => facts[name] ?? null)]);
      const { data, valid } = evaluate(row, 0, 1);
      return (valid !== null && valid[0] === 0) || data[0] !== 0;
    },
  };
}
