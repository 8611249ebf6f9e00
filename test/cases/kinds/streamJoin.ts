import { number, words } from '../../../src/cases/fields';
import { portOf } from '../joinPlans';
import { numberOf, type Item, type Json, type Kind } from '../../../src/cases/kind';
import { inSqlOr } from './inSql';
import { drivePair, rowOf } from './joined';

/** Kafka's join of two streams: rows are named by their values. */
export const streamJoin: Kind = {
  kind: 'stream-join',
  profiles: ['kafka'],
  compares: ['ordered'],
  config: { join: words('inner', 'left'), before: number, after: number, grace: number },
  events: ['key side ts value'],
  expected: ['after', 'left', 'right', 'key', 'ts'],
  start: inSqlOr(({ config }) => {
    const interval = {
      lower: -config.number('before'),
      upper: config.number('after'),
      kind: config.word('join', 'inner') === 'left' ? ('left' as const) : ('inner' as const),
      nullSafe: false,
      keyed: true,
      where: null,
    };
    const drive = drivePair(interval, { profile: 'kafka', lateness: config.number('grace', 0) });
    return {
      handle(event) {
        // A record without a value is no message; Kafka passes over it.
        if (event.value === null) return [];
        const time = numberOf(event.ts);
        const values = rowOf(event.key, event.value, time);
        return drive.row(values, { port: portOf(event.side), time }).map(pairOf);
      },
    };
  }),
};

function pairOf({ row, time }: { row: Item; time: number }): Item {
  const value = (text: Json | undefined): Json => (typeof text === 'string' ? (JSON.parse(text) as Json) : null);
  return { key: value(row.left_key ?? row.right_key), left: value(row.left), right: value(row.right), ts: time };
}
