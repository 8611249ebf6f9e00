import { type Plan } from '../../../../sql/plan';
import { Collector, pushTable, type Consumer } from '../../../batch/chunk';
import { type BatchFamily, type Job, type Used } from '../../../batch/operator';
import { asofJoin } from './asof';
import { intervalJoin } from './interval';
import { regularJoin, type Join } from './regular';
import { temporalJoin } from './temporal';
import { windowJoin } from './window';

export const batch = {
  join: (node, job, consume) => joining(regularJoin(node), node, job, consume),
  'interval join': (node, job, consume) => joining(intervalJoin(node), node, job, consume),
  'window join': (node, job, consume) => joining(windowJoin(node), node, job, consume),
  'temporal join': (node, job, consume, used) => joining(temporalJoin(node), node, job, consume, used),
  'asof join': (node, job, consume, used) => joining(asofJoin(node), node, job, consume, used),
} satisfies BatchFamily;

function joining(
  join: Join,
  { left, right }: { left: Plan; right: Plan },
  job: Job,
  consume: Consumer,
  used: Used = () => true,
): void {
  const [lefts, rights] = [left, right].map((side) => {
    const collector = new Collector(side.schema);
    job.push(side, collector.take);
    return collector;
  });
  const { table, origin } = join(lefts, rights, used);
  pushTable(table, origin, consume);
}
