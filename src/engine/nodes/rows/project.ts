import { makeBatch, MAX_TIME } from '../../../model';
import { type Project } from '../../../sql/plan';
import { compile } from '../../expression';
import { type Operator } from '../../stream/operator';

/** Computes the SELECT list. Remembers nothing; who a row is stays what it was. */
export function project(plan: Project): Operator {
  const evaluators = plan.expressions.map((expression) => compile(expression, plan.input.schema));
  const out = makeBatch(plan.schema);
  const operator: Operator = {
    name: 'project',
    begin: 0,
    out,
    state: null,
    process(batch, from, to) {
      // Rows keep their numbers, so columns and hidden columns are handed on as they are.
      out.columns = evaluators.map((evaluate) => evaluate(batch, from, to));
      out.length = to;
      out.time = batch.time;
      out.watermark = batch.watermark;
      out.input = batch.input;
      out.kind = batch.kind;
      out.id0 = batch.id0;
      out.id1 = batch.id1;
      out.id2 = batch.id2;
      operator.begin = from;
    },
    advance() {},
    due: () => MAX_TIME,
  };
  return operator;
}
