import fc from 'fast-check';
import { type BatchTable } from '../../src/engine/batch';
import { type OperatorDrive } from './operatorDrive';
import { field, INT, MIN_TIME, STRING, tableOf, TIMESTAMP, type Schema, type Value } from '../../src/model';
import { type Expression, type IntervalJoin, type JoinKind, type Scan, type WindowJoin } from '../../src/sql/plan';

/** A row of one side: 0 is left, 1 is right. */
export interface SideRow {
  side: 0 | 1;
  id: number;
  key: string | null;
  time: number;
}

const sideSchema = (name: string): Schema => [
  field(`${name}_id`, INT),
  field(`${name}_key`, STRING, true),
  field(`${name}_ts`, TIMESTAMP),
];

export const SIDES: [Schema, Schema] = [sideSchema('l'), sideSchema('r')];

const scan = (side: 0 | 1): Scan => ({
  node: 'scan',
  table: side === 0 ? 'lefts' : 'rights',
  schema: SIDES[side],
  timeColumn: 2,
  watermark: null,
  primaryKey: [],
  options: {},
});

const column = (schema: Schema, index: number): Expression => ({
  op: 'column',
  index,
  name: schema[index].name,
  type: schema[index].type,
});

/** Of the pair, left id + right id is even. */
export const EVEN: Expression = {
  op: 'compare',
  operator: '=',
  type: { name: 'BOOLEAN' },
  right: { op: 'literal', value: 0, type: INT },
  left: {
    op: 'arithmetic',
    operator: '%',
    type: INT,
    right: { op: 'literal', value: 2, type: INT },
    left: {
      op: 'arithmetic',
      operator: '+',
      type: INT,
      left: { op: 'column', index: 0, name: 'l_id', type: INT },
      right: { op: 'column', index: 3, name: 'r_id', type: INT },
    },
  },
};

function joined<N extends 'interval join' | 'window join'>(node: N, kind: JoinKind, sides: [Schema, Schema]) {
  const leftOnly = kind === 'semi' || kind === 'anti';
  return {
    node,
    kind,
    left: scan(0),
    right: scan(1),
    leftKeys: [column(SIDES[0], 1)],
    rightKeys: [column(SIDES[1], 1)],
    nullSafe: false,
    where: null as Expression | null,
    schema: (leftOnly ? sides[0] : [...sides[0], ...sides[1]]).map((one) => ({ ...one, nullable: true })),
  };
}

export function intervalJoin(
  lower: number,
  upper: number,
  kind: JoinKind = 'inner',
  rest: Partial<IntervalJoin> = {},
): IntervalJoin {
  return { ...joined('interval join', kind, SIDES), timeColumn: 2, timeOf: 'latest', lower, upper, ...rest };
}

const windowed = (schema: Schema): Schema => [
  ...schema,
  ...['window_start', 'window_end', 'window_time'].map((name) => field(name, TIMESTAMP, true)),
];

export function windowJoin(
  window: WindowJoin['window'],
  kind: JoinKind = 'inner',
  rest: Partial<WindowJoin> = {},
): WindowJoin {
  return { ...joined('window join', kind, [windowed(SIDES[0]), windowed(SIDES[1])]), timeColumn: 5, window, ...rest };
}

/** What came out, as `left+right@time`, with – for nulls. */
export function texts(emissions: { row: Record<string, Value>; time: number }[]): string[] {
  return emissions.map(({ row, time }) => {
    const name = (id: Value | undefined): string => (id === null || id === undefined ? '–' : String(id));
    return `${name(row.l_id)}+${name(row.r_id)}@${time}`;
  });
}

export const valuesOf = ({ id, key, time }: SideRow): Value[] => [id, key, time];

/** The rows as two tables, in the order of arrival. */
export function tablesOf(rows: SideRow[]): (name: string) => BatchTable {
  return (name) => {
    const side = name === 'lefts' ? 0 : 1;
    return tableOf(
      SIDES[side],
      rows.filter((row) => row.side === side).map((row) => valuesOf(row)),
    );
  };
}

/** Rows in the order of arrival, and the watermark that stands behind each. */
export interface Arrivals {
  rows: SideRow[];
  behind: number[];
}

/** Random arrivals: few keys, ties, nulls. Nothing is later than the watermark, unless `late` of it may be. */
export function arrivals(disorder: number, late = false): fc.Arbitrary<Arrivals> {
  return fc
    .array(
      fc.record({
        side: fc.constantFrom<0 | 1>(0, 1),
        key: fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom('a', 'b', 'c') },
          { weight: 1, arbitrary: fc.constant(null) },
        ),
        time: fc.oneof(fc.integer({ min: -40, max: 120 }), fc.constantFrom(0, 10, 20, 50)),
        delay: fc.integer({ min: 0, max: disorder }),
      }),
      { maxLength: 40 },
    )
    .map((drawn) => {
      const order = drawn
        .map((one, id) => ({ ...one, id }))
        .sort((a, b) => a.time + a.delay - (b.time + b.delay) || a.id - b.id);
      let newest = MIN_TIME;
      const wait = late ? Math.floor(disorder / 3) : disorder;
      const behind = order.map(({ time }) => {
        newest = Math.max(newest, time);
        return newest - wait - 1;
      });
      return { rows: order.map(({ side, key, time, id }) => ({ side, key, time, id })), behind };
    });
}

/** Feeds arrivals to a join, cut after the rows for which `cut` says so; the end of the input comes last. */
export function arrive(
  drive: OperatorDrive,
  { rows, behind }: Arrivals,
  between: (index: number, drive: OperatorDrive) => void = () => {},
): string[] {
  const out: string[] = [];
  rows.forEach((row, i) => {
    out.push(...texts(drive.row(valuesOf(row), { port: row.side, time: row.time })));
    out.push(...texts(drive.advance(behind[i])));
    between(i, drive);
  });
  out.push(...texts(drive.end()));
  return out;
}

/** The same in ranges of at most `longest` rows of one side, as the runtime makes them. */
export function arriveInRanges(drive: OperatorDrive, { rows, behind }: Arrivals, longest: number): string[] {
  const out: string[] = [];
  let watermark = MIN_TIME;
  for (let from = 0; from < rows.length;) {
    const { side } = rows[from];
    const range = [];
    for (; from < rows.length && rows[from].side === side && range.length < longest; from += 1) {
      range.push({ values: valuesOf(rows[from]), time: rows[from].time, watermark });
      watermark = Math.max(watermark, behind[from]);
    }
    out.push(...texts(drive.rows(range, side)), ...texts(drive.advance(watermark)));
  }
  out.push(...texts(drive.end()));
  return out;
}

/** The join by its definition: every pair is looked at, when everything is known. */
export function nestedLoops(
  rows: SideRow[],
  kind: JoinKind,
  meets: (left: SideRow, right: SideRow) => boolean,
  timeOf: (left: SideRow, right: SideRow) => number = (l, r) => Math.max(l.time, r.time),
): string[] {
  const lefts = rows.filter(({ side }) => side === 0);
  const rights = rows.filter(({ side }) => side === 1);
  const out: string[] = [];
  const met = new Set<SideRow>();
  for (const left of lefts)
    for (const right of rights) {
      if (left.key === null || left.key !== right.key || !meets(left, right)) continue;
      if (kind !== 'semi' && kind !== 'anti') out.push(`${left.id}+${right.id}@${timeOf(left, right)}`);
      else if (kind === 'semi' && !met.has(left)) out.push(`${left.id}+–@${left.time}`);
      met.add(left).add(right);
    }
  const alone = (side: SideRow[], text: (row: SideRow) => string): void => {
    for (const row of side) if (!met.has(row)) out.push(text(row));
  };
  if (kind === 'left' || kind === 'full' || kind === 'anti') alone(lefts, ({ id, time }) => `${id}+–@${time}`);
  if (kind === 'right' || kind === 'full') alone(rights, ({ id, time }) => `–+${id}@${time}`);
  return out.sort();
}
