import { days, hours, minutes, type Timestamp } from '../../model';
import { AliasTable, exponential, normal } from '../../sim/distributions';
import { exp, log } from '../../sim/maths';
import { type Random } from '../../sim/random';
import { type Geography } from './geography';
import { lengthOf, START, type MartSize } from './size';
import { cityAt, makeTrips, type Trip } from './trips';
import { Visits } from './visits';

/** `DATA.md` §2.3, points 1-3. Monday first, as `START` is a Monday. */
const WEEKDAYS = [0.92, 0.92, 0.94, 1, 1.16, 1.14, 0.92];
const HOURS = [
  0.012, 0.007, 0.005, 0.004, 0.004, 0.006, 0.013, 0.026, 0.041, 0.049, 0.053, 0.06, 0.072, 0.066, 0.056, 0.054, 0.058,
  0.067, 0.076, 0.08, 0.072, 0.055, 0.037, 0.027,
];
const RATE_SPREAD = 0.7;
const FOLLOW_UP = 0.26;
const LOG_GAP = log(minutes(8));
const GAP_SPREAD = 0.8;
const CARDS_AT_A_TIME = 4_096;

export interface Holder {
  home: number;
  active: boolean;
}

/** What is known of all cards while sessions are made, by card, and of all days and cities. */
interface Journeys {
  holders: readonly Holder[];
  trips: Trip[][];
  /** Mean weight between sessions, and the weight at which the next one starts. */
  pace: Float64Array;
  next: Float64Array;
  perHour: AliasTable;
  /** Hours ahead of UTC of each city, in ms. */
  offsets: Float64Array;
  end: Timestamp;
}

/**
 * When and where everyone pays, in realistic mode. Sessions of a card come as a Poisson process whose rate is the card's
 * own times the weekday's weight; each starts at an hour of the local day and may draw follow-ups a few minutes apart,
 * which makes payments come in bursts. Day by day, so that visits are nearly in order already. Yields after every day;
 * returns the visits.
 */
export function* makeSessions(
  holders: readonly Holder[],
  size: MartSize,
  geography: Geography,
  random: Random,
): Generator<number, Visits> {
  const visits = new Visits(Math.ceil(size.transactions * 1.05));
  const reached = weightReached(size.days);
  const travel = random.split('trips');
  const rates = random.split('rates');
  const pace = Float64Array.from(holders, () => 1 / rateOf(size, rates));
  const journeys: Journeys = {
    holders,
    trips: [],
    pace,
    next: pace.map((one, card) => (holders[card].active ? exponential(random, one) : Infinity)),
    perHour: new AliasTable(HOURS),
    offsets: Float64Array.from(geography.places, ({ offset }) => hours(offset)),
    end: START + lengthOf(size),
  };
  for (const [card, { home }] of holders.entries()) {
    journeys.trips.push(makeTrips(home, size, geography, travel));
    if (card % CARDS_AT_A_TIME === CARDS_AT_A_TIME - 1) yield -1;
  }
  for (let day = -1; day <= size.days; day += 1) {
    yield day;
    for (let from = 0; from < holders.length; from += CARDS_AT_A_TIME) {
      const to = Math.min(holders.length, from + CARDS_AT_A_TIME);
      addSessions(visits, journeys, day, reached[day + 1], from, to, random);
      if (to < holders.length) yield day;
    }
  }
  return visits;
}

const rateOf = (size: MartSize, random: Random): number =>
  Math.min(10, Math.max(0.1, size.sessions * exp(RATE_SPREAD * normal(random))));

/** The sessions of one local day of some cards. */
function addSessions(
  visits: Visits,
  { holders, trips, pace, next, perHour, offsets, end }: Journeys,
  day: number,
  reached: number,
  from: number,
  to: number,
  random: Random,
): void {
  const midnight = START + days(day);
  for (let card = from; card < to; card += 1) {
    const { home } = holders[card];
    const calm = calmAround(midnight, trips[card]);
    for (; next[card] < reached; next[card] -= log(1 - random.float()) * pace[card]) {
      let time = midnight + hours(perHour.pick(random)) + Math.floor(random.float() * hours(1)) - offsets[home];
      if (time < calm.from || time >= calm.until) time = localTo(time, trips[card], home, offsets);
      for (;;) {
        const city = time >= calm.from && time < calm.until ? home : cityAt(trips[card], home, time);
        if (city >= 0 && time >= START && time < end) visits.add(time, card, city);
        if (random.float() >= FOLLOW_UP) break;
        time += Math.round(exp(LOG_GAP + GAP_SPREAD * normal(random)));
      }
    }
  }
}

/** A span of time at home, around a moment if it is at home then: most days need no look at the trips. */
function calmAround(moment: Timestamp, trips: readonly Trip[]): { from: Timestamp; until: Timestamp } {
  let from = -Infinity;
  for (const { departs, returns } of trips) {
    if (returns > moment) return { from, until: departs };
    from = returns;
  }
  return { from, until: Infinity };
}

/** Someone away from home keeps the hours of where they are. */
function localTo(time: Timestamp, trips: readonly Trip[], home: number, offsets: Float64Array): Timestamp {
  const city = cityAt(trips, home, time);
  return city < 0 ? time : time + offsets[home] - offsets[city];
}

/** Sum of the weekday weights up to the end of each local day, from the day before the data to the day after. */
function weightReached(count: number): Float64Array {
  const reached = new Float64Array(count + 2);
  let sum = 0;
  for (let day = -1; day <= count; day += 1) {
    sum += WEEKDAYS[(day + 7) % 7];
    reached[day + 1] = sum;
  }
  return reached;
}
