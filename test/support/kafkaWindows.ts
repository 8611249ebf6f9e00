import { type Schema } from '../../src/model';
import { type WindowShape } from '../../src/sql/plan';
import { type WindowOperator } from '../../src/engine/nodes/window/windowOperator';
import { type Context } from '../../src/engine/stream/operator';
import { type Emission } from './operatorDrive';
import { type PaneLog } from './paneLog';
import { windowOperatorOver } from './windowOver';

/** Windows as Kafka Streams has them: every record is an update, or each window is emitted once, when it closes. */
export interface KafkaWindows {
  shape: WindowShape;
  emit: 'update' | 'close';
  /** Whether the old value is taken back before the new one. */
  retract: boolean;
  grace: number;
}

/**
 * The general window operator under Kafka's policies. LIST answers the values of a window in the order in which they
 * came, as a JSON list: `listed` makes it of what the operator has emitted.
 */
export function kafkaWindowsOver(
  input: Schema,
  aggregate: 'SUM' | 'COUNT' | 'LIST',
  { shape, emit, retract, grace }: KafkaWindows,
  context: Context,
  log: PaneLog | null = null,
): WindowOperator {
  const settings = {
    profile: 'kafka' as const,
    streamTime: true,
    trigger: emit === 'close' ? ({ type: 'window-end' } as const) : null,
    accumulation: retract ? ('retracting' as const) : ('accumulating' as const),
    lateness: grace,
    observer: log,
  };
  return windowOperatorOver({ input, aggregate: aggregate === 'LIST' ? 'COUNT' : aggregate, shape }, settings, context);
}

/** Emissions of the operator since its last call, each with the list of the values in its window. */
export const listed = (emissions: Emission[], log: PaneLog): Emission[] =>
  emissions.map((one, at) => {
    const values = log.rowsOf(at).map(([, value]) => value);
    return { ...one, row: { ...one.row, value: JSON.stringify(values) } };
  });
