import { type Expression } from '../../../src/index';
import { flag, names, number, words } from '../../../src/cases/fields';
import { portOf } from '../joinPlans';
import { isItem, numberOf, type Case, type Item, type Kind } from '../../../src/cases/kind';
import { type Settings } from '../../../src/cases/settings';
import { inSqlOr } from './inSql';
import { drivePair, NAME, named, OTHER_NAME, rowOf, type Interval } from './joined';

const BOUNDS = {
  lower: number,
  upper: number,
  lowerInclusive: flag,
  upperInclusive: flag,
  relativeTo: words('left', 'right'),
};

/** Rows are named by `id`, or by their time. */
export const intervalJoin: Kind = {
  kind: 'interval-join',
  profiles: ['flink'],
  compares: ['set', 'multiset'],
  config: {
    ...BOUNDS,
    join: words('inner', 'left', 'right', 'full', 'semi', 'anti'),
    lateOutput: flag,
    nullSafeKey: flag,
    ignoreKey: flag,
    excludeIds: names,
  },
  events: ['key side ts', 'id key side ts', 'watermark', 'snapshotRestore'],
  expected: ['left', 'right', 'ts', 'late'],
  // The side of a late row may be said instead of its name.
  normal: (expected) =>
    expected.map((item) => {
      if (!isItem(item) || typeof item.late !== 'string') return item;
      const { late, ...rest } = item;
      const side = late.toLowerCase().startsWith('l') ? 'left' : 'right';
      return { late: true, [side]: item.ts ?? null, ...rest };
    }),
  start: inSqlOr((theCase) => {
    const { config } = theCase;
    const drive = drivePair(intervalOf(config), { lateRows: isDataStream(theCase) ? 'drop' : 'match' });
    const lateOutput = config.flag('lateOutput');
    let told = 0;
    return {
      handle(event) {
        if ('snapshotRestore' in event) {
          drive.snapshotRestore();
          return [];
        }
        if ('watermark' in event) return drive.advance(numberOf(event.watermark)).map(pairOf);
        const time = numberOf(event.ts);
        const values = rowOf(event.key, event.id ?? time, time);
        const pairs = drive.row(values, { port: portOf(event.side), time }).map(pairOf);
        const late = drive.drops.slice(told).map((drop) => ({ late: true, ...pairOf(drop) }));
        told = drive.drops.length;
        return lateOutput ? [...pairs, ...late] : pairs;
      },
    };
  }),
};

/** The times that are buffered on each side. */
export const intervalJoinState: Kind = {
  kind: 'interval-join-state',
  profiles: ['flink'],
  compares: ['ordered'],
  config: { ...BOUNDS, join: words('inner') },
  events: ['key side ts', 'watermark'],
  expected: ['after', 'stateLeft', 'stateRight'],
  facts: ['stateLeft', 'stateRight'],
  start({ config }) {
    const drive = drivePair(intervalOf(config), { lateRows: 'drop' });
    return {
      handle(event) {
        if ('watermark' in event) drive.advance(numberOf(event.watermark));
        else {
          const time = numberOf(event.ts);
          drive.row(rowOf(event.key, time, time), { port: portOf(event.side), time });
        }
        return [];
      },
      facts() {
        const left: number[] = [];
        const right: number[] = [];
        drive.operator.state!.each((_key, time, _end, [leftTime]) => (leftTime === time ? left : right).push(time));
        return { stateLeft: left, stateRight: right };
      },
    };
  },
};

/**
 * The format does not say which of Flink's two joins a case is about. A side output, or bounds seen from the left of an
 * inner join whose rows have no names, are a DataStream's; all else is SQL's.
 */
function isDataStream({ config, events }: Case): boolean {
  if (config.has('lateOutput')) return true;
  const sql =
    config.word('join', 'inner') !== 'inner' ||
    config.word('relativeTo', 'left') === 'right' ||
    config.has('nullSafeKey') ||
    config.has('ignoreKey') ||
    config.has('excludeIds') ||
    events.some((event) => 'id' in event);
  return !sql;
}

/** left time + lower ≤ right time ≤ left time + upper. Bounds that are not inclusive are one unit narrower. */
function intervalOf(config: Settings): Interval {
  const least = config.number('lower') + (config.flag('lowerInclusive', true) ? 0 : 1);
  const most = config.number('upper') - (config.flag('upperInclusive', true) ? 0 : 1);
  const swapped = config.word('relativeTo', 'left') === 'right';
  const excluded = config.list('excludeIds', []).map(named);
  return {
    lower: swapped ? -most : least,
    upper: swapped ? -least : most,
    kind: config.word('join', 'inner') as Interval['kind'],
    nullSafe: config.flag('nullSafeKey'),
    keyed: !config.flag('ignoreKey'),
    where: excluded.length > 0 ? none(excluded) : null,
  };
}

const BOOLEAN = { name: 'BOOLEAN' } as const;

/** Neither row of a pair has one of these names. */
function none(excluded: string[]): Expression {
  const tests = excluded.flatMap((value) =>
    [NAME, OTHER_NAME].map((left): Expression => {
      const right: Expression = { op: 'literal', value, type: { name: 'STRING' } };
      return { op: 'compare', operator: '<>', left, right, type: BOOLEAN };
    }),
  );
  return tests.reduce((left, right) => ({ op: 'and', left, right, type: BOOLEAN }));
}

function pairOf({ row, time }: { row: Item; time: number }): Item {
  const name = (value: Item[string] | undefined): Item[string] =>
    typeof value === 'string' ? (JSON.parse(value) as Item[string]) : null;
  return { left: name(row.left), right: name(row.right), ts: time };
}
