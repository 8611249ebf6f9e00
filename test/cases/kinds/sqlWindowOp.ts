import { flag, number, words } from '../../../src/cases/fields';
import { type Kind } from '../../../src/cases/kind';
import { inSql } from './inSql';

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
  start: inSql,
};
