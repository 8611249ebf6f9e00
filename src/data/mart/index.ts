import { makeTable, type Table, type Timestamp } from '../../model';
import { finish, ordering, telling } from '../../sim/order';
import { Random } from '../../sim/random';
import { type DataSpec } from '../scenario';
import { makeAccounts } from './accounts';
import { Addresses } from './addresses';
import { makeAnywhere } from './anywhere';
import { addAttacks } from './attacks';
import { makeBanks } from './banks';
import { BookBasket, RealisticBasket } from './baskets';
import { makeCards } from './cards';
import { Geography } from './geography';
import { type AttackTruth, makeLabels } from './labels';
import { makeMerchants } from './merchants';
import { makePayments } from './payments';
import { SCHEMAS, type TableName } from './schemas';
import { makeSessions } from './sessions';
import { lengthOf, START, SIZES, type MartSize } from './size';

export { SCHEMAS, type TableName } from './schemas';
export { SIZES, START, type MartSize } from './size';

/** The six tables of the card data mart and the truth behind them. */
export interface Mart {
  spec: DataSpec;
  size: MartSize;
  /** All transactions are in [start, end). */
  start: Timestamp;
  end: Timestamp;
  tables: Record<TableName, Table>;
  truth: Truth;
}

/** What is hidden from learners, for checks. Cities are numbers of `geography.places`. */
interface Truth {
  geography: Geography;
  /** City of every transaction, by row. */
  city: Uint8Array;
  /** Home city of every card, by its code in `cc_num`. */
  home: Uint8Array;
  attacks: AttackTruth[];
}

/** How far the work has come; `total` is an estimate until the rows are known. */
export interface MakingProgress {
  doing: string;
  done: number;
  total: number;
}

/**
 * Makes a mart in slices: yields every few milliseconds of work, so that its driver can show progress, do other things
 * or stop. The mart depends on the spec alone. Order as in the sources: dimensions, cards, transactions, labels.
 */
export function* makeMart(spec: DataSpec): Generator<MakingProgress, Mart> {
  const size = SIZES[spec.preset];
  const realistic = spec.mode === 'realistic';
  const random = Random.of(spec.seed, 'mart');
  const geography = new Geography(size.countries);
  const progress = (doing: string, done: number, total = size.transactions): MakingProgress => ({ doing, done, total });

  const atAccounts = progress('making accounts, banks and merchants', 0);
  yield atAccounts;
  const accounts = yield* telling(makeAccounts(size, geography, random.split('accounts')), () => atAccounts);
  const banks = makeBanks(size, geography, random.split('banks'));
  const merchants = makeMerchants(size, spec.mode, geography, random.split('merchants'));
  const atCards = progress('making cards', 0);
  yield atCards;
  const cards = yield* telling(makeCards(size, accounts, banks.ids, random.split('cards')), () => atCards);
  const home = Uint8Array.from(cards.account, (account) => accounts.home[account]);
  const tables = {
    merchant_details: merchants.table,
    bank_details: banks.table,
    account_details: accounts.table,
    card_details: cards.table,
    credit_card_transactions: makeTable(SCHEMAS.credit_card_transactions),
    cc_fraud: makeTable(SCHEMAS.cc_fraud),
  };
  const mart: Mart = {
    spec,
    size,
    start: START,
    end: START + lengthOf(size),
    tables,
    truth: { geography, city: new Uint8Array(0), home, attacks: [] },
  };
  if (size.cards === 0) return mart;

  const holders = Array.from(home, (city, card) => ({ home: city, active: cards.active[card] === 1 }));
  const makeVisits = realistic ? makeSessions : makeAnywhere;
  const visits = yield* telling(makeVisits(holders, size, geography, random.split('journeys')), (at) =>
    progress('making payments', realistic ? (size.transactions * (at + 1)) / (size.days + 2) / 2 : at / 2),
  );
  const attacks = addAttacks(visits, holders, spec.mode, size, geography, random.split('attacks'));
  const rows = visits.length;
  const order = yield* telling(ordering(visits.time, rows), () =>
    progress('putting payments in order', rows / 2, rows),
  );
  const basket = realistic
    ? new RealisticBasket(merchants, geography, size.cards, random.split('spending'))
    : new BookBasket(size.merchants);
  const addresses = new Addresses(geography.places.length, size.cards, home);
  const payments = yield* telling(
    makePayments({
      visits,
      order,
      attacks,
      cards,
      merchants: merchants.ids,
      basket,
      addresses,
      random: random.split('payments'),
    }),
    (row) => progress('filling baskets', (rows + row) / 2, rows),
  );
  yield progress('writing labels', rows, rows);
  const labels = makeLabels(visits, order, attacks, spec.mode, cards.numbers, geography, random.split('labels'));
  tables.credit_card_transactions = payments.table;
  tables.cc_fraud = labels.table;
  return { ...mart, truth: { geography, city: payments.city, home, attacks: labels.truth } };
}

/** A mart in one go. */
export const makeMartNow = (spec: DataSpec): Mart => finish(makeMart(spec));
