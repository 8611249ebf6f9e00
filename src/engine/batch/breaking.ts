import { type Plan } from '../../sql/plan';
import { pushTable, type Consumer } from './chunk';
import { type Breaker, type Job } from './operator';

/** Runs a breaker over all rows of an input. */
export function breaking(breaker: Breaker, input: Plan, job: Job, consume: Consumer): void {
  job.push(input, breaker.consume);
  const { table, origin } = breaker.finish();
  pushTable(table, origin, consume);
}
