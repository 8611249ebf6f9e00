import { log } from '../../sim/maths';
import { type Random } from '../../sim/random';
import { expectedFraud } from './attacks';
import { type Geography } from './geography';
import { type Holder } from './sessions';
import { lengthOf, START, type MartSize } from './size';
import { Visits } from './visits';

/** Where a card of the book is: at home, in the nearest other city, or anywhere at all. */
const HOME = 0.85;
const NEAR = 0.1;
const SLICE = 16_384;

/**
 * When and where everyone pays, in the book's mode: card, time and place of every row are drawn independently. So honest
 * payments look like impossible travel (`DATA.md` §1.6, B9); that is what the mode is for. Yields from time to time;
 * returns the visits.
 */
export function* makeAnywhere(
  holders: readonly Holder[],
  size: MartSize,
  geography: Geography,
  random: Random,
): Generator<number, Visits> {
  const rows = size.transactions - expectedFraud(size);
  const visits = new Visits(size.transactions);
  const paying = Int32Array.from(holders.keys()).filter((card) => holders[card].active);
  const near = geography.neighbours();
  const times = yield* makeTimes(rows, random.split('times'));
  const place = (from: number, to: number): void => {
    for (let row = from; row < to; row += 1) {
      const card = paying[Math.floor(random.float() * paying.length)];
      const where = random.float();
      const { home } = holders[card];
      let city = home;
      if (where >= HOME + NEAR) city = geography.abroad(home, random);
      else if (where >= HOME) city = near[home];
      visits.add(START + Math.floor(times[row] * lengthOf(size)), card, city);
    }
  };
  for (let from = 0; from < rows; from += SLICE) {
    const to = Math.min(rows, from + SLICE);
    place(from, to);
    yield (rows + to) / 2;
  }
  return visits;
}

/**
 * Uniform numbers in [0, 1), already in order: sums of exponential gaps, divided by one sum more. Rows that are near in
 * time then lie near in memory, which is worth more than the logarithm.
 */
function* makeTimes(count: number, random: Random): Generator<number, Float64Array> {
  const times = new Float64Array(count);
  let sum = 0;
  const add = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) {
      sum -= log(1 - random.float());
      times[i] = sum;
    }
  };
  for (let from = 0; from < count; from += SLICE) {
    add(from, Math.min(count, from + SLICE));
    yield from / 2;
  }
  const all = sum - log(1 - random.float());
  for (let i = 0; i < count; i += 1) times[i] /= all;
  return times;
}
