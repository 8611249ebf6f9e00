import { TidemarkError, type Column, type Table } from '../../model';
import { type AggregateLayout } from '../aggregates';
import { PIECE, type Pieces } from '../pieces';
import { mostSlots } from './allowance';

/** The aggregate of rows [oldest, newest) of a table, while both ends move up. */
export interface MovingFrame {
  /** Empty, standing in front of `row`. */
  restart(row: number): void;
  /** Takes rows in, up to but without `newest`. */
  extend(newest: number): Pieces;
  /** Lets rows go, up to but without `oldest`. */
  shrink(oldest: number): Pieces;
  result(columns: Column[], row: number): void;
}

/** `grows`: nothing is ever let go. */
export function frameOf(layout: AggregateLayout, rows: Table, grows: boolean): MovingFrame {
  return layout.retractable || grows ? retractingFrame(layout, rows) : mergingFrame(layout, rows);
}

/** Adds what enters and takes back what leaves; all sums are exact, so nothing builds up. */
function retractingFrame(layout: AggregateLayout, rows: Table): MovingFrame {
  const state = new Float64Array(layout.stride);
  const bases = new Int32Array(rows.length);
  let oldest = 0;
  let newest = 0;
  return {
    restart(row) {
      layout.init(state, 0);
      oldest = row;
      newest = row;
    },
    *extend(to) {
      yield* inParts(layout, newest, to, (from, end) => layout.add(state, bases, rows, from, end));
      newest = to;
    },
    *shrink(to) {
      yield* inParts(layout, oldest, to, (from, end) => layout.remove(state, bases, rows, from, end));
      oldest = to;
    },
    result: (columns, row) => layout.result(state, 0, columns, row),
  };
}

/**
 * For MIN and MAX, which cannot take back: the frame is two stacks. Rows enter the back, one sum for all of it; the
 * front holds a sum for each of its rows, of that row and all behind it in the front. When the front is used up, the
 * back becomes the front. Every row is added and merged a bounded number of times, however long the frame.
 */
function mergingFrame(layout: AggregateLayout, rows: Table): MovingFrame {
  const { stride } = layout;
  const bases = new Int32Array(rows.length);
  const back = new Float64Array(stride);
  const both = new Float64Array(stride);
  let front = new Float64Array(0);
  let oldest = 0;
  let middle = 0;
  let frontStart = 0;
  let newest = 0;

  function* turn(from: number): Pieces {
    const slots = (newest - from) * stride;
    if (slots > mostSlots()) {
      throw new TidemarkError({ what: 'too many rows in one frame', where: 'OVER', hint: 'Use a shorter frame.' });
    }
    if (front.length < slots) front = new Float64Array(Math.min(mostSlots(), Math.max(slots, front.length * 2)));
    for (let row = newest - 1; row >= from; row -= 1) {
      const base = (row - from) * stride;
      layout.init(front, base);
      bases[row] = base;
      layout.add(front, bases, rows, row, row + 1);
      bases[row] = 0;
      if (row + 1 < newest) layout.merge(front, base, front, base + stride);
      if (base % PIECE < stride) yield;
    }
    frontStart = from;
    middle = newest;
    layout.init(back, 0);
  }

  return {
    restart(row) {
      layout.init(back, 0);
      oldest = row;
      middle = row;
      newest = row;
    },
    *extend(to) {
      yield* inParts(layout, newest, to, (from, end) => layout.add(back, bases, rows, from, end));
      newest = to;
    },
    *shrink(to) {
      if (to > middle) yield* turn(to);
      oldest = to;
    },
    result(columns, row) {
      if (oldest >= middle) {
        layout.result(back, 0, columns, row);
        return;
      }
      layout.init(both, 0);
      layout.merge(both, 0, front, (oldest - frontStart) * stride);
      layout.merge(both, 0, back, 0);
      layout.result(both, 0, columns, row);
    },
  };
}

/** Rows [from, to) some at a time: so few that a piece is not too long, so many that nothing is lost by it. */
function* inParts(
  { stride }: AggregateLayout,
  from: number,
  to: number,
  handle: (from: number, to: number) => void,
): Pieces {
  const rows = Math.max(1, Math.floor((4 * PIECE) / stride));
  for (let first = from; first < to; first += rows) {
    handle(first, Math.min(to, first + rows));
    if (first + rows < to) yield;
  }
}
