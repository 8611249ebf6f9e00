import { days, hours, type Timestamp } from '../../model';
import { exponential, geometric } from '../../sim/distributions';
import { type Random } from '../../sim/random';
import { type Geography } from './geography';
import { lengthOf, START, type MartSize } from './size';

/** Away from home from `departs` to `returns`; in the city between `arrives` and `leaves`. */
export interface Trip {
  departs: Timestamp;
  arrives: Timestamp;
  leaves: Timestamp;
  returns: Timestamp;
  city: number;
}

const TRIPS_PER_DAY = 0.8 / 60;
const MEAN_DAYS = 4;
const KM_PER_HOUR = 800;
const HOURS_ON_GROUND = 4;
/** Share of trips that cross a border, where the country has another city to go to at all. */
const ABROAD = 0.8;

/**
 * A card's trips, in order. Nobody pays on the way, and the way takes longer than any flight, so that honest payments
 * can never look like impossible travel (`DATA.md` §2.3, point 5).
 */
export function makeTrips(home: number, size: MartSize, geography: Geography, random: Random): Trip[] {
  const trips: Trip[] = [];
  const end = START + lengthOf(size);
  // Starts a month early, so that some are away when the data starts.
  let free = START - days(30);
  for (;;) {
    const departs = free + Math.floor(exponential(random, days(1) / TRIPS_PER_DAY));
    if (departs >= end) return trips;
    const city = destination(home, geography, random);
    const way = Math.ceil(hours(geography.distance(home, city) / KM_PER_HOUR + HOURS_ON_GROUND));
    const arrives = departs + way;
    const leaves = arrives + days(geometric(random, 1 / MEAN_DAYS));
    free = leaves + way;
    if (free > START) trips.push({ departs, arrives, leaves, returns: free, city });
  }
}

function destination(home: number, geography: Geography, random: Random): number {
  const first = geography.firstCity[geography.countryOf[home]];
  const own = geography.firstCity[geography.countryOf[home] + 1] - first;
  if (own === 1 || random.chance(ABROAD)) return geography.abroad(home, random);
  const at = first + random.below(own - 1);
  return at < home ? at : at + 1;
}

/** The city of someone with these trips at a time; −1 on the way. */
export function cityAt(trips: readonly Trip[], home: number, time: Timestamp): number {
  for (const trip of trips) {
    if (time < trip.departs) return home;
    if (time < trip.returns) return time >= trip.arrives && time < trip.leaves ? trip.city : -1;
  }
  return home;
}
