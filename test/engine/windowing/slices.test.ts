import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutOf } from '../../../src/engine/aggregates';
import { Slices } from '../../../src/engine/windowing/slices';
import { type WindowRows } from '../../../src/engine/windowing/windowRows';
import { field, INT, MAX_TIME, tableOf, TidemarkError, type Schema } from '../../../src/model';
import { StateReader, StateWriter } from '../../../src/sim/bytes';
import { call, column } from '../../support/plans';

const runs = process.env.LONG ? 5_000 : 300;
const SCHEMA: Schema = [field('x', INT)];
const layout = (): ReturnType<typeof layoutOf> => layoutOf([call('SUM', column(SCHEMA, 'x'))], SCHEMA);
const WIDTH = 10;

/** The store beside a counter of it, and all that can be seen of it. */
function drive(limits?: { free: number; most: number }): {
  store: Slices;
  add: (time: number, key: number) => void;
  seen: () => unknown;
} {
  const rows = layout();
  const store = new Slices(WIDTH, 3, rows, limits);
  const batch = tableOf(SCHEMA, [[1]]);
  return {
    store,
    add(time, key) {
      store.reserveKeys(key + 1);
      // The array of states may be another after this.
      const base = store.touch(time, key);
      rows.add(store.state, Int32Array.of(base), batch, 0, 1);
    },
    seen() {
      const groups: number[][] = [];
      store.each((key, start, base) => groups.push([start, key, ...rows.stateValues(store.state, base)]));
      const lists: number[][] = [];
      store.eachStart(-1e9, 1e9, (start) => {
        const into: Pick<WindowRows, 'reserve' | 'keys' | 'bases'> = {
          reserve: () => undefined,
          keys: new Int32Array(100),
          bases: new Int32Array(100),
        };
        const count = store.listAt(start, into);
        lists.push([start, ...into.keys.subarray(0, count)]);
        for (let i = 0; i < count; i += 1) expect(into.bases[i]).toBe(store.find(start, into.keys[i]));
      });
      return { groups, lists, rows: store.rows, oldest: store.oldest, from: store.liveFrom(0) };
    },
  };
}

const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ time: fc.integer({ min: -200, max: 200 }), key: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.constantFrom('drop' as const, 'frame' as const) },
);

test('what slices hold is the same in rows of groups and in maps, also after a keyframe', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 80 }), (happenings) => {
      const dense = drive();
      // Nothing is free: rows of groups give way to maps as soon as they are mostly empty.
      const sparse = drive({ free: 0, most: 1e6 });
      for (const one of happenings) {
        for (const { store, add } of [dense, sparse]) {
          if (typeof one === 'object') add(one.time, one.key);
          else if (one === 'frame') {
            const writer = new StateWriter();
            store.writeFrame(writer);
            store.readFrame(new StateReader(writer.finish()));
          } else if (store.oldest !== MAX_TIME) store.drop(() => store.rows);
        }
        expect(sparse.seen()).toEqual(dense.seen());
      }
    }),
    { numRuns: runs },
  );
});

const YEAR = 365 * 86_400_000;
const far: [string, (i: number) => number][] = [
  ['a gap of a year', (i) => (i < 500 ? i : i + YEAR)],
  ['a first event of 1970', (i) => (i === 0 ? 0 : 50 * YEAR + i)],
  ['a sentinel of 9999', (i) => (i === 999 ? 253_402_300_799_999 : i)],
  ['a gap of a year after each event', (i) => i * YEAR],
  ['newest first, an hour apart', (i) => (1_000 - i) * 3_600_000],
];

test.each(far)('%s costs as much memory as as many slices side by side', (_, timeOf) => {
  const one = drive();
  const beside = drive();
  const slices = new Set(Array.from({ length: 1_000 }, (_, i) => Math.floor((timeOf(i) - 3) / WIDTH)));
  const order = [...slices].sort((a, b) => a - b);
  for (let i = 0; i < 1_000; i += 1) {
    one.add(timeOf(i), i % 100);
    beside.add(order.indexOf(Math.floor((timeOf(i) - 3) / WIDTH)) * WIDTH + 3, i % 100);
  }
  expect(one.store.state.length).toBe(beside.store.state.length);
  expect(one.store.rows).toBe(beside.store.rows);
});

test('slices of few among many keys cost as much as the groups that are there', () => {
  const { store, add } = drive();
  for (let i = 0; i < 20_000; i += 1) add(-i * 3_600_000, i);
  expect(store.rows).toBe(20_000);
  expect(store.state.length).toBeLessThan(4 * 20_000 * layout().stride);
});

test('more groups than a page should hold are refused, with their number and the slices they are in', () => {
  const { add } = drive({ free: 0, most: 1_000 });
  const addAll = (): void => {
    for (let i = 0; i < 1_000; i += 1) add(i * WIDTH, i);
  };
  expect(addAll).toThrow(TidemarkError);
  expect(addAll).toThrow(/more memory than a page should take.*\d+ groups in \d+ open slices/);
});
