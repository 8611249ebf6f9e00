import { field, TIMESTAMP, type Deduplicate } from '../../../src/index';
import { driveNode } from '../../support/operatorDrive';
import { flag, number, words } from '../../../src/cases/fields';
import { columnOf, kindOf, opOf, scanOf } from '../joinPlans';
import { numberOf, type Kind } from '../../../src/cases/kind';
import { ListRows, listOut } from '../queryPlans';

/** One row per key, as a changelog. */
export const deduplicate: Kind = {
  kind: 'deduplicate',
  profiles: ['flink'],
  compares: ['ordered', 'set-per-event'],
  config: { key: number, keep: words('first', 'last'), updateBefore: flag },
  events: ['op row ts', 'row ts', 'expireState'],
  expected: ['after', 'op', 'row'],
  start({ config, events }) {
    const rows = new ListRows(events);
    const schema = [...rows.schema, field('ts', TIMESTAMP)];
    const timeColumn = rows.schema.length;
    const plan: Deduplicate = {
      node: 'deduplicate',
      input: { ...scanOf('events', schema), timeColumn },
      keys: [columnOf(schema, String(config.number('key')))],
      keep: config.word('keep') as 'first' | 'last',
      schema,
      timeColumn,
    };
    // The clock stands still, but for a lifetime that passes.
    const drive = driveNode(plan, { upsert: !config.flag('updateBefore', true), ttl: 1 });
    drive.clock(0);
    return {
      handle({ op = '+I', row, ts, expireState }) {
        if (expireState !== undefined) {
          drive.clock(drive.now + 1);
          return [];
        }
        const found = drive.row([...rows.read(row), numberOf(ts)], { time: numberOf(ts), kind: kindOf(op) });
        return found.map((one) => ({ op: opOf(one.change), row: listOut(one.row).slice(0, -1) }));
      },
    };
  },
};
