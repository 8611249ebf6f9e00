import { expect, test } from 'vitest';
import { TimedRows } from '../../../src/engine/state/timedRows';
import { BIGINT, field, makeBatch, STRING, writeValue, type ColumnBatch, type Schema } from '../../../src/model';
import { StateReader, StateWriter } from '../../../src/sim/bytes';

const SCHEMA: Schema = [field('text', STRING, true), field('n', BIGINT)];

/** One row per time, named by its place. */
function batchOf(times: number[]): ColumnBatch {
  const batch = makeBatch(SCHEMA);
  times.forEach((time, row) => {
    batch.time[row] = time;
    writeValue(batch.columns[0], row, row % 3 === 2 ? null : `row ${row}`);
    writeValue(batch.columns[1], row, row);
  });
  batch.length = times.length;
  return batch;
}

/** Keys in turn: 0, 1, 0, 1, … */
function filled(times: number[]): TimedRows {
  const rows = new TimedRows(SCHEMA);
  const slots = new Int32Array(times.length);
  const keys = Int32Array.from(times, (_, row) => row % 2);
  rows.putRange(batchOf(times), 0, times.length, keys, slots);
  slots.forEach((slot, row) => rows.append(keys[row], slot));
  return rows;
}

const namesOf = (rows: TimedRows, slots: Iterable<number>): number[] =>
  Array.from(slots, (slot) => rows.batch.columns[1].data[slot]);

function emptied(rows: TimedRows): number[] {
  const slots: number[] = [];
  while (rows.rows > 0) slots.push(rows.shift());
  return namesOf(rows, slots);
}

test('rows leave by time over all keys, those of one time as they came', () => {
  expect(emptied(filled([5, 3, 9, 3, 5, 1]))).toEqual([5, 1, 3, 0, 4, 2]);
});

test('the rows of a key are in the order of time', () => {
  const rows = filled([5, 3, 9, 3, 5, 1]);
  expect(namesOf(rows, rows.slotsOf(0))).toEqual([0, 4, 2]);
  expect(namesOf(rows, rows.slotsOf(1))).toEqual([5, 1, 3]);
});

test('a keyframe leaves rows in their slots, and new rows take the free ones', () => {
  const rows = filled([5, 3, 9, 3, 5, 1]);
  rows.shift();
  const writer = new StateWriter();
  rows.writeFrame(writer);
  const copy = new TimedRows(SCHEMA);
  copy.readFrame(new StateReader(writer.finish()));
  expect([...copy.inOrder()]).toEqual([...rows.inOrder()]);
  const slot = copy.put(batchOf([4]), 0);
  expect(copy.inOrder()).not.toContain(slot);
  expect(slot).toBeLessThan(6);
  copy.append(0, slot);
  expect(emptied(copy)).toEqual([1, 3, 0, 0, 4, 2]);
});
