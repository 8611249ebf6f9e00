import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRow } from '../../../../src/model';
import { JOIN_KINDS, type GridShape } from '../../../../src/sql/plan';
import { runBatch } from '../../../../src/engine/batch';
import {
  arrivals,
  EVEN,
  arrive,
  arriveInRanges,
  nestedLoops,
  tablesOf,
  texts,
  windowJoin,
  type SideRow,
} from '../../../support/join';
import { driveNode } from '../../../support/operatorDrive';

const runs = process.env.LONG ? 5000 : 300;

const TUMBLE: GridShape = { kind: 'tumble', size: 10, offset: 0 };
const HOP: GridShape = { kind: 'hop', size: 20, slide: 10, offset: 0 };
const CUMULATE: GridShape = { kind: 'cumulate', size: 30, step: 10, offset: 0 };
const GAPS: GridShape = { kind: 'hop', size: 6, slide: 10, offset: 2 };

function join(...args: Parameters<typeof windowJoin>) {
  const drive = driveNode(windowJoin(...args));
  const row =
    (side: 0 | 1) =>
    (id: number, time: number, key: string | null = 'k') =>
      texts(drive.row([id, key, time], { port: side, time }));
  return {
    drive,
    left: row(0),
    right: row(1),
    advance: (watermark: number) => texts(drive.advance(watermark)),
    end: () => texts(drive.end()),
  };
}

describe('window joins', () => {
  test('S4.1 the pairs of a window come when the watermark reaches its last millisecond, which is their time', () => {
    const { left, right, advance } = join(TUMBLE);
    left(1, 3);
    right(2, 9);
    right(3, 10);
    left(4, 10);
    expect(advance(8)).toEqual([]);
    expect(advance(9)).toEqual(['1+2@9']);
    expect(advance(19)).toEqual(['4+3@19']);
  });

  test('S2.7 each side is followed by its window; a side that is missing has none', () => {
    const { drive } = join(TUMBLE, 'full');
    drive.row([1, 'a', 3], { port: 0, time: 3 });
    drive.row([2, 'b', 14], { port: 1, time: 14 });
    const rows = drive.end().map(({ row, ids }) => [...Object.values(row), ...ids]);
    // Columns of the two sides that have one name are one here; by ids the rows can be told apart.
    expect(rows).toEqual([
      [1, 'a', 3, null, null, null, null, null, null, 0, -1, 10],
      [null, null, null, 10, 20, 19, 2, 'b', 14, -1, 0, 20],
    ]);
  });

  test('S4.3 one jump of the watermark fires windows in the order of their ends', () => {
    const { left, right, end } = join(HOP);
    left(1, 15);
    right(2, 12);
    left(3, 3);
    right(4, 8);
    expect(end()).toEqual(['3+4@9', '3+4@19', '3+2@19', '1+4@19', '1+2@19', '1+2@29']);
  });

  test('S2.6 windows that grow hold what the smaller ones held', () => {
    const { left, right, end } = join(CUMULATE);
    left(1, 3);
    right(2, 15);
    expect(end()).toEqual(['1+2@19', '1+2@29']);
  });

  test('S2.3 a row in a gap between windows is in none', () => {
    const { left, right, end, drive } = join(GAPS, 'full');
    left(1, 0);
    right(2, 1);
    expect(end()).toEqual([]);
    expect(drive.counters.dropped).toBe(0);
  });

  test('S5.7 a late row is dropped per window: it still enters those that have not fired', () => {
    const { left, right, advance, end, drive } = join(HOP);
    left(1, 15);
    expect(advance(19)).toEqual([]);
    right(2, 12);
    right(3, 9);
    expect(drive.drops.map(({ row, from, to }) => [row.r_id, from, to])).toEqual([[3, 0, 20]]);
    expect(end()).toEqual(['1+2@29']);
  });

  test('S8.5 null keys never match, and are padded', () => {
    const { left, right, end } = join(TUMBLE, 'full');
    left(1, 3, null);
    right(2, 3, null);
    expect(end()).toEqual(['1+–@9', '–+2@9']);
  });

  test('S8.5 a row whose partners fail another condition is padded; the condition may ask for the window', () => {
    const { left, right, end } = join(TUMBLE, 'left', { where: EVEN_IN_WINDOW });
    left(1, 3);
    left(2, 3);
    right(4, 4);
    expect(end()).toEqual(['1+–@9', '2+4@9']);
  });

  test('S5.3 nothing is left when the last window of a row has fired', () => {
    const { left, right, advance, drive } = join(HOP);
    left(1, 15);
    right(2, 25);
    advance(28);
    expect(drive.operator.state!.rows).toBe(2);
    advance(29);
    expect(drive.operator.state!.rows).toBe(1);
    advance(39);
    expect(drive.operator.state!.rows).toBe(0);
  });
});

/** The condition of `EVEN`, and that both rows are in one window, over columns that are each followed by their window. */
const EVEN_IN_WINDOW: typeof EVEN = {
  op: 'and',
  type: { name: 'BOOLEAN' },
  left: shifted(EVEN),
  right: {
    op: 'compare',
    operator: '=',
    type: { name: 'BOOLEAN' },
    left: { op: 'column', index: 4, name: 'window_end', type: { name: 'TIMESTAMP' } },
    right: { op: 'column', index: 10, name: 'window_end', type: { name: 'TIMESTAMP' } },
  },
};

/** Right columns stand behind the left window's. */
function shifted(expression: typeof EVEN): typeof EVEN {
  return JSON.parse(JSON.stringify(expression).replace('"index":3', '"index":6')) as typeof EVEN;
}

const shapes = fc.constantFrom(TUMBLE, HOP, CUMULATE, GAPS);

/** Ends of the windows of a time, by the definition. */
function endsOf(shape: GridShape, time: number): number[] {
  const ends: number[] = [];
  const { size, offset } = shape;
  const step = shape.kind === 'hop' ? shape.slide : size;
  for (let start = offset - 100 * step; start < 100 * step; start += step) {
    const first = shape.kind === 'cumulate' ? start + shape.step : start + size;
    const grows = shape.kind === 'cumulate' ? shape.step : size;
    for (let end = first; end <= start + size; end += grows) if (start <= time && time < end) ends.push(end);
  }
  return ends;
}

/** Nested loops, window by window. */
function defined(rows: SideRow[], shape: GridShape, kind: (typeof JOIN_KINDS)[number]): string[] {
  const ends = new Set(rows.flatMap(({ time }) => endsOf(shape, time)));
  return [...ends]
    .flatMap((end) => {
      const inside = rows.filter(({ time }) => endsOf(shape, time).includes(end));
      return nestedLoops(inside, kind, () => true).map((text) => text.replace(/@.*/, `@${end - 1}`));
    })
    .sort();
}

describe('S17.6 stream, batch and definition agree', () => {
  test('whatever the order of arrival, a window join is that of nested loops', () => {
    fc.assert(
      fc.property(arrivals(40), fc.constantFrom(...JOIN_KINDS), shapes, (input, kind, shape) => {
        const out = arrive(driveNode(windowJoin(shape, kind)), input);
        expect(out.sort()).toEqual(defined(input.rows, shape, kind));
      }),
      { numRuns: runs },
    );
  });

  test('batch = stream', () => {
    fc.assert(
      fc.property(arrivals(40), fc.constantFrom(...JOIN_KINDS), shapes, fc.boolean(), (input, kind, shape, extra) => {
        const node = windowJoin(shape, kind, { where: extra ? EVEN_IN_WINDOW : null });
        const { table } = runBatch(node, tablesOf(input.rows));
        const time = kind === 'right' || kind === 'full' ? 11 : 5;
        const rows = Array.from({ length: table.length }, (_, row) => {
          const values = readRow(table, row);
          const at = Number(values[5] ?? values[time]);
          return texts([{ row: { l_id: values[0], r_id: values[6] ?? null }, time: at }])[0];
        });
        expect(rows.sort()).toEqual(arrive(driveNode(node), input).sort());
      }),
      { numRuns: runs },
    );
  });

  test('rows of one side may come in ranges of any length, and a new operator may go on from a snapshot', () => {
    fc.assert(
      fc.property(
        arrivals(60, true),
        fc.constantFrom(...JOIN_KINDS),
        shapes,
        fc.nat(40),
        (input, kind, shape, place) => {
          const node = windowJoin(shape, kind);
          const one = arrive(driveNode(node), input);
          for (const longest of [1, 3, 1000]) expect(arriveInRanges(driveNode(node, {}), input, longest)).toEqual(one);
          const restored = arrive(driveNode(node), input, (i, drive) => {
            if (i % 41 === place) drive.keyframeRestore();
          });
          expect(restored).toEqual(one);
        },
      ),
      { numRuns: runs },
    );
  });

  test('nothing is left at the end of the input', () => {
    fc.assert(
      fc.property(arrivals(60, true), shapes, (input, shape) => {
        const drive = driveNode(windowJoin(shape, 'full'));
        arrive(drive, input);
        expect(drive.operator.state!.rows).toBe(0);
      }),
      { numRuns: runs },
    );
  });
});
