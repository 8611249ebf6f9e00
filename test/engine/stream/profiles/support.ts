import { OperatorDrive, type Emission } from '../../../support/operatorDrive';
import { PaneLog } from '../../../support/paneLog';
import { kafkaWindowsOver, listed, type KafkaWindows } from '../../../support/kafkaWindows';
import { BIGINT, field, STRING, type Value } from '../../../../src/model';
import { type WindowShape } from '../../../../src/sql/plan';

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

export const feed = (drive: OperatorDrive, { key = 'a', ts, value = ts }: Rec): Update[] =>
  updatesOf(drive.row([key, value], { time: ts }));

/** Everything that comes out, record by record; without the times of results unless they are asked for. */
export const play = (drive: OperatorDrive, records: Rec[], times = false): Update[][] =>
  records.map((record) => feed(drive, record).map((update) => (times ? update : (update.slice(0, 4) as Update))));

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
