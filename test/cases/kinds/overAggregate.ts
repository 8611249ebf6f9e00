import { either, names, nothing, number, words } from '../../../src/cases/fields';
import { type Kind } from '../../../src/cases/kind';
import { inSql } from './inSql';

/** Rolling aggregates: one result per accepted row, once the watermark has reached it. */
export const overAggregate: Kind = {
  kind: 'over-aggregate',
  profiles: ['flink'],
  compares: ['set-final', 'ordered', 'set-per-event', 'set', 'multiset'],
  config: {
    partitionBy: either(words('key'), nothing),
    orderBy: words('ts'),
    'frame.type': words('range', 'rows'),
    'frame.preceding': either(number, words('unbounded')),
    aggregates: names,
    lateRule: words('last-triggered-row', 'watermark'),
  },
  events: ['id key ts value', 'id ts value', 'watermark'],
  expected: ['after', 'id', 'count', 'sum', 'max', 'min'],
  start: inSql,
};
