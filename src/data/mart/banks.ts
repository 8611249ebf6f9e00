import { makeTable, type Dictionary, type Table } from '../../model';
import { beta, weibull } from '../../sim/distributions';
import { type Random } from '../../sim/random';
import { momentBefore, numbered } from './common';
import { type Geography } from './geography';
import { SCHEMAS } from './schemas';
import { type MartSize } from './size';

/** Issuing banks: ratings lean to the high end, a change of rating is mostly months ago. */
export function makeBanks(size: MartSize, geography: Geography, random: Random): { table: Table; ids: Dictionary } {
  const table = makeTable(SCHEMAS.bank_details, size.banks);
  table.length = size.banks;
  const [id, country, rating, sinceChange, modified] = table.columns;
  const ids = numbered('BANK_', size.banks, 5);
  id.dictionary = ids;
  for (let i = 0; i < size.banks; i += 1) {
    id.data[i] = i;
    country.data[i] = country.dictionary!.code(geography.countries[random.below(geography.countries.length)].code);
    rating.data[i] = Math.round(1 + 9 * beta(random, 5, 2));
    sinceChange.data[i] = Math.min(1_095, Math.floor(weibull(random, 1.5, 180)));
    modified.data[i] = momentBefore(random, 365);
  }
  return { table, ids };
}
