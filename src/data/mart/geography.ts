import { asin, cos, sin } from '../../sim/maths';
import { type Random } from '../../sim/random';
import { countries, type Place, places } from './places';

const EARTH_RADIUS_KM = 6_371;
const RADIANS = 0.017453292519943295;

/** Distance over the ground in km, by the haversine formula. */
function distanceBetween(a: Place, b: Place): number {
  const halfLat = sin(((b.lat - a.lat) * RADIANS) / 2);
  const halfLon = sin(((b.lon - a.lon) * RADIANS) / 2);
  const chord = halfLat * halfLat + cos(a.lat * RADIANS) * cos(b.lat * RADIANS) * halfLon * halfLon;
  return 2 * EARTH_RADIUS_KM * asin(Math.min(1, Math.sqrt(chord)));
}

/** The part of the world that a mart uses: the first countries, their cities by number, and distances. */
export class Geography {
  readonly countries: { code: string; weight: number }[];
  readonly places: Place[];
  /** Number of each city's country. */
  readonly countryOf: Uint8Array;
  /** Cities of country i have the numbers `firstCity[i] … firstCity[i+1] − 1`. */
  readonly firstCity: Int32Array;
  private readonly distances: Float64Array;

  constructor(count: number) {
    this.countries = countries.slice(0, count);
    const numbers = new Map(this.countries.map(({ code }, i) => [code, i]));
    this.places = places.filter(({ country }) => numbers.has(country));
    this.countryOf = Uint8Array.from(this.places, ({ country }) => numbers.get(country)!);
    this.firstCity = new Int32Array(count + 1);
    for (const country of this.countryOf) this.firstCity[country + 1] += 1;
    for (let i = 0; i < count; i += 1) this.firstCity[i + 1] += this.firstCity[i];
    this.distances = new Float64Array(this.places.length * this.places.length).fill(-1);
  }

  /** Between two cities, in km. */
  distance(a: number, b: number): number {
    const at = a * this.places.length + b;
    if (this.distances[at] < 0) this.distances[at] = distanceBetween(this.places[a], this.places[b]);
    return this.distances[at];
  }

  /** Any city of another country; needs two countries. */
  abroad(home: number, random: Random): number {
    const first = this.firstCity[this.countryOf[home]];
    const own = this.firstCity[this.countryOf[home] + 1] - first;
    const at = Math.floor(random.float() * (this.places.length - own));
    return at < first ? at : at + own;
  }

  /** The nearest other city, for each city. */
  neighbours(): Int32Array {
    return Int32Array.from(this.places, (_, city) => {
      let nearest = city;
      for (let other = 0; other < this.places.length; other += 1) {
        const closer = nearest === city || this.distance(city, other) < this.distance(city, nearest);
        if (other !== city && closer) nearest = other;
      }
      return nearest;
    });
  }
}
