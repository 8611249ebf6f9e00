import { type Aggregate } from '../../../src/index';
import { driveNode } from '../../support/operatorDrive';
import { number, words } from '../../../src/cases/fields';
import { columnOf, kindOf, opOf, scanOf } from '../joinPlans';
import { CaseFault, type Kind } from '../../../src/cases/kind';
import { callOf, listOut, ListRows, resultFields } from '../queryPlans';

/** GROUP BY without windows: what it sends for each row. */
export const groupAggregateChangelog: Kind = {
  kind: 'group-aggregate-changelog',
  profiles: ['flink'],
  compares: ['ordered', 'set-per-event'],
  config: { groupBy: number, aggregate: words('count', 'max'), mode: words('retract', 'upsert') },
  events: ['op row'],
  expected: ['after', 'op', 'row'],
  start({ config, events }) {
    const rows = new ListRows(events);
    const { schema } = rows;
    const by = config.number('groupBy');
    const key = columnOf(schema, String(by));
    const call =
      config.word('aggregate') === 'count' ? callOf('COUNT', null) : callOf('MAX', columnOf(schema, onlyOther(by)));
    const plan: Aggregate = {
      node: 'aggregate',
      // The input takes rows back: it is in place of a query that does.
      input: {
        node: 'deduplicate',
        input: { ...scanOf('events', schema), timeColumn: -1 },
        keys: [key],
        keep: 'last',
        schema,
        timeColumn: -1,
      },
      keys: [key],
      aggregates: [call],
      schema: [schema[by], ...resultFields([call])],
      timeColumn: -1,
    };
    const drive = driveNode(plan, { upsert: config.word('mode', 'retract') === 'upsert' });
    return {
      handle: ({ op, row }) =>
        drive.row(rows.read(row), { kind: kindOf(op) }).map((one) => ({ op: opOf(one.change), row: listOut(one.row) })),
    };
    function onlyOther(key: number): string {
      const others = schema.flatMap((_, i) => (i === key ? [] : [i]));
      if (others.length === 1) return String(others[0]);
      throw new CaseFault(`which of the columns ${others.join(', ')} to aggregate is not said`);
    }
  },
};
