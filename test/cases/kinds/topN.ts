import { BIGINT, DOUBLE, field, type Aggregate, type Plan, type TopN } from '../../../src/index';
import { driveNode, type Emission } from '../../support/operatorDrive';
import { flag, list, number, numbers } from '../../../src/cases/fields';
import { columnOf, kindOf, opOf, scanOf } from '../joinPlans';
import { CaseFault, isList, type Json, type Kind } from '../../../src/cases/kind';
import { callOf, Identities, listOut, ListRows } from '../queryPlans';
import { type Settings } from '../../../src/cases/settings';

/** The first rows of each partition, perhaps of sums per group; the final rows are compared. */
export const topN: Kind = {
  kind: 'top-n',
  profiles: ['flink'],
  compares: ['final-set', 'set-final', 'final'],
  config: {
    partitionBy: number,
    orderBy: list,
    limit: number,
    rank: flag,
    groupBy: numbers,
    'aggregate.sum': number,
  },
  events: ['op row'],
  expected: ['row'],
  start({ config, events }) {
    const rows = new ListRows(events);
    // The source takes rows back: it is in place of a query that does.
    const source = retracting({ ...scanOf('events', rows.schema), timeColumn: -1 });
    const grouped = config.has('groupBy') ? sums(source, config) : null;
    const plan = top(grouped ?? source, config);
    const below = grouped && driveNode(grouped);
    const drive = driveNode(plan);
    const identities = new Identities();
    const standing: string[] = [];
    const take = (found: Emission[]): void => {
      for (const { change, row } of found) {
        const text = JSON.stringify(listOut(row));
        if (change === '+I' || change === '+U') standing.push(text);
        else if (standing.includes(text)) standing.splice(standing.indexOf(text), 1);
        else throw new RangeError(`a row was taken back that does not stand: ${text}`);
      }
    };
    return {
      handle({ op, row }) {
        const kind = kindOf(op);
        const values = rows.read(row);
        if (!below) take(drive.row(values, { kind, ids: identities.of(row, op === '+I' || op === '+U') }));
        else {
          for (const one of below.row(values, { kind })) {
            take(drive.row(Object.values(one.row), { kind: kindOf(opOf(one.change)), ids: one.ids }));
          }
        }
        return [];
      },
      end: () => standing.map((text) => ({ row: JSON.parse(text) as Json })),
    };
  },
};

const retracting = (input: Plan): Plan => ({
  node: 'deduplicate',
  input,
  keys: [],
  keep: 'last',
  schema: input.schema,
  timeColumn: -1,
});

function sums(input: Plan, config: Settings): Aggregate {
  const by = config.list('groupBy') as readonly number[];
  const keys = by.map((index) => columnOf(input.schema, String(index)));
  const call = callOf('SUM', columnOf(input.schema, String(config.number('aggregate.sum'))));
  // Columns of the result are numbered anew: the groups, then the sum.
  const schema = [...by.map((index) => input.schema[index]), field('sum', DOUBLE, true)].map((one, i) => ({
    ...one,
    name: String(i),
  }));
  return { node: 'aggregate', input, keys, aggregates: [call], schema, timeColumn: -1 };
}

function top(input: Plan, config: Settings): TopN {
  const { schema } = input;
  const rank = config.flag('rank');
  return {
    node: 'top n',
    input,
    partitionBy: config.has('partitionBy') ? [columnOf(schema, String(config.number('partitionBy')))] : [],
    orderBy: config.list('orderBy').map((one) => {
      const [index, direction = 'asc'] = isList(one) ? one : [one];
      if (typeof index !== 'number' || (direction !== 'asc' && direction !== 'desc')) {
        throw new CaseFault(`${JSON.stringify(one)} is not [column, "asc" or "desc"]`);
      }
      return { expression: columnOf(schema, String(index)), descending: direction === 'desc' };
    }),
    limit: config.number('limit'),
    rank: rank ? 'rank' : null,
    schema: rank ? [...schema, field('rank', BIGINT)] : schema,
    timeColumn: -1,
  };
}
