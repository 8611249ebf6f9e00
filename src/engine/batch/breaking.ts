import { type Plan } from '../../sql/plan';
import { pushTable, type Consumer } from './chunk';
import { type BlockingOperator, type Job } from './operator';

/** Runs a blocking operator over all rows of an input. */
export function breaking(operator: BlockingOperator, input: Plan, job: Job, consume: Consumer): void {
  job.push(input, operator.consume);
  const { table, origin } = operator.finish();
  pushTable(table, origin, consume);
}
