import { type Dictionary, makeTable, type Table } from '../../model';
import { type Random } from '../../sim/random';
import { type Addresses } from './addresses';
import { type Attacks } from './attacks';
import { type Basket } from './baskets';
import { type Cards } from './cards';
import { SCHEMAS } from './schemas';
import { type Visits } from './visits';

/** The fact table, in order of time, with what no table tells: the city of every row. */
export interface Payments {
  table: Table;
  city: Uint8Array;
}

const SLICE = 8_192;

/** What the rows are made from. */
export interface Making {
  visits: Visits;
  /** Numbers of visits in order of time. */
  order: Int32Array;
  attacks: Attacks;
  cards: Cards;
  merchants: Dictionary;
  basket: Basket;
  addresses: Addresses;
  random: Random;
}

/** Fills the fact table. Yields the number of rows done; returns the payments. */
export function* makePayments(making: Making): Generator<number, Payments> {
  const rows = making.order.length;
  const table = makeTable(SCHEMAS.credit_card_transactions, rows);
  table.length = rows;
  table.columns[1].dictionary = making.cards.numbers;
  table.columns[2].dictionary = making.cards.table.columns[2].dictionary!;
  table.columns[3].dictionary = making.merchants;
  table.columns[5].dictionary = making.addresses.dictionary;
  const payments = { table, city: new Uint8Array(rows) };
  for (let from = 0; from < rows; from += SLICE) {
    const to = Math.min(rows, from + SLICE);
    fillRows(payments, making, from, to);
    yield to;
  }
  return payments;
}

function fillRows({ table, city }: Payments, making: Making, from: number, to: number): void {
  const { order, attacks, cards, basket, addresses, random } = making;
  const { time, who, inHand } = making.visits;
  const [id, number, account, merchant, amount, address, present, ts, short] = table.columns.map(({ data }) => data);
  for (let row = from; row < to; row += 1) {
    const visit = order[row];
    const card = who[visit] >> 8;
    const place = who[visit] & 255;
    id[row] = row + 1;
    number[row] = card;
    account[row] = cards.account[card];
    ts[row] = time[visit];
    short[row] = cards.short[card];
    city[row] = place;
    basket.draw(random, card, place, inHand[visit] === 1);
    merchant[row] = basket.merchant;
    const device = visit < attacks.honest ? -1 : attacks.devices[visit - attacks.honest];
    if (device >= 0) {
      amount[row] = attacks.amounts[visit - attacks.honest];
      address[row] = addresses.deviceAt(place, device);
    } else {
      amount[row] = basket.amount;
      present[row] = basket.present;
      address[row] = basket.present ? addresses.terminal(basket.merchant, place) : addresses.device(card, place);
    }
  }
}
