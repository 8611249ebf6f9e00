import { days, Dictionary, makeTable, reserve, type Table, type Timestamp } from '../../model';
import { AliasTable } from '../../sim/distributions';
import { type Random } from '../../sim/random';
import { type Accounts } from './accounts';
import { numbered } from './common';
import { monthOf, monthStart, monthText } from './months';
import { SCHEMAS } from './schemas';
import { lengthOf, START, type MartSize } from './size';

/** Cards; what the journeys need of each, by its number. */
export interface Cards {
  table: Table;
  numbers: Dictionary;
  /** Last four digits. */
  short: Int32Array;
  account: Int32Array;
  /** 1 where the card may pay during the data; 0: blocked, lost or stolen before it. */
  active: Uint8Array;
}

const TYPES = new Dictionary(['Credit', 'Debit', 'Prepaid']);
const STATUSES = new Dictionary(['Active', 'Blocked', 'Lost/Stolen']);

/** Yields from time to time; returns the cards. */
export function* makeCards(
  size: MartSize,
  accounts: Accounts,
  banks: Dictionary,
  random: Random,
): Generator<number, Cards> {
  const { cards: count } = size;
  const table = makeTable(SCHEMAS.card_details);
  reserve(table, 2 * count);
  const [number, id, account, bank, expiry, issued, type, status, modified, card] = table.columns;
  const { numbers, short } = yield* makeNumbers(count, random.split('numbers'));
  const ids = numbered('CARD_', count, 8);
  number.dictionary = numbers;
  id.dictionary = ids;
  account.dictionary = accounts.ids;
  bank.dictionary = banks;
  type.dictionary = new Dictionary(TYPES.strings);
  status.dictionary = new Dictionary(STATUSES.strings);
  const types = new AliasTable([0.6, 0.35, 0.05]);
  const statuses = new AliasTable([0.95, 0.04, 0.01]);
  const holders = new Int32Array(count);
  const active = new Uint8Array(count).fill(1);
  const behind = monthOf(START + lengthOf(size)) + 1;
  for (let i = 0; i < count; i += 1) {
    if (i % SLICE === SLICE - 1) yield i;
    holders[i] = random.below(size.accounts);
    const since = issueDate(accounts.table.columns[5].data[holders[i]], random);
    let row = table.length;
    number.data[row] = i;
    id.data[row] = i;
    account.data[row] = holders[i];
    bank.data[row] = random.below(size.banks);
    expiry.data[row] = expiry.dictionary!.code(monthText(behind + random.below(36)));
    issued.data[row] = since;
    type.data[row] = types.pick(random);
    status.data[row] = 0;
    modified.data[row] = since;
    card.data[row] = short[i];
    table.length += 1;
    if (!random.chance(0.3)) continue;
    row = table.length;
    for (const column of table.columns) column.data[row] = column.data[row - 1];
    status.data[row] = statuses.pick(random);
    modified.data[row] = since + 1 + Math.floor(random.float() * (START - since - 1));
    active[i] = status.data[row] === 0 ? 1 : 0;
    table.length += 1;
  }
  return { table, numbers, short, account: holders, active };
}

/** The first of a month in the three years before the data, not before the account was opened. */
function issueDate(opened: Timestamp, random: Random): Timestamp {
  const last = monthOf(START - 1);
  const first = Math.max(last - 35, monthOf(opened - days(1)) + 1);
  return monthStart(random.between(Math.min(first, last), last));
}

const SLICE = 2_048;

/** Last digits run from 1000 to 9999, so that a card's short number never starts with 0. */
const SHORT_NUMBERS = 9_000;

/**
 * Card numbers that are valid by Luhn's rule. They start with 9999: the first digit leaves numbering to a country, and
 * no country has the code 999, so no real card can have such a number. The last four digits are unique among the first
 * 9,000 cards; a digit before them makes the sum right.
 */
function* makeNumbers(count: number, random: Random): Generator<number, { numbers: Dictionary; short: Int32Array }> {
  const deck = random.shuffle(Int32Array.from({ length: SHORT_NUMBERS }, (_, i) => i + 1_000));
  const offset = random.below(1_000_000);
  const short = new Int32Array(count);
  const numbers = new Dictionary();
  for (let i = 0; i < count; i += 1) {
    short[i] = deck[i % SHORT_NUMBERS];
    // 7,654,321 and 10^7 have no common divisor, so that no two cards share the middle.
    const middle = String((i * 7_654_321 + offset) % 10_000_000).padStart(7, '0');
    const digits = `9999${middle}0${short[i]}`;
    const check = (10 - (luhnSum(digits) % 10)) % 10;
    // The digit stands at the 12th place, where Luhn's rule does not double.
    numbers.code(`9999-${middle.slice(0, 4)}-${middle.slice(4)}${check}-${short[i]}`);
    if (i % SLICE === SLICE - 1) yield i;
  }
  return { numbers, short };
}

/** Luhn's sum of sixteen digits: every second one from the left is doubled, a two-digit result loses nine. */
export function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(i) - 48;
    const counted = (digits.length - i) % 2 === 0 ? 2 * digit : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum;
}
