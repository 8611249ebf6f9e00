import { days, formatDuration, hours, makeTable, type Dictionary, type Table } from '../../model';
import { logNormal } from '../../sim/distributions';
import { log } from '../../sim/maths';
import { type Random } from '../../sim/random';
import { type Attacks } from './attacks';
import { type Geography } from './geography';
import { SCHEMAS } from './schemas';
import { type Visits } from './visits';

/** What lies behind the labels, by attack: rows are row numbers of the fact table. */
export interface AttackTruth {
  type: 'geographic' | 'chain';
  card: number;
  rows: number[];
  /** Geographic: the honest row of the pair; −1 for a chain. */
  partner: number;
}

const LATEST_REPORT = days(60);

/**
 * The labels, in order of `t_id`, and the truth behind them. All rows of an attack are reported together: in realistic
 * mode about a week after its last one, with a long tail to 60 days; in the book's mode within a day.
 */
export function makeLabels(
  visits: Visits,
  order: Int32Array,
  attacks: Attacks,
  mode: 'realistic' | 'book',
  numbers: Dictionary,
  geography: Geography,
  random: Random,
): { table: Table; truth: AttackTruth[] } {
  const { rowOf, fraudRows } = placesInOrder(visits, order, attacks);
  const table = makeTable(SCHEMAS.cc_fraud, fraudRows.length);
  table.length = fraudRows.length;
  const [id, number, explanation, type, attackId, reported] = table.columns;
  number.dictionary = numbers;
  const told = attacks.list.map((attack) => {
    const last = visits.time[attack.first + attack.count - 1];
    const delay = mode === 'book' ? random.float() * days(1) : Math.max(hours(1), logNormal(random, log(days(7)), 0.8));
    const text = explain(attack, rowOf, visits, geography);
    return { at: Math.floor(last + Math.min(LATEST_REPORT, delay)), text: explanation.dictionary!.code(text) };
  });
  fraudRows.forEach((row, i) => {
    const attack = attacks.attackOf[order[row] - attacks.honest];
    id.data[i] = row + 1;
    number.data[i] = attacks.list[attack].card;
    explanation.data[i] = told[attack].text;
    type.data[i] = type.dictionary!.code(attacks.list[attack].type);
    attackId.data[i] = attack + 1;
    reported.data[i] = told[attack].at;
  });
  const truth = attacks.list.map((attack) => ({
    type: attack.type,
    card: attack.card,
    rows: Array.from({ length: attack.count }, (_, i) => rowOf.get(attack.first + i)!),
    partner: attack.partner < 0 ? -1 : rowOf.get(attack.partner)!,
  }));
  return { table, truth };
}

/** Row numbers of the visits that attacks speak of, and the fraudulent rows in order. */
function placesInOrder(
  visits: Visits,
  order: Int32Array,
  attacks: Attacks,
): { rowOf: Map<number, number>; fraudRows: number[] } {
  const rowOf = new Map<number, number>();
  const fraudRows: number[] = [];
  const { inHand } = visits;
  for (let row = 0; row < order.length; row += 1) {
    const visit = order[row];
    // All partners are in hand, and nothing else that is honest.
    if (visit < attacks.honest && inHand[visit] === 0) continue;
    rowOf.set(visit, row);
    if (visit >= attacks.honest) fraudRows.push(row);
  }
  return { rowOf, fraudRows };
}

function explain(
  { type, count, partner, city, span }: Attacks['list'][number],
  rowOf: Map<number, number>,
  visits: Visits,
  geography: Geography,
): string {
  const lasting = formatDuration(Math.floor(span / 60_000) * 60_000);
  const there = geography.places[city].city;
  if (type === 'chain') return `${count} small payments within ${lasting}, from ${there}`;
  const home = visits.who[partner] & 255;
  const km = Math.round(geography.distance(home, city));
  return `in ${there} ${lasting} after t_id ${rowOf.get(partner)! + 1} in ${geography.places[home].city}, ${km} km away`;
}
