import { type Mart } from '../../src/data';
import { IMPOSSIBLE_SPEED } from '../../src/data/measures';
import { columnOf } from '../../src/model';

const MINUTE = 60_000;

/** What is wrong with the attacks of a mart, one sentence each (`DATA.md` §1.3). */
export function attackFaults({ tables, truth, size, spec }: Mart): string[] {
  const transactions = tables.credit_card_transactions;
  const ts = columnOf(transactions, 'ts').data;
  const present = columnOf(transactions, 'card_present').data;
  const amount = columnOf(transactions, 'amount').data;
  const card = columnOf(transactions, 'cc_num').data;
  const pairs = truth.attacks.filter(({ type }) => type === 'geographic');
  const chains = truth.attacks.filter(({ type }) => type === 'chain');
  const faults: string[] = [];
  const need = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };

  for (const { rows, partner } of pairs) {
    const [row] = rows;
    const km = truth.geography.distance(truth.city[row], truth.city[partner]);
    const gap = (ts[row] - ts[partner]) / MINUTE;
    need(rows.length === 1 && card[row] === card[partner], `pair at ${row} is not a pair`);
    need(km > 2_000 && gap >= 5 && gap <= 60, `pair at ${row}: ${km} km in ${gap} min`);
    need(km / (gap / 60) > IMPOSSIBLE_SPEED, `pair at ${row} could have travelled`);
    need(present[row] === 1 && present[partner] === 1, `pair at ${row} without the card in hand`);
  }

  for (const { rows, card: owner } of chains) {
    const span = (ts[rows[rows.length - 1]] - ts[rows[0]]) / MINUTE;
    need(rows.length >= 5 && rows.length <= 50, `chain at ${rows[0]} has ${rows.length} rows`);
    need(span >= 15 && span <= 60, `chain at ${rows[0]} lasts ${span} min`);
    need(amount[rows[0]] >= 100 && amount[rows[0]] <= 300, `chain at ${rows[0]} starts with ${amount[rows[0]]} cents`);
    need(
      rows.every((row) => card[row] === owner && present[row] === 0),
      `chain at ${rows[0]} is not one card's`,
    );
    need(
      rows.every((row) => amount[row] < 5_000),
      `chain at ${rows[0]} pays too much`,
    );
  }

  const n = transactions.length;
  const target = spec.mode === 'book' ? 1_000 / 2_000_000 : size.fraud / 28.5;
  const off = Math.abs(pairs.length / n - target);
  need(pairs.length === chains.length, `${pairs.length} pairs, ${chains.length} chains`);
  need(off <= 4 * Math.sqrt((target * (1 - target)) / n), `${pairs.length} attacks of each type in ${n} rows`);
  need(new Set(truth.attacks.map((attack) => attack.card)).size === truth.attacks.length, 'a card is attacked twice');

  const ids = columnOf(tables.cc_fraud, 't_id').data.subarray(0, tables.cc_fraud.length);
  const rows = truth.attacks.flatMap((attack) => attack.rows.map((row) => row + 1)).toSorted((a, b) => a - b);
  need(rows.length === ids.length && rows.every((id, i) => ids[i] === id), 'labels name other rows than the attacks');

  const reported = columnOf(tables.cc_fraud, 'ts').data;
  const latest = ((spec.mode === 'book' ? 1 : 60) * 24 + 1) * 60;
  ids.forEach((id, row) => {
    const delay = (reported[row] - ts[id - 1]) / MINUTE;
    need(delay > 0 && delay <= latest, `label of ${id} comes after ${delay} min`);
  });
  return faults;
}
