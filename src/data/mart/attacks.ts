import { minutes, type Timestamp } from '../../model';
import { type Random } from '../../sim/random';
import { type Geography } from './geography';
import { type Holder } from './sessions';
import { lengthOf, START, type MartSize } from './size';
import { type Visits } from './visits';

/** Why and how one attack was made. Rows are numbers of visits until the fact table is in order. */
interface Attack {
  type: 'geographic' | 'chain';
  card: number;
  /** Fraudulent rows are `first … first + count − 1`. */
  first: number;
  count: number;
  /** Geographic: the honest row that it is too far from; −1 for a chain. */
  partner: number;
  /** City where the fraudster pays. */
  city: number;
  /** First to last row of a chain; from the honest to the fraudulent row of a pair. */
  span: number;
}

/** Attacks and, by row counted from the first fraudulent visit, what is known of each payment already. */
export interface Attacks {
  list: Attack[];
  /** Number of honest visits: fraudulent ones have the numbers behind it. */
  honest: number;
  attackOf: number[];
  /** Cents; 0: as any payment of the place. */
  amounts: number[];
  /** Which device the fraudster pays from; −1: with a card in hand. */
  devices: number[];
}

/** Rows of one attack of each type together, on average: 1 and 27.5. */
const ROWS_PER_PAIR = 28.5;
/** The chapter: 1,000 attacks of each type in 2,000,000 rows. */
const BOOK_PAIRS = 1_000 / 2_000_000;
const LEAST_KM = 2_000;
const SEVERAL_DEVICES = 0.3;
/** Devices of a city, see `addresses.ts`. */
const DEVICES = 49_152;

/** How many attacks of each type, on this many honest rows. */
const attackPairs = (rows: number, mode: 'realistic' | 'book', size: MartSize): number =>
  rows === 0 ? 0 : Math.max(1, Math.round(mode === 'book' ? rows * BOOK_PAIRS : (rows * size.fraud) / ROWS_PER_PAIR));

/** Rows that the attacks of the book's mode add, on average. */
export const expectedFraud = (size: MartSize): number =>
  Math.round(ROWS_PER_PAIR * attackPairs(size.transactions, 'book', size));

/** Adds fraudulent visits behind the honest ones (`DATA.md` §1.3). No card is attacked twice. */
export function addAttacks(
  visits: Visits,
  holders: readonly Holder[],
  mode: 'realistic' | 'book',
  size: MartSize,
  geography: Geography,
  random: Random,
): Attacks {
  const attacks: Attacks = { list: [], honest: visits.length, attackOf: [], amounts: [], devices: [] };
  const attacked = new Set<number>();
  const end = START + lengthOf(size);
  const pairs = attackPairs(visits.length, mode, size);
  for (let i = 0; i < pairs; i += 1) {
    addGeographic(attacks, visits, attacked, geography, end, random);
    addChain(attacks, visits, attacked, holders, geography, end, random);
  }
  return attacks;
}

/** A card pays in two places that are too far apart, both times in hand: the second row is the fraud. */
function addGeographic(
  attacks: Attacks,
  visits: Visits,
  attacked: Set<number>,
  geography: Geography,
  end: Timestamp,
  random: Random,
): void {
  for (;;) {
    const partner = random.below(attacks.honest);
    const card = visits.who[partner] >> 8;
    const city = random.below(geography.places.length);
    const span = minutes(5) + Math.floor(random.float() * minutes(55));
    const far = geography.distance(visits.who[partner] & 255, city) > LEAST_KM;
    if (attacked.has(card) || !far || visits.time[partner] + span >= end) continue;
    attacked.add(card);
    visits.inHand[partner] = 1;
    attacks.list.push({ type: 'geographic', card, first: visits.length, count: 1, partner, city, span });
    addRow(attacks, visits, visits.time[partner] + span, card, city, 0, -1);
    return;
  }
}

/** Many small payments within an hour: one or two that try the card out, then rising to just under 50. */
function addChain(
  attacks: Attacks,
  visits: Visits,
  attacked: Set<number>,
  holders: readonly Holder[],
  geography: Geography,
  end: Timestamp,
  random: Random,
): void {
  let card = random.below(holders.length);
  while (!holders[card].active || attacked.has(card)) card = random.below(holders.length);
  attacked.add(card);
  const count = random.between(5, 50);
  const span = minutes(15) + Math.floor(random.float() * minutes(45));
  const start = START + Math.floor(random.float() * (end - START - span));
  const city = random.below(geography.places.length);
  const devices = Array.from({ length: random.chance(SEVERAL_DEVICES) ? random.between(2, 4) : 1 }, () =>
    random.below(DEVICES),
  );
  const times = Float64Array.from({ length: count }, (_, i) => {
    if (i === 0) return start;
    return i === count - 1 ? start + span : start + Math.floor(random.float() * span);
  }).sort();
  attacks.list.push({ type: 'chain', card, first: visits.length, count, partner: -1, city, span });
  for (let i = 0; i < count; i += 1) {
    const rise = 3 + (46 * i) / count;
    const amount = i < 2 ? random.uniform(1, 3) : Math.min(49.99, rise * random.uniform(0.8, 1.2));
    addRow(attacks, visits, times[i], card, city, Math.round(100 * amount), devices[random.below(devices.length)]);
  }
}

function addRow(
  attacks: Attacks,
  visits: Visits,
  time: Timestamp,
  card: number,
  city: number,
  amount: number,
  device: number,
): void {
  visits.add(time, card, city);
  if (device < 0) visits.inHand[visits.length - 1] = 1;
  attacks.attackOf.push(attacks.list.length - 1);
  attacks.amounts.push(amount);
  attacks.devices.push(device);
}
