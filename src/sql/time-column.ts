import { inputsOf, type IntervalJoin, type Plan } from './plan';

/**
 * The columns that can carry event time through a plan: that of the node, unless it is named here. Mostly there is one;
 * the result of an interval join has the times of both sides, and what is built on it says which one it follows.
 */
export function times(plan: Plan): number[] {
  switch (plan.node) {
    case 'filter':
      return times(plan.input);
    case 'project':
      return times(plan.input).flatMap((time) =>
        plan.expressions.flatMap((one, i) => (one.op === 'column' && one.index === time ? [i] : [])),
      );
    case 'interval join':
      return timesOfJoin(plan);
    default:
      return plan.timeColumn < 0 ? [] : [plan.timeColumn];
  }
}

/** A side that may be missing has no time to go by. */
function timesOfJoin({ left, right, kind }: IntervalJoin): number[] {
  const ofLeft = kind === 'right' || kind === 'full' ? [] : [left.timeColumn];
  const ofRight = kind === 'inner' || kind === 'right' ? [left.schema.length + right.timeColumn] : [];
  return [...ofLeft, ...ofRight];
}

/** The same plan with event time in `column`; null where that column cannot carry it. */
export function carry(plan: Plan, column: number): Plan | null {
  if (!times(plan).includes(column)) return null;
  if (plan.timeColumn === column) return plan;
  switch (plan.node) {
    case 'filter': {
      const input = carry(plan.input, column)!;
      return { ...plan, input, timeColumn: column };
    }
    case 'project': {
      const expression = plan.expressions[column] as { index: number };
      return { ...plan, input: carry(plan.input, expression.index)!, timeColumn: column };
    }
    case 'interval join':
      return { ...plan, timeOf: column < plan.left.schema.length ? 'left' : 'right', timeColumn: column };
    default:
      return null;
  }
}

/** Why no column of a plan carries event time, and what to do about it: one sentence, for hints. */
export function whyNoTime(plan: Plan): string {
  switch (plan.node) {
    case 'scan':
      return `${plan.table} declares no event time: add WATERMARK FOR ts AS ts - INTERVAL '5' SECOND to its columns.`;
    case 'aggregate':
      return 'GROUP BY without a window gives results that keep changing: group by TUMBLE or HOP windows first.';
    case 'top n':
      return 'The first rows of each key keep changing, and what changes has no event time: do this before ROW_NUMBER.';
    case 'deduplicate':
      return 'A row that is kept can give way to another one, and what changes has no event time: do this before ROW_NUMBER.';
    case 'union all': {
      const without = plan.inputs.find((one) => times(one).length === 0);
      return without ? whyNoTime(without) : 'All sides of UNION ALL must have their event time in the same column.';
    }
    case 'join':
      return `A join without a bound in time gives results that keep changing: add r.ts BETWEEN l.ts - INTERVAL '5' MINUTE AND l.ts to ON, or join in windows.`;
    case 'interval join':
    case 'window join':
      return 'In this outer join either side can be missing, and with it its event time: write INNER, LEFT or RIGHT JOIN.';
    case 'project': {
      const { input } = plan;
      const [time] = times(input);
      if (time === undefined) return whyNoTime(input);
      const { name } = input.schema[time];
      return /^window_time\d*$/.test(name)
        ? 'The inner SELECT must select window_time (and group by it): it carries event time on, window_start and window_end do not.'
        : `The inner SELECT must select ${name} as it is: it carries event time.`;
    }
    default:
      // What it follows has lost it already.
      return whyNoTime(inputsOf(plan)[0]);
  }
}
