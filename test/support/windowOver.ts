import { BIGINT, field, TIMESTAMP, type Schema } from '../../src/model';
import { type AggregateName, type Expression, type WindowAggregate, type WindowShape } from '../../src/sql/plan';
import { POLICIES } from '../../src/engine/profiles';
import { type Context } from '../../src/engine/stream/operator';
import { assignerOf, type Assigner } from '../../src/engine/windowing/assign';
import { LoggedWindows, type Logged } from './paneLog';

/** What holds where nothing is said. */
export const WINDOW_DEFAULTS: Omit<Logged, 'assigner' | 'shape'> = {
  profile: 'flink',
  time: 'event',
  streamTime: false,
  trigger: null,
  accumulation: null,
  lateness: 0,
  evictor: null,
  outputTimestamp: 'end-of-window',
  onTime: 'fire-always',
  closing: 'fire-if-non-empty',
  log: null,
  bundles: false,
};

/** What windows are made over, without a plan: rows of a key column and a value column. */
export interface WindowOver {
  input: Schema;
  aggregate: AggregateName & ('SUM' | 'COUNT');
  shape: WindowShape;
}

/**
 * The general window operator over columns 0 (the key) and 1 (the value). Result columns: the key, `window_start`,
 * `window_end`, `window_time`, `value`. `assigner` stands in for the shape where windows are not of its kinds.
 */
export function windowOperatorOver(
  over: WindowOver,
  { assigner, ...settings }: Partial<Logged> & { assigner?: Assigner },
  context: Context,
): LoggedWindows {
  const all = { ...WINDOW_DEFAULTS, ...settings };
  return new LoggedWindows(
    planOver(over),
    { ...all, assigner: assigner ?? assignerOf(over.shape, POLICIES[all.profile]) },
    context,
  );
}

function planOver({ input, aggregate, shape }: WindowOver): WindowAggregate {
  const [key, value] = input;
  const column = (index: number): Expression => ({
    op: 'column',
    index,
    name: input[index].name,
    type: input[index].type,
  });
  const argument = aggregate === 'SUM' ? column(1) : null;
  const type = aggregate === 'SUM' ? value.type : BIGINT;
  const times = ['window_start', 'window_end', 'window_time'].map((name) => field(name, TIMESTAMP));
  return {
    node: 'window aggregate',
    input: {
      node: 'scan',
      table: 'rows',
      schema: input,
      timeColumn: -1,
      watermark: null,
      primaryKey: [],
      options: {},
    },
    window: shape,
    keys: [column(0)],
    aggregates: [{ name: aggregate, argument, distinct: false, filter: null, type, text: aggregate }],
    schema: [key, ...times, field('value', type, aggregate === 'SUM')],
    timeColumn: 2,
  };
}
