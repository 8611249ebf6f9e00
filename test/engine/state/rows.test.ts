import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedRows } from '../../../src/engine/state/rows';
import { field, INT, makeBatch, reserveBatch } from '../../../src/model';
import { StateReader, StateWriter } from '../../../src/sim/bytes';

const SCHEMA = [field('n', INT)];

const what = fc.record({
  how: fc.constantFrom('append', 'insert', 'remove', 'shift', 'keyframe'),
  key: fc.nat(2),
  time: fc.nat(5),
  at: fc.nat(),
});

test('chains of rows are lists: a row goes in last or by time, and out from any place', () => {
  fc.assert(
    fc.property(fc.array(what, { maxLength: 80 }), (script) => {
      let rows = new KeyedRows(SCHEMA);
      const lists: { n: number; time: number }[][] = [[], [], []];
      const batch = makeBatch(SCHEMA);
      reserveBatch(batch, 1);
      script.forEach(({ how, key, time, at }, n) => {
        const list = lists[key];
        if (how === 'append' || how === 'insert') {
          batch.time[0] = time;
          batch.columns[0].data[0] = n;
          rows[how](key, rows.put(batch, 0));
          const behind = list.findLastIndex((one) => one.time <= time) + 1;
          // By time there is a place only among rows that are in order.
          list.splice(how === 'append' ? list.length : behind, 0, { n, time });
        } else if (how === 'keyframe') {
          const writer = new StateWriter();
          rows.writeFrame(writer);
          rows = new KeyedRows(SCHEMA);
          rows.readFrame(new StateReader(writer.finish()));
        } else if (list.length > 0) {
          const place = how === 'shift' ? 0 : at % list.length;
          if (how === 'shift') rows.shift(key);
          else rows.remove(rows.slotsOf(key)[place]);
          list.splice(place, 1);
        }
        lists.forEach((list, key) => {
          expect(rows.slotsOf(key).map((slot) => rows.batch.columns[0].data[slot])).toEqual(list.map(({ n }) => n));
          expect(rows.countOf(key)).toBe(list.length);
        });
      });
    }),
    { numRuns: process.env.LONG ? 5_000 : 200 },
  );
});
