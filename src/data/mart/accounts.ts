import { days, type Dictionary, makeTable, type Table } from '../../model';
import { AliasTable, normal } from '../../sim/distributions';
import { type Random } from '../../sim/random';
import { dayOf, momentBefore, numbered } from './common';
import { type Geography } from './geography';
import { FIRST_NAMES, LAST_NAMES, STREETS } from './names';
import { SCHEMAS } from './schemas';
import { lengthOf, START, type MartSize } from './size';

const SLICE = 2_048;

/** Account holders; `home` is each one's city, which no table tells. */
export interface Accounts {
  table: Table;
  ids: Dictionary;
  home: Uint8Array;
}

/** Yields from time to time; returns the accounts. */
export function* makeAccounts(size: MartSize, geography: Geography, random: Random): Generator<number, Accounts> {
  const table = makeTable(SCHEMAS.account_details, size.accounts);
  table.length = size.accounts;
  const [id, name, address, country, debt, created, ended, modified] = table.columns;
  const ids = numbered('ACC_', size.accounts, 8);
  id.dictionary = ids;
  const home = new Uint8Array(size.accounts);
  if (size.accounts === 0) return { table, ids, home };
  const countryWeights = new AliasTable(geography.countries.map(({ weight }) => weight));
  ended.valid = new Uint8Array(size.accounts);
  for (let i = 0; i < size.accounts; i += 1) {
    const of = countryWeights.pick(random);
    home[i] = random.between(geography.firstCity[of], geography.firstCity[of + 1] - 1);
    id.data[i] = i;
    const first = FIRST_NAMES[random.below(FIRST_NAMES.length)];
    name.data[i] = name.dictionary!.code(`${first} ${LAST_NAMES[random.below(LAST_NAMES.length)]}`);
    const street = STREETS[random.below(STREETS.length)];
    const where = `${random.between(1, 180)} ${street} Street, ${geography.places[home[i]].city}`;
    address.data[i] = address.dictionary!.code(where);
    country.data[i] = country.dictionary!.code(geography.countries[of].code);
    debt.data[i] = Math.round(100 * (2_500 + 1_500 * normal(random)));
    created.data[i] = dayOf(momentBefore(random, 5 * 365));
    modified.data[i] = Math.max(created.data[i], momentBefore(random, 365));
    // One account in ten has an end; it lies behind the data, so that no closed account pays.
    if (random.chance(0.1)) {
      ended.valid[i] = 1;
      ended.data[i] = START + lengthOf(size) + days(random.between(1, 365));
    }
    if (i % SLICE === SLICE - 1) yield i;
  }
  return { table, ids, home };
}
