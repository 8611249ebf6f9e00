import { type Column, columnOf, isNull, type Table } from '../../src/model';
import { type Mart } from '../../src/data';
import { monthEnd } from '../../src/data/mart/months';

/** How often each rule of `DATA.md` §1.2 is broken. Every count should be 0. */
export function integrityOf({ tables, truth }: Mart): Record<string, number> {
  const { merchant_details, bank_details, account_details, card_details, credit_card_transactions, cc_fraud } = tables;
  return {
    'merchants: repeated key': repeats(merchant_details, ['merchant_id', 'last_modified']),
    'banks: repeated key': repeats(bank_details, ['bank_id']),
    'accounts: repeated key': repeats(account_details, ['account_id']),
    'cards: repeated key': repeats(card_details, ['cc_num', 'last_modified']),
    'transactions: repeated key': repeats(credit_card_transactions, ['t_id']),
    'labels: repeated key': repeats(cc_fraud, ['t_id']),
    'card without account': orphans(card_details, account_details, 'account_id'),
    'card without bank': orphans(card_details, bank_details, 'bank_id'),
    'transaction without card': orphans(credit_card_transactions, card_details, 'cc_num'),
    'transaction without account': orphans(credit_card_transactions, account_details, 'account_id'),
    'transaction without merchant': orphans(credit_card_transactions, merchant_details, 'merchant_id'),
    'label without transaction': orphans(cc_fraud, credit_card_transactions, 't_id'),
    ...transactionFaults(credit_card_transactions, card_details),
    'amount not above 0': count(
      credit_card_transactions,
      (row) => !(columnOf(credit_card_transactions, 'amount').data[row] > 0),
    ),
    't_id does not rise with ts': falls(credit_card_transactions),
    'label of another card': labelFaults(cc_fraud, credit_card_transactions),
    'attack without label': truth.attacks.reduce((sum, { rows }) => sum + rows.length, 0) - cc_fraud.length,
  };
}

function count(table: Table, broken: (row: number) => boolean): number {
  let sum = 0;
  for (let row = 0; row < table.length; row += 1) if (broken(row)) sum += 1;
  return sum;
}

/** A value as something a Set can hold: text for strings, whatever the dictionary. */
function reader(column: Column): (row: number) => string | number {
  const { dictionary, data } = column;
  return dictionary ? (row) => dictionary.strings[data[row]] : (row) => data[row];
}

function repeats(table: Table, key: string[]): number {
  const parts = key.map((name) => reader(columnOf(table, name)));
  const seen = new Set<string | number>();
  return count(table, (row) => {
    const value = parts.length === 1 ? parts[0](row) : parts.map((part) => part(row)).join(' ');
    if (seen.has(value)) return true;
    seen.add(value);
    return false;
  });
}

function orphans(child: Table, parent: Table, name: string): number {
  const known = new Set<string | number>();
  const of = reader(columnOf(parent, name));
  for (let row = 0; row < parent.length; row += 1) known.add(of(row));
  const column = columnOf(child, name);
  // A string is looked up once, however many rows have it.
  const found = column.dictionary ? column.dictionary.strings.map((text) => known.has(text)) : null;
  return count(child, (row) => isNull(column, row) || !(found ? found[column.data[row]] : known.has(column.data[row])));
}

/** What a card's versions forbid its transactions. */
function transactionFaults(transactions: Table, cards: Table): Record<string, number> {
  const versions = new Map<string, number[]>();
  const cardOf = reader(columnOf(cards, 'cc_num'));
  for (let row = 0; row < cards.length; row += 1) {
    const number = String(cardOf(row));
    versions.set(number, [...(versions.get(number) ?? []), row]);
  }
  const modified = columnOf(cards, 'last_modified').data;
  const issued = columnOf(cards, 'issue_date').data;
  const account = reader(columnOf(cards, 'account_id'));
  const status = reader(columnOf(cards, 'status'));
  const short = columnOf(cards, 'card').data;
  const expiry = reader(columnOf(cards, 'cc_expiry_date'));
  const ends = Float64Array.from({ length: cards.length }, (_, row) => monthEnd(String(expiry(row))));
  const ts = columnOf(transactions, 'ts').data;
  const number = columnOf(transactions, 'cc_num');
  const versionsOf = number.dictionary!.strings.map((text) => versions.get(text) ?? []);
  const payer = reader(columnOf(transactions, 'account_id'));
  const shown = columnOf(transactions, 'card').data;
  const faults = {
    'transaction before the card was issued': 0,
    'transaction after the card expired': 0,
    'transaction on a card that is not active': 0,
    'transaction of another account': 0,
    'short number of another card': 0,
  };
  for (let row = 0; row < transactions.length; row += 1) {
    const valid = versionsOf[number.data[row]].findLast((version) => modified[version] <= ts[row]);
    if (valid === undefined || issued[valid] > ts[row]) faults['transaction before the card was issued'] += 1;
    if (valid === undefined) continue;
    if (ends[valid] <= ts[row]) faults['transaction after the card expired'] += 1;
    if (status(valid) !== 'Active') faults['transaction on a card that is not active'] += 1;
    if (account(valid) !== payer(row)) faults['transaction of another account'] += 1;
    if (short[valid] !== shown[row]) faults['short number of another card'] += 1;
  }
  return faults;
}

function falls(transactions: Table): number {
  const id = columnOf(transactions, 't_id').data;
  const ts = columnOf(transactions, 'ts').data;
  return count(transactions, (row) => row > 0 && (id[row] <= id[row - 1] || ts[row] < ts[row - 1]));
}

/** Labels whose card is not that of their transaction, or that were reported before it. */
function labelFaults(labels: Table, transactions: Table): number {
  const id = columnOf(labels, 't_id').data;
  const number = reader(columnOf(labels, 'cc_num'));
  const paid = reader(columnOf(transactions, 'cc_num'));
  const reported = columnOf(labels, 'ts').data;
  const ts = columnOf(transactions, 'ts').data;
  return count(labels, (row) => number(row) !== paid(id[row] - 1) || reported[row] <= ts[id[row] - 1]);
}
