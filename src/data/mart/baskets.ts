import { AliasTable, normal, zipfWeights } from '../../sim/distributions';
import { exp, log } from '../../sim/maths';
import { type Random } from '../../sim/random';
import { CATEGORIES, ONLINE } from './categories';
import { type Geography } from './geography';
import { type Merchants } from './merchants';

/** What is bought, where, and how it is paid: the result of the last `draw`. */
export interface Basket {
  merchant: number;
  /** Cents, at least 1. */
  amount: number;
  /** 1: the card was in hand. */
  present: number;
  draw(random: Random, card: number, city: number, inHand: boolean): void;
}

const CARD_SPREAD = 0.3;
const log100 = log(100);

/** `DATA.md` §2.3, point 4: the category decides the amount; merchants follow Zipf's law within category and country. */
export class RealisticBasket implements Basket {
  merchant = 0;
  amount = 0;
  present = 0;
  private readonly categories = new AliasTable(CATEGORIES.map(({ share }) => share));
  private readonly mu = Float64Array.from(CATEGORIES, (one) => one.mu + log100);
  private readonly sigma = Float64Array.from(CATEGORIES, (one) => one.sigma);
  private readonly inHand = Float64Array.from(CATEGORIES, (one) => one.present);
  private readonly spending: Float64Array;
  private readonly members: Int32Array;
  private readonly countryOf: Uint8Array;
  private readonly shops: AliasTable;

  constructor(merchants: Merchants, geography: Geography, cards: number, random: Random) {
    this.spending = Float64Array.from({ length: cards }, () => CARD_SPREAD * normal(random));
    this.members = merchants.members;
    this.countryOf = geography.countryOf;
    this.shops = new AliasTable(rankWeights(merchants.first), merchants.first);
  }

  draw(random: Random, card: number, city: number, inHand: boolean): void {
    let category = this.categories.pick(random);
    while (inHand && category === ONLINE) category = this.categories.pick(random);
    this.present = inHand || random.float() < this.inHand[category] ? 1 : 0;
    const cell = this.countryOf[city] * CATEGORIES.length + category;
    this.merchant = this.members[this.shops.pick(random, cell)];
    const size = this.mu[category] + this.spending[card] + this.sigma[category] * normal(random);
    this.amount = Math.max(1, Math.floor(exp(size) + 0.5));
  }
}

/** Zipf's law within each cell: 1, 1/2, 1/3 … in the order of its members. */
function rankWeights(first: Int32Array): Float64Array {
  const weights = new Float64Array(first[first.length - 1]);
  for (let cell = 0; cell + 1 < first.length; cell += 1) {
    weights.set(zipfWeights(first[cell + 1] - first[cell]), first[cell]);
  }
  return weights;
}

const BOOK_PRESENT = 0.6;

/** As the book's generator draws: every merchant alike, one law for all amounts. */
export class BookBasket implements Basket {
  merchant = 0;
  amount = 0;
  present = 0;

  constructor(private readonly merchants: number) {}

  draw(random: Random, _card: number, _city: number, inHand: boolean): void {
    this.merchant = Math.floor(random.float() * this.merchants);
    this.present = inHand || random.float() < BOOK_PRESENT ? 1 : 0;
    this.amount = Math.max(1, Math.floor(exp(3.5 + log100 + 1.2 * normal(random)) + 0.5));
  }
}
