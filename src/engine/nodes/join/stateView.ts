import { field, INT, TIMESTAMP, type Schema, type Table } from '../../../model';
import { type KeyedState } from '../../stream/operator';
import { type JoinSide } from './joinSide';

const SCHEMA: Schema = [
  field('left time', TIMESTAMP, true),
  field('right time', TIMESTAMP, true),
  field('partners', INT),
];

/** The rows that the two sides of a join remember: each with its time in the column of its side. */
export function rowsInState(keys: Table, sides: readonly [JoinSide, JoinSide]): KeyedState {
  return {
    keys,
    schema: SCHEMA,
    get rows() {
      return sides[0].rows + sides[1].rows;
    },
    each(visit) {
      const held = sides.flatMap((side, port) =>
        Array.from(side.inOrder(), (slot) => ({ port, slot, store: side.store })),
      );
      const timeOf = ({ slot, store }: (typeof held)[number]): number => store.time[slot];
      const keyOf = ({ slot, store }: (typeof held)[number]): number => store.key[slot];
      // Sorting keeps the order of equals: left before right, then as they came.
      held.sort((a, b) => timeOf(a) - timeOf(b) || keyOf(a) - keyOf(b));
      for (const one of held)
        visit(keyOf(one), timeOf(one), timeOf(one), stateValues(one.port, timeOf(one), one.store.mark[one.slot]));
    },
  };
}

/** A state row as steps and pictures have it. */
export function stateValues(port: number, time: number, partners: number): number[] {
  return [port === 0 ? time : NaN, port === 1 ? time : NaN, Math.max(0, partners)];
}
