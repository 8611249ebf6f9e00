import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JOIN_KINDS } from '../../../../src/sql/plan';
import { arrivals, arrive, arriveInRanges, intervalJoin, texts, type SideRow } from '../../../support/join';
import { driveNode } from '../../../support/operatorDrive';

const runs = process.env.LONG ? 5000 : 300;

function join(before: number, after: number, grace: number, kind: 'inner' | 'left' | 'full' = 'left') {
  const drive = driveNode(intervalJoin(-before, after, kind), { profile: 'kafka', lateness: grace });
  const row =
    (side: 0 | 1) =>
    (id: number, time: number, key: string | null = 'k') =>
      texts(drive.row([id, key, time], { port: side, time }));
  return { drive, left: row(0), right: row(1), end: () => texts(drive.end()) };
}

describe('S8.6 Kafka', () => {
  test('S8.6 the difference is within [−before, after], both inclusive; the result carries the later time on', () => {
    const { left, right } = join(10, 20, 0, 'inner');
    left(1, 100);
    expect([89, 90, 100, 120, 121].flatMap((time) => right(time, time))).toEqual([
      '1+90@100',
      '1+100@100',
      '1+120@120',
    ]);
  });

  test('S8.6 a left row is padded when window and grace have passed in stream time, strictly', () => {
    const { left, right } = join(10, 10, 5);
    left(1, 100);
    expect(right(2, 115, 'other')).toEqual([]);
    expect(right(3, 116, 'other')).toEqual(['1+–@100']);
  });

  test('S8.6 any record moves stream time, on whichever side and of whatever key', () => {
    const { left } = join(10, 10, 0);
    left(1, 100);
    expect(left(2, 111, 'other')).toEqual(['1+–@100']);
  });

  test('S8.6 watermarks and the end of the input move nothing', () => {
    const { drive, left, end } = join(10, 10, 0);
    left(1, 100);
    expect(drive.advance(500)).toEqual([]);
    expect(end()).toEqual([]);
  });

  test('S8.6 a match within the grace takes the place of the null', () => {
    const { left, right } = join(10, 10, 20);
    left(1, 100);
    right(2, 125, 'other');
    expect(right(3, 105)).toEqual(['1+3@105']);
    expect(right(4, 200, 'other')).toEqual([]);
  });

  test('S8.6 a row whose window has passed on arrival is padded immediately', () => {
    const { left, right } = join(10, 10, 50);
    right(1, 100, 'other');
    expect(left(2, 89)).toEqual(['2+–@89']);
    expect(left(3, 90)).toEqual([]);
  });

  test('S8.6 a row that is too old for its own side joins what is there, and is not kept', () => {
    const { drive, left, right } = join(10, 10, 5, 'inner');
    right(1, 70);
    left(2, 100);
    expect(left(3, 75)).toEqual(['3+1@75']);
    expect(left(4, 60, 'other')).toEqual([]);
    expect(drive.drops.map(({ row }) => row.l_id)).toEqual([4]);
    expect(right(5, 74)).toEqual([]);
  });

  test('S8.6 closed rows come by time, of one time the right one first', () => {
    const { left, right } = join(10, 10, 0, 'full');
    left(1, 105, 'a');
    left(2, 100, 'a');
    right(3, 100, 'b');
    expect(left(4, 116, 'c')).toEqual(['–+3@100', '2+–@100', '1+–@105']);
  });

  test('S8.6 null keys match nothing; a row of the outer side is padded immediately', () => {
    const { left, right } = join(10, 10, 5);
    expect(left(1, 100, null)).toEqual(['1+–@100']);
    expect(right(2, 100, null)).toEqual([]);
  });

  test('S8.6 the join does what a plain retelling of the rules does, record by record', () => {
    fc.assert(
      fc.property(
        arrivals(80, true),
        fc.constantFrom('inner' as const, 'left' as const, 'full' as const),
        fc.constantFrom<[number, number, number]>([10, 10, 0], [15, 5, 10], [0, 20, 5], [20, 0, 0], [0, 0, 3]),
        (input, kind, [before, after, grace]) => {
          const node = intervalJoin(-before, after, kind);
          const options = { profile: 'kafka' as const, lateness: grace };
          const expected = retold(input.rows, kind, before, after, grace);
          expect(arrive(driveNode(node, options), input)).toEqual(expected);
          expect(arriveInRanges(driveNode(node, options), input, 5)).toEqual(expected);
        },
      ),
      { numRuns: 2 * runs },
    );
  });

  test('S8.6 what is forgotten does not grow with the input', () => {
    for (const kind of JOIN_KINDS) {
      const drive = driveNode(intervalJoin(-10, 10, kind), { profile: 'kafka', lateness: 5 });
      for (let i = 0; i < 2_000; i += 1) drive.row([i, 'k', i], { port: i % 2, time: i });
      expect(drive.operator.state!.rows).toBeLessThanOrEqual(30);
    }
  });
});

/** Lists, scanned from one end to the other for every record. */
function retold(
  rows: SideRow[],
  kind: 'inner' | 'left' | 'full',
  before: number,
  after: number,
  grace: number,
): string[] {
  const out: string[] = [];
  const stored: SideRow[][] = [[], []];
  const observed = [-Infinity, -Infinity];
  let open: SideRow[] = [];
  let streamTime = -Infinity;
  const whole = [kind !== 'inner', kind === 'full'];
  const reach = [after, before];
  const text = (a: SideRow, b: SideRow | null): string => {
    const [left, right] = a.side === 0 ? [a, b] : [b, a];
    return `${left?.id ?? '–'}+${right?.id ?? '–'}@${Math.max(a.time, b?.time ?? -Infinity)}`;
  };
  for (const row of rows) {
    const { side, time, key } = row;
    const retention = before + after + grace;
    observed[side] = Math.max(observed[side], time);
    if (key !== null && time > observed[side] - retention) stored[side].push(row);
    streamTime = Math.max(streamTime, time);
    const closed = open.filter((one) => one.time + reach[one.side] + grace < streamTime);
    closed.sort((a, b) => a.time - b.time || b.side - a.side);
    out.push(...closed.map((one) => text(one, null)));
    open = open.filter((one) => !closed.includes(one));
    const other = 1 - side;
    const partners = stored[other]
      .filter((one) => one.key === key && one.time > observed[other] - retention)
      .filter((one) => {
        const difference = side === 0 ? one.time - time : time - one.time;
        return difference >= -before && difference <= after;
      })
      .sort((a, b) => a.time - b.time);
    out.push(...partners.map((one) => text(row, one)));
    open = open.filter((one) => !partners.includes(one));
    if (partners.length > 0 || !whole[side]) continue;
    if (key === null || time + reach[side] < streamTime) out.push(text(row, null));
    else open.push(row);
  }
  return out;
}

test('the most rows there were do not depend on where ranges end', () => {
  const times = [0, 5, 10, 100, 105];
  const most = [1, 2, 5].map((size) => {
    const drive = driveNode(intervalJoin(-10, 10, 'inner'), { profile: 'kafka', lateness: 0 });
    for (let from = 0; from < times.length; from += size)
      drive.rows(times.slice(from, from + size).map((time, i) => ({ values: [from + i, 'k', time], time })));
    return drive.counters.stateRowsMax;
  });
  expect(new Set(most)).toEqual(new Set([3]));
});
