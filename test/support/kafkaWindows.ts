import { BIGINT, field, STRING, type Schema, type Value } from '../../src/model';
import { type WindowShape } from '../../src/sql/plan';
import { type Context } from '../../src/engine/stream/operator';
import { OperatorDrive, type Emission } from './operatorDrive';
import { PaneLog, type LoggedWindows } from './paneLog';
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
): LoggedWindows {
  const settings = {
    profile: 'kafka' as const,
    streamTime: true,
    trigger: emit === 'close' ? ({ type: 'window-end' } as const) : null,
    accumulation: retract ? ('retracting' as const) : ('accumulating' as const),
    lateness: grace,
    log,
  };
  return windowOperatorOver({ input, aggregate: aggregate === 'LIST' ? 'COUNT' : aggregate, shape }, settings, context);
}

/** Emissions of the operator since its last call, each with the list of the values in its window. */
export const listed = (emissions: Emission[], log: PaneLog): Emission[] =>
  emissions.map((one, at) => {
    const values = log.rowsOf(at).map(([, value]) => value);
    return { ...one, row: { ...one.row, value: JSON.stringify(values) } };
  });

export interface Rec {
  key?: string;
  ts: number;
  value?: number;
}

export type Update = [key: Value, start: number, end: number, value: unknown, ts?: number];

const INPUT = [field('key', STRING), field('value', BIGINT)] as const;

export const hopping = (size: number, slide = size): WindowShape => ({ kind: 'hop', size, slide, offset: 0 });
export const sessions = (gap: number): WindowShape => ({ kind: 'session', gap });

/** Drives Kafka's windows; with LIST each row has the values of its window, in the order in which they came. */
export function windows(
  shape: WindowShape,
  settings: Partial<KafkaWindows> = {},
  aggregate: 'COUNT' | 'SUM' | 'LIST' = 'LIST',
): OperatorDrive {
  const all: KafkaWindows = { shape, emit: 'update', retract: false, grace: 1_000_000, ...settings };
  const log = new PaneLog(aggregate === 'LIST');
  const drive = new OperatorDrive((context) => kafkaWindowsOver(INPUT, aggregate, all, context, log), [INPUT]);
  if (aggregate !== 'LIST') return drive;
  const rows = drive.rows.bind(drive);
  drive.rows = (given, port) => listed(rows(given, port), log);
  return drive;
}

/** Windows as Kafka's table would show them: the value, or null for a deleted one. */
export const updatesOf = (emissions: Emission[]): Update[] =>
  emissions
    .filter(({ change }) => change !== '−U')
    .map(({ change, row, time }) => [
      row.key,
      Number(row.window_start),
      Number(row.window_end),
      change === '−D' ? null : typeof row.value === 'string' ? (JSON.parse(row.value) as unknown) : row.value,
      time,
    ]);

export const put = (drive: OperatorDrive, { key = 'a', ts, value = ts }: Rec): Update[] =>
  updatesOf(drive.row([key, value], { time: ts }));

/** Everything that comes out, record by record; without the times of results unless they are asked for. */
export const play = (drive: OperatorDrive, records: Rec[], times = false): Update[][] =>
  records.map((record) => put(drive, record).map((update) => (times ? update : (update.slice(0, 4) as Update))));

/** The same records as one range. */
export const playAtOnce = (drive: OperatorDrive, records: Rec[], size: number): Update[] => {
  const found: Update[] = [];
  for (let from = 0; from < records.length; from += size) {
    const rows = records
      .slice(from, from + size)
      .map(({ key = 'a', ts, value = ts }) => ({ values: [key, value], time: ts }));
    found.push(...updatesOf(drive.rows(rows)));
  }
  return found;
};
