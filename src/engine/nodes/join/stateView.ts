import { field, INT, TIMESTAMP, type Schema } from '../../../model';
import { type StateBackend } from '../../state/backend';
import { type KeyedState } from '../../state/keyedState';
import { type JoinSide } from './joinSide';

const SCHEMA: Schema = [
  field('left time', TIMESTAMP, true),
  field('right time', TIMESTAMP, true),
  field('partners', INT),
];

/** The rows that the two sides of a join remember: each with its time in the column of its side. */
export const showRows = (state: StateBackend, sides: readonly [JoinSide, JoinSide]): KeyedState =>
  state.show(SCHEMA, (visit) => {
    const held = sides.flatMap((side, port) =>
      Array.from(side.inOrder(), (slot) => ({
        port,
        key: side.store.key[slot],
        time: side.store.time[slot],
        partners: side.store.mark[slot],
      })),
    );
    // Sorting keeps the order of equals: left before right, then as they came.
    held.sort((a, b) => a.time - b.time || a.key - b.key);
    for (const { port, key, time, partners } of held) visit(key, time, time, stateValues(port, time, partners));
  });

/** A state row as steps and pictures have it. */
export function stateValues(port: number, time: number, partners: number): number[] {
  return [port === 0 ? time : NaN, port === 1 ? time : NaN, Math.max(0, partners)];
}
