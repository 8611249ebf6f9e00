import {
  decimal,
  DOUBLE,
  BIGINT,
  field,
  STRING,
  TIMESTAMP,
  type AggregateCall,
  type Schema,
  type Value,
  type WindowAggregate,
  type WindowShape,
} from '../../../src/index';
import { driveNode } from '../../support/driveNode';
import { type Emission } from '../../support/operatorDrive';
import { either, list, names, number, words } from '../../../src/cases/fields';
import { columnOf, scanOf } from '../joinPlans';
import { CaseFault, isList, numberOf, textOf, type Item, type Json, type Kind } from '../../../src/cases/kind';
import { callOf, resultFields } from '../queryPlans';
import { type Settings } from '../../../src/cases/settings';

/** Decimal places that numbers of `dec` are taken with. */
const UNIT = 1_000_000;

const INPUT: Schema = [
  field('key', STRING, true),
  field('ts', TIMESTAMP),
  field('int', BIGINT, true),
  field('dbl', DOUBLE, true),
  field('flt', DOUBLE, true),
  field('dec', decimal(38, 6), true),
  field('str', STRING, true),
];
const of = (name: string) => columnOf(INPUT, name);

const CALLS: Record<string, AggregateCall> = {
  count: callOf('COUNT', null),
  sumDec: callOf('SUM', of('dec')),
  maxDbl: callOf('MAX', of('dbl')),
  minFlt: callOf('MIN', of('flt')),
  countDistinctStr: callOf('COUNT', of('str'), true),
};

/** The aggregate of a name, however it is written: `countDistinctStr` or `count(distinct str)`. */
function callNamed(name: Json): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  const found = Object.keys(CALLS).find((one) => plain(one) === plain(textOf(name)));
  if (found !== undefined) return found;
  throw new CaseFault(`no aggregate ${JSON.stringify(name)}`);
}

const KEYS = ['key', 'str', 'int'];
const WINDOW = {
  'window.type': words('tumbling', 'sliding', 'cumulate', 'session'),
  'window.size': number,
  'window.slide': number,
  'window.step': number,
  'window.max': number,
  'window.offset': number,
  'window.gap': number,
};

/** Windowed SQL aggregates. Grouping sets are one query each; their results together are the answer (S16). */
export const sqlWindow: Kind = {
  kind: 'sql-window',
  profiles: ['flink'],
  compares: ['set-final', 'set-per-event', 'set', 'multiset'],
  config: { ...WINDOW, groupBy: either(names, list), aggregates: names },
  events: ['dbl dec flt int key str ts', 'watermark'],
  expected: ['after', 'key', 'window', ...Object.keys(CALLS), 'grouping'],
  start({ config }) {
    const asked = config.list('aggregates', Object.keys(CALLS)).map(callNamed);
    const groupBy = config.list('groupBy', []);
    const several = groupBy.some(isList);
    const sets = (several ? groupBy : [groupBy]) as readonly (readonly string[])[];
    const all = KEYS.filter((name) => sets.some((set) => set.includes(name)));
    const unknown = sets.flat().find((name) => !KEYS.includes(name));
    if (unknown !== undefined) throw new CaseFault(`no column ${JSON.stringify(unknown)} to group by`);
    const queries = sets.map((set) => ({ set, drive: driveNode(planOf(set, asked, shapeOf(config))) }));
    const said = ({ row }: Emission, set: readonly string[]): Item => ({
      ...Object.fromEntries(all.map((name) => [name, set.includes(name) ? row[name] : null])),
      window: [Number(row.window_start), Number(row.window_end)],
      ...Object.fromEntries(asked.map((name) => [name, outOf(name, row[CALLS[name].text])])),
      ...(several ? { grouping: all.reduce((flags, name) => flags * 2 + (set.includes(name) ? 0 : 1), 0) } : {}),
    });
    return {
      feed: (event) =>
        queries.flatMap(({ set, drive }) => {
          const found =
            'watermark' in event
              ? drive.advance(numberOf(event.watermark))
              : drive.row(rowOf(event), { time: numberOf(event.ts) });
          return found.map((one) => said(one, set));
        }),
    };
  },
};

/** The columns that a window adds to a row. */
export const sqlWindowColumns: Kind = {
  kind: 'sql-window-columns',
  profiles: ['flink'],
  compares: ['ordered', 'set-per-event'],
  config: { 'window.type': words('tumbling'), 'window.size': number, 'window.offset': number },
  events: ['ts'],
  expected: ['after', 'windowStart', 'windowEnd', 'windowTime'],
  start({ config }) {
    const plan = planOf([], ['count'], shapeOf(config));
    // Refused settings are refused before the first row.
    driveNode(plan);
    return {
      feed({ ts }) {
        const drive = driveNode(plan);
        const row = INPUT.map(({ name }) => (name === 'ts' ? numberOf(ts) : null));
        return [...drive.row(row, { time: numberOf(ts) }), ...drive.end()].map(({ row: one }) => ({
          windowStart: Number(one.window_start),
          windowEnd: Number(one.window_end),
          windowTime: Number(one.window_time),
        }));
      },
    };
  },
};

function planOf(keys: readonly string[], asked: readonly string[], window: WindowShape): WindowAggregate {
  const aggregates = asked.map((name) => CALLS[name]);
  const times = ['window_start', 'window_end', 'window_time'].map((name) => field(name, TIMESTAMP));
  return {
    node: 'window aggregate',
    input: scanOf('events', INPUT),
    window,
    keys: keys.map(of),
    aggregates,
    schema: [...keys.map((name) => INPUT.find((one) => one.name === name)!), ...times, ...resultFields(aggregates)],
    timeColumn: keys.length + 2,
  };
}

function shapeOf(config: Settings): WindowShape {
  const offset = config.number('window.offset', 0);
  switch (config.word('window.type')) {
    case 'sliding':
      return { kind: 'hop', size: config.number('window.size'), slide: config.number('window.slide'), offset };
    case 'cumulate':
      return { kind: 'cumulate', size: config.number('window.max'), step: config.number('window.step'), offset };
    case 'session':
      return { kind: 'session', gap: config.number('window.gap') };
    default:
      return { kind: 'tumble', size: config.number('window.size'), offset };
  }
}

const rowOf = (event: Item): Value[] =>
  INPUT.map(({ name }) => {
    const value = event[name] as Value;
    return name === 'dec' && value !== null ? Math.round(numberOf(value) * UNIT) : value;
  });

const outOf = (name: string, value: Value): Value =>
  name === 'sumDec' && value !== null ? Number(value) / UNIT : value;
