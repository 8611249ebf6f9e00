import { each, type Accumulator, type Change } from './accumulators';
import type { Aggregate } from './aggregate';
import { objectAccumulator } from './objectState';
import { valueFold } from './results';
import { SortedValues, type Pick } from './sortedValues';

/** Whether a row of some time takes the place of what is held, which is of another time, or NaN for none. */
type Wins = (held: number, time: number) => boolean;

/** Without anything taken back, the one value and its time are enough: [time, value], NaN for none. */
function oneEnd(wins: Wins): Accumulator {
  const take: Change = (state, at, value, time) => {
    if (!wins(state[at], time)) return;
    state[at] = time;
    state[at + 1] = value;
  };
  return {
    slots: 2,
    empty: NaN,
    add: each(take),
    remove: null,
    merge(into, intoAt, from, fromAt) {
      const time = from[fromAt];
      if (time === time) take(into, intoAt, from[fromAt + 1], time);
    },
    read: (state, at) => state[at + 1],
  };
}

/** Rows are ordered by time; of one time, by which was added first (S19). Nulls do not count. */
const endOf = (name: 'FIRST_VALUE' | 'LAST_VALUE', row: string, wins: Wins, pick: Pick): Aggregate => ({
  detail: `${name}(x): of the ${row} row that has one`,
  takes: 'any',
  type: (type) => type,
  nullable: 'of nothing',
  inFlink: true,
  byTime: true,
  fold: valueFold(name, (_, { retracting }) =>
    retracting ? objectAccumulator(() => new SortedValues('time', pick)) : oneEnd(wins),
  ),
});

export const FIRST_VALUE = endOf(
  'FIRST_VALUE',
  'earliest',
  (held, time) => !(held <= time),
  (values) => values[0],
);
export const LAST_VALUE = endOf(
  'LAST_VALUE',
  'latest',
  (held, time) => !(held > time),
  (values) => values[values.length - 1],
);
