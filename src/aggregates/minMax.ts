import type { Dictionary } from '../model';
import { compareTexts } from '../model/textOrder';
import { each, type Accumulator } from './accumulators';
import type { Aggregate } from './aggregate';
import { objectAccumulator } from './objectState';
import { Best } from './multiset';
import { valueFold } from './results';

/** The extreme of numbers and times; NaN where there is none yet. `sign`: 1 for the least, -1 for the greatest. */
function extreme(sign: 1 | -1): Accumulator {
  return keeping(
    sign === 1
      ? (state, at, value) => {
          if (!(state[at] <= value)) state[at] = value;
        }
      : (state, at, value) => {
          if (!(state[at] >= value)) state[at] = value;
        },
  );
}

/** The extreme of texts. The slot is a code, as are the values. */
function extremeText(sign: 1 | -1, { strings }: Dictionary): Accumulator {
  return keeping((state, at, code) => {
    const held = state[at];
    if (!(held === held) || sign * compareTexts(strings[code], strings[held]) < 0) state[at] = code;
  });
}

const keeping = (better: (state: Float64Array, at: number, value: number) => void): Accumulator => ({
  slots: 1,
  empty: NaN,
  add: each(better),
  remove: null,
  merge: (into, intoAt, from, fromAt) => {
    const value = from[fromAt];
    if (value === value) better(into, intoAt, value);
  },
  read: (state, at) => state[at],
});

function orderOf(sign: 1 | -1, texts: Dictionary | null): (a: number, b: number) => number {
  if (texts === null) return (a, b) => sign * (a - b);
  const { strings } = texts;
  return (a, b) => sign * compareTexts(strings[a], strings[b]);
}

function extremeOf(name: 'MIN' | 'MAX', what: string): Aggregate {
  const sign = name === 'MIN' ? 1 : -1;
  const fold = valueFold(name, (_, { texts, retracting }) => {
    if (!retracting) return texts ? extremeText(sign, texts) : extreme(sign);
    const order = orderOf(sign, texts);
    return objectAccumulator(() => new Best(order));
  });
  return {
    detail: `${name}(x): ${what}`,
    takes: 'ordered',
    type: (type) => type,
    nullable: 'of nothing',
    inFlink: true,
    fold,
    // Copies of a value do not change which is the extreme.
    distinct: fold,
  };
}

export const MIN = extremeOf('MIN', 'the least');
export const MAX = extremeOf('MAX', 'the greatest');
