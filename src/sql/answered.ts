import { type Over, type Plan } from './plan';

/**
 * The rolling aggregate of a plan from which requests are answered, its columns under the names of the SELECT list; null
 * where the result is another one.
 */
export function answeredBy(plan: Plan): Over | null {
  if (plan.node === 'over') return plan;
  if (plan.node !== 'project' || plan.input.node !== 'over') return null;
  const schema = [...plan.input.schema];
  const first = plan.input.input.schema.length;
  plan.expressions.forEach((one, i) => {
    if (one.op === 'column' && one.index >= first)
      schema[one.index] = { ...schema[one.index], name: plan.schema[i].name };
  });
  return { ...plan.input, schema };
}
