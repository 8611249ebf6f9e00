import { type Dictionary, makeTable, type Table } from '../../model';
import { exponential } from '../../sim/distributions';
import { pow } from '../../sim/maths';
import { type Random } from '../../sim/random';
import { momentBefore, numbered } from './common';
import { BOOK_CATEGORIES, CATEGORIES } from './categories';
import { type Geography } from './geography';
import { SCHEMAS } from './schemas';
import { type MartSize } from './size';

export interface Merchants {
  table: Table;
  ids: Dictionary;
  /**
   * Realistic mode: the merchants of a cell (country × category) are `members[first[cell]] … members[first[cell+1] − 1]`,
   * the most visited first. Empty in book mode, where every merchant serves the whole world.
   */
  members: Int32Array;
  first: Int32Array;
}

export function makeMerchants(
  size: MartSize,
  mode: 'realistic' | 'book',
  geography: Geography,
  random: Random,
): Merchants {
  const realistic = mode === 'realistic' && size.merchants > 0;
  const cells = realistic
    ? placeMerchants(size, geography, random.split('cells'))
    : { members: new Int32Array(0), first: new Int32Array(1) };
  const home = Int32Array.from({ length: size.merchants }, () => random.below(geography.countries.length));
  const sells = Int32Array.from({ length: size.merchants }, () => random.below(BOOK_CATEGORIES.length));
  for (let cell = 0; cell + 1 < cells.first.length; cell += 1) {
    for (let at = cells.first[cell]; at < cells.first[cell + 1]; at += 1) {
      home[cells.members[at]] = Math.floor(cell / CATEGORIES.length);
      sells[cells.members[at]] = cell % CATEGORIES.length;
    }
  }
  const names = realistic ? CATEGORIES.map(({ name }) => name) : BOOK_CATEGORIES;
  const table = makeTable(SCHEMAS.merchant_details, size.merchants);
  table.length = size.merchants;
  const [id, modified, country, category, day, week, month] = table.columns;
  const ids = numbered('MERCH_', size.merchants, 5);
  id.dictionary = ids;
  for (let i = 0; i < size.merchants; i += 1) {
    id.data[i] = i;
    modified.data[i] = momentBefore(random, 3 * 365);
    country.data[i] = country.dictionary!.code(geography.countries[home[i]].code);
    category.data[i] = category.dictionary!.code(names[sells[i]]);
    const daily = exponential(random, 250);
    day.data[i] = Math.round(daily);
    week.data[i] = Math.round(7 * daily * random.uniform(0.8, 1.2));
    month.data[i] = Math.round(30 * daily * random.uniform(0.8, 1.2));
  }
  return { table, ids, ...cells };
}

/** Where more is bought there are more shops, but also busier ones: shops grow by this power of the trade. */
const SPREAD = 0.75;

/**
 * Gives every cell one merchant, and the others by the cell's trade; merchants are dealt in random order, so that an id
 * tells nothing.
 */
function placeMerchants(
  size: MartSize,
  geography: Geography,
  random: Random,
): { members: Int32Array; first: Int32Array } {
  const cells = geography.countries.length * CATEGORIES.length;
  const trade = Float64Array.from({ length: cells }, (_, cell) => {
    const { weight } = geography.countries[Math.floor(cell / CATEGORIES.length)];
    return pow(weight * CATEGORIES[cell % CATEGORIES.length].share, SPREAD);
  });
  const total = trade.reduce((sum, one) => sum + one, 0);
  const spare = size.merchants - cells;
  if (spare < 0) throw new RangeError(`${size.merchants} merchants for ${cells} cells of country and category`);
  const first = new Int32Array(cells + 1);
  let reached = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    reached += trade[cell] / total;
    first[cell + 1] = cell + 1 + Math.round(spare * reached);
  }
  first[cells] = size.merchants;
  const members = random.shuffle(Int32Array.from({ length: size.merchants }, (_, i) => i));
  return { members, first };
}
