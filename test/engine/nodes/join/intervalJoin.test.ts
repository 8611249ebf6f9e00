import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type StreamOptions } from '../../../../src/engine/stream/options';
import { runBatch } from '../../../../src/engine/batch';
import { MAX_TIME, readRow } from '../../../../src/model';
import { JOIN_KINDS } from '../../../../src/sql/plan';
import {
  arrivals,
  EVEN,
  arrive,
  arriveInRanges,
  intervalJoin,
  nestedLoops,
  tablesOf,
  texts,
  valuesOf,
  type SideRow,
} from '../../../support/join';
import { driveNode } from '../../../support/operatorDrive';

const runs = process.env.LONG ? 5000 : 300;

/** A join with rows named by number, and what each call emits. */
function join(...args: Parameters<typeof intervalJoin>) {
  return hands(driveNode(intervalJoin(...args)));
}

function hands(drive: ReturnType<typeof driveNode>) {
  const row =
    (side: 0 | 1) =>
    (id: number, time: number, key: string | null = 'k') =>
      texts(drive.row([id, key, time], { port: side, time }));
  const held = (): number[][] => {
    const sides: number[][] = [[], []];
    drive.operator.state!.each((_key, time, _end, [left]) => sides[left === time ? 0 : 1].push(time));
    return sides;
  };
  return {
    drive,
    left: row(0),
    right: row(1),
    held,
    advance: (watermark: number) => texts(drive.advance(watermark)),
    end: () => texts(drive.end()),
  };
}

describe('S8.1 what matches', () => {
  test('S8.1 both bounds are inclusive', () => {
    const { left, right } = join(-10, 20);
    left(1, 100);
    expect([89, 90, 100, 120, 121].flatMap((time) => right(time, time))).toEqual([
      '1+90@100',
      '1+100@100',
      '1+120@120',
    ]);
  });

  test('S8.1 the result carries the later time on, whichever side comes second', () => {
    const { left, right } = join(-10, 10);
    expect([...left(1, 5), ...right(2, 8), ...left(3, 9)]).toEqual(['1+2@8', '3+2@9']);
  });

  test('S8.1 the result may carry the time of one side on', () => {
    for (const [timeOf, time] of [
      ['left', 5],
      ['right', 8],
    ] as const) {
      const { left, right } = join(-10, 10, 'inner', { timeOf });
      left(1, 5);
      expect(right(2, 8)).toEqual([`1+2@${time}`]);
    }
  });

  test('S8.1 rows of other keys do not meet', () => {
    const { left, right } = join(-10, 10);
    left(1, 5, 'a');
    expect(right(2, 5, 'b')).toEqual([]);
  });

  test('S8.1 duplicates multiply', () => {
    const { left, right } = join(0, 0);
    left(1, 5);
    left(2, 5);
    expect(right(3, 5)).toEqual(['1+3@5', '2+3@5']);
    expect(right(4, 5)).toEqual(['1+4@5', '2+4@5']);
  });

  test('S8.1 partners come in the order of their times, ties as they came', () => {
    const { left, right } = join(-10, 10);
    left(1, 7);
    left(2, 3);
    left(3, 7);
    expect(right(9, 5)).toEqual(['2+9@5', '1+9@7', '3+9@7']);
  });

  test('S8.1 an interval may lie on one side of the row alone', () => {
    const { left, right } = join(5, 10);
    left(1, 100);
    expect([104, 105, 110, 111].flatMap((time) => right(time, time))).toEqual(['1+105@105', '1+110@110']);
    const before = join(-10, -5);
    before.left(1, 100);
    expect([89, 90, 95, 96].flatMap((time) => before.right(time, time))).toEqual(['1+90@100', '1+95@100']);
  });

  test('S8.1 bounds that leave no room match nothing', () => {
    const { left, right } = join(1, -1, 'full');
    left(1, 5);
    expect(right(2, 5)).toEqual([]);
  });
});

describe('S8.2 late rows', () => {
  test('S8.2 SQL: a late row still meets a partner that is kept', () => {
    const { left, right, advance } = join(-10, 10);
    left(1, 100);
    advance(105);
    expect(right(2, 95)).toEqual(['1+2@100']);
  });

  test('S8.2 SQL: a late row that can match nothing more is not stored, and counts as dropped', () => {
    const { left, right, advance, held, drive } = join(-10, 10);
    advance(105);
    left(1, 95);
    expect(held()).toEqual([[], []]);
    expect(drive.drops.map(({ time }) => time)).toEqual([95]);
    expect(right(2, 100)).toEqual([]);
  });

  test('S8.2 SQL: a late row that can still match is stored', () => {
    const { left, right, advance } = join(-10, 10);
    advance(105);
    left(1, 96);
    expect(right(2, 106)).toEqual(['1+2@106']);
  });

  test('S8.2 DataStream: what is before the watermark is dropped, what is at it is not', () => {
    const { left, right, advance, drive } = hands(driveNode(intervalJoin(-10, 10), { lateRows: 'drop' }));
    left(1, 100);
    advance(105);
    expect(right(2, 104)).toEqual([]);
    expect(right(3, 105)).toEqual(['1+3@105']);
    expect(drive.drops.map(({ row, time }) => [row.r_id, time])).toEqual([[2, 104]]);
    left(4, 104);
    expect(drive.drops.map(({ row }) => row.l_id ?? null)).toEqual([null, 4]);
  });

  test('S8.2 DataStream: rows at the watermark meet each other', () => {
    const { left, right, advance, held } = hands(driveNode(intervalJoin(-10, 0), { lateRows: 'drop' }));
    advance(5);
    left(1, 5);
    expect(right(2, 5)).toEqual(['1+2@5']);
    advance(6);
    expect(held()).toEqual([[], [5]]);
  });
});

describe('S8.3 state', () => {
  test('S8.3 a left row goes at time + max(upper, 0), a right one at time + max(−lower, 0)', () => {
    const { left, right, advance, held } = join(-10, 20);
    left(1, 100);
    right(2, 100);
    advance(109);
    expect(held()).toEqual([[100], [100]]);
    advance(110);
    expect(held()).toEqual([[100], []]);
    advance(119);
    expect(held()).toEqual([[100], []]);
    advance(120);
    expect(held()).toEqual([[], []]);
  });

  test('S8.3 with an interval on one side of the row, one of them goes at its own time', () => {
    const { left, right, advance, held } = join(5, 10);
    left(1, 100);
    right(2, 100);
    advance(99);
    expect(held()).toEqual([[100], [100]]);
    advance(100);
    expect(held()).toEqual([[100], []]);
    advance(110);
    expect(held()).toEqual([[], []]);
  });

  test('S8.3 rows that came out of order go in the order of their times', () => {
    const { left, advance, held } = join(0, 10);
    for (const time of [50, 20, 40, 30, 60]) left(time, time);
    advance(45);
    expect(held()[0]).toEqual([40, 50, 60]);
  });

  test('S8.3 nothing is left at the end of the input', () => {
    fc.assert(
      fc.property(arrivals(60, true), fc.constantFrom(...JOIN_KINDS), fc.boolean(), (input, kind, drop) => {
        const drive = driveNode(intervalJoin(-20, 15, kind), { lateRows: drop ? 'drop' : 'match' });
        arrive(drive, input);
        expect(drive.operator.state!.rows).toBe(0);
      }),
      { numRuns: runs },
    );
  });
});

describe('S8.4 outer joins', () => {
  test('S8.4 a left row is padded when no partner can come any more', () => {
    const { left, advance } = join(-10, 20, 'left');
    left(1, 100);
    expect(advance(119)).toEqual([]);
    expect(advance(120)).toEqual(['1+–@100']);
  });

  test('S8.4 an unmatched right row is padded at the same watermark', () => {
    const { right, advance } = join(-10, 20, 'right');
    right(1, 100);
    expect(advance(109)).toEqual([]);
    expect(advance(110)).toEqual(['–+1@100']);
  });

  test('S8.4 a row with a partner is not padded', () => {
    const { left, right, end } = join(-10, 20, 'full');
    left(1, 100);
    expect(right(2, 100)).toEqual(['1+2@100']);
    expect(end()).toEqual([]);
  });

  test('S8.4 a row too late to match is padded immediately', () => {
    const { left, right, advance } = join(-10, 20, 'full');
    advance(200);
    expect(left(1, 180)).toEqual(['1+–@180']);
    expect(right(2, 190)).toEqual(['–+2@190']);
    expect(left(3, 181)).toEqual([]);
  });

  test('S8.4 padded rows come in the order in which they become due', () => {
    const { left, right, end } = join(-10, 20, 'full');
    left(1, 100);
    right(2, 105, 'other');
    left(3, 90);
    expect(end()).toEqual(['3+–@90', '–+2@105', '1+–@100']);
  });

  test('S8.4 the output watermark is delayed by the interval, so no result is late', () => {
    fc.assert(
      fc.property(
        arrivals(40),
        fc.constantFrom(...JOIN_KINDS),
        fc.constantFrom('latest' as const, 'left' as const, 'right' as const),
        fc.constantFrom<[number, number]>([-20, 15], [5, 30], [-30, -5], [0, 0]),
        (input, kind, timeOf, [lower, upper]) => {
          const drive = driveNode(intervalJoin(lower, upper, kind, { timeOf }));
          const { watermarkDelay } = drive.operator;
          let forwarded = -Infinity;
          input.rows.forEach((row, i) => {
            const out = [
              ...drive.row(valuesOf(row), { port: row.side, time: row.time }),
              ...drive.advance(input.behind[i]),
            ];
            for (const { time } of out) expect(time).toBeGreaterThan(forwarded);
            forwarded = Math.max(forwarded, input.behind[i] - watermarkDelay!);
          });
        },
      ),
      { numRuns: runs },
    );
  });

  test('S8.4 a late pair is not older than the output watermark', () => {
    fc.assert(
      fc.property(
        arrivals(60, true),
        fc.constantFrom('latest' as const, 'left' as const, 'right' as const),
        (input, timeOf) => {
          const drive = driveNode(intervalJoin(-20, 15, 'inner', { timeOf }));
          let forwarded = -Infinity;
          input.rows.forEach((row, i) => {
            for (const { time } of drive.row(valuesOf(row), { port: row.side, time: row.time }))
              expect(time).toBeGreaterThan(forwarded);
            drive.advance(input.behind[i]);
            forwarded = Math.max(forwarded, input.behind[i] - drive.operator.watermarkDelay!);
          });
        },
      ),
      { numRuns: runs },
    );
  });
});

describe('S8.5 keys and conditions', () => {
  test('S8.5 null keys never match, and are padded', () => {
    const { left, right, end } = join(-10, 10, 'full');
    expect([...left(1, 5, null), ...right(2, 5, null), ...end()]).toEqual(['1+–@5', '–+2@5']);
  });

  test('S8.5 with IS NOT DISTINCT FROM null meets null', () => {
    const { left, right } = join(-10, 10, 'inner', { nullSafe: true });
    left(1, 5, null);
    expect(right(2, 5, null)).toEqual(['1+2@5']);
    expect(right(3, 5, 'k')).toEqual([]);
  });

  test('S8.5 a row whose partners fail another condition is padded', () => {
    const { left, right, end } = join(-10, 10, 'left', { where: EVEN });
    left(1, 5);
    left(2, 5);
    expect(right(4, 5)).toEqual(['2+4@5']);
    expect(end()).toEqual(['1+–@5']);
  });

  test('S8.5 semi: each left row once, with its first partner', () => {
    const { left, right, end } = join(-10, 10, 'semi');
    expect(left(1, 5)).toEqual([]);
    expect(right(2, 6)).toEqual(['1+–@5']);
    expect(right(3, 7)).toEqual([]);
    expect(left(4, 8)).toEqual(['4+–@8']);
    expect(end()).toEqual([]);
  });

  test('S8.5 anti: an unmatched left row is emitted once the watermark has passed its interval', () => {
    const { left, right, advance } = join(-10, 10, 'anti');
    left(1, 5);
    left(2, 6);
    right(3, 16);
    expect(advance(14)).toEqual([]);
    expect(advance(15)).toEqual(['1+–@5']);
    expect(advance(MAX_TIME)).toEqual([]);
  });
});

const within =
  (lower: number, upper: number) =>
  (left: SideRow, right: SideRow): boolean =>
    left.time + lower <= right.time && right.time <= left.time + upper;

describe('S17.6 the order of arrival does not matter', () => {
  const bounds = fc.constantFrom<[number, number]>([-20, 15], [5, 30], [-30, -5], [0, 0], [-200, 200], [3, -3]);

  test('S8.1 every kind of join, whatever the order of arrival, is that of nested loops', () => {
    fc.assert(
      fc.property(
        arrivals(40),
        fc.constantFrom(...JOIN_KINDS),
        bounds,
        fc.boolean(),
        (input, kind, [lower, upper], extra) => {
          const node = intervalJoin(lower, upper, kind, { where: extra ? EVEN : null });
          const near = within(lower, upper);
          const expected = nestedLoops(input.rows, kind, (l, r) => near(l, r) && (!extra || (l.id + r.id) % 2 === 0));
          expect(arrive(driveNode(node), input).sort()).toEqual(expected);
        },
      ),
      { numRuns: 2 * runs },
    );
  });

  test('S17.6 batch = stream', () => {
    fc.assert(
      fc.property(
        arrivals(40),
        fc.constantFrom(...JOIN_KINDS),
        bounds,
        fc.boolean(),
        (input, kind, [lower, upper], extra) => {
          const node = intervalJoin(lower, upper, kind, { where: extra ? EVEN : null });
          const { table } = runBatch(node, tablesOf(input.rows));
          const rows = Array.from({ length: table.length }, (_, row) => {
            const [left, , leftTime, right = null, , rightTime = null] = readRow(table, row);
            const time = Math.max(Number(leftTime ?? -Infinity), Number(rightTime ?? -Infinity));
            return texts([{ row: { l_id: left, r_id: right }, time }])[0];
          });
          expect(rows.sort()).toEqual(arrive(driveNode(node), input).sort());
        },
      ),
      { numRuns: runs },
    );
  });

  test('S19.1 a batch answers in the total order of the left side, then of the right one', () => {
    const rows: SideRow[] = [
      { side: 0, id: 1, key: 'a', time: 20 },
      { side: 0, id: 2, key: 'a', time: 10 },
      { side: 1, id: 3, key: 'a', time: 15 },
      { side: 1, id: 4, key: 'a', time: 12 },
      { side: 1, id: 5, key: 'b', time: 12 },
    ];
    const { table, identities } = runBatch(intervalJoin(-10, 10, 'full'), tablesOf(rows));
    const { id0, id1 } = identities();
    expect(Array.from({ length: table.length }, (_, row) => [readRow(table, row)[0], readRow(table, row)[3]])).toEqual([
      [2, 4],
      [2, 3],
      [1, 4],
      [1, 3],
      [null, 5],
    ]);
    expect([...id0]).toEqual([1, 1, 0, 0, -1]);
    expect([...id1]).toEqual([1, 0, 1, 0, 2]);
  });

  test('rows of one side may come in ranges of any length', () => {
    fc.assert(
      fc.property(
        arrivals(60, true),
        fc.constantFrom(...JOIN_KINDS),
        fc.constantFrom<Partial<StreamOptions>>({}, { lateRows: 'drop' }, { profile: 'kafka', lateness: 5 }),
        (input, kind, options) => {
          const node = intervalJoin(-20, 15, kind);
          const one = arrive(driveNode(node, options), input);
          for (const longest of [1, 3, 1000])
            expect(arriveInRanges(driveNode(node, options), input, longest)).toEqual(one);
        },
      ),
      { numRuns: runs },
    );
  });

  test('S11.4 a new operator goes on from a snapshot, at any place', () => {
    fc.assert(
      fc.property(
        arrivals(60, true),
        fc.constantFrom(...JOIN_KINDS),
        fc.nat(40),
        fc.constantFrom('flink' as const, 'kafka' as const),
        (input, kind, place, profile) => {
          const node = intervalJoin(-20, 15, kind, { where: EVEN });
          const expected = arrive(driveNode(node, { profile }), input);
          const restored = arrive(driveNode(node, { profile }), input, (i, drive) => {
            if (i % 41 === place) drive.keyframeRestore();
          });
          expect(restored).toEqual(expected);
        },
      ),
      { numRuns: runs },
    );
  });
});
