import { type Plan } from './plan';

/** Why no column of a plan carries event time, and what to do about it: one sentence, for hints. */
export function whyNoTime(plan: Plan): string {
  switch (plan.node) {
    case 'scan':
      return `${plan.table} declares no event time: add WATERMARK FOR ts AS ts - INTERVAL '5' SECOND to its columns.`;
    case 'aggregate':
      return 'GROUP BY without a window gives results that keep changing: group by TUMBLE or HOP windows first.';
    case 'window aggregate':
    case 'over':
    case 'top n':
    case 'deduplicate':
    case 'filter':
      return whyNoTime(plan.input);
    case 'union all':
      return whyNoTime(plan.inputs.find((one) => one.timeColumn < 0) ?? plan.inputs[0]);
    case 'join':
      return 'A join without a bound in time gives results that keep changing: bound it by an interval or by windows.';
    case 'interval join':
    case 'window join':
    case 'temporal join':
    case 'asof join':
      return whyNoTime(plan.left);
    case 'project': {
      const { input } = plan;
      if (input.timeColumn < 0) return whyNoTime(input);
      const name = input.schema[input.timeColumn].name;
      return name === 'window_time'
        ? 'The inner SELECT must select window_time (and group by it): it carries event time on, window_start and window_end do not.'
        : `The inner SELECT must select ${name} as it is: it carries event time.`;
    }
  }
}
