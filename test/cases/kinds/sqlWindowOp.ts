import { BIGINT, field, STRING } from '../../../src/index';
import { slicedWindowsOver } from '../../../src/engine/nodes/window/windowOver';
import { OperatorDrive, type Emission } from '../../support/operatorDrive';
import { flag, number, words } from '../../../src/cases/fields';
import { numberOf, type Json, type Kind } from '../../../src/cases/kind';
import { gridOf } from './windowShape';

const INPUT = [field('key', STRING), field('value', BIGINT, true)];

/** The operator of windowed SQL aggregates: late rows are dropped per window (S5.7). */
export const sqlWindowOp: Kind = {
  kind: 'sql-window-op',
  profiles: ['flink'],
  compares: ['set-per-event'],
  config: {
    'window.type': words('cumulate', 'sliding', 'tumbling'),
    'window.size': number,
    'window.slide': number,
    'window.step': number,
    'window.max': number,
    'window.offset': number,
    time: words('event'),
    aggregate: words('sum'),
    'trigger.type': words('window-end'),
    accumulation: words('accumulating'),
    allowedLateness: number,
    lateOutput: flag,
  },
  events: ['key ts value', 'watermark'],
  expected: ['after', 'key', 'value', 'window'],
  start({ config }) {
    const over = { input: INPUT, aggregate: 'SUM' as const, shape: gridOf(config.part('window')) };
    const drive = new OperatorDrive(
      (context) => slicedWindowsOver(over, config.number('allowedLateness', 0), context),
      [INPUT],
    );
    const said = (emissions: Emission[]): { key: Json; value: Json; window: [number, number] }[] =>
      emissions
        // An update says the new value; what it was before is not a result of its own.
        .filter(({ change }) => change !== '−U')
        .map(({ row }) => ({
          key: JSON.parse(String(row.key)) as Json,
          value: row.value,
          window: [Number(row.window_start), Number(row.window_end)],
        }));
    return {
      feed({ watermark, key = null, ts, value }) {
        if (watermark !== undefined) return said(drive.advance(numberOf(watermark)));
        return said(drive.row([JSON.stringify(key), numberOf(value)], { time: numberOf(ts) }));
      },
    };
  },
};
