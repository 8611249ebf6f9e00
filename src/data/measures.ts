import { columnOf, days, firstWhere, hours, minutes, type Table } from '../model';
import { log } from '../sim/maths';
import { type Mart } from './mart';

/** Numbers that describe a mart; shares in %, amounts in €. */
export type Measures = ReturnType<typeof sharesOf> &
  ReturnType<typeof amountsOf> &
  ReturnType<typeof rhythmOf> &
  ReturnType<typeof placesOf>;

const percent = (part: number, whole: number): number => (100 * part) / whole;

/** The value below which the share `p` of sorted values lies, between neighbours by their distance. */
export function quantile(sorted: Float64Array, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

const sumOf = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0);

function meanAndSpread(values: Float64Array): { mean: number; spread: number } {
  const mean = sumOf(values) / values.length;
  const squares = values.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  return { mean, spread: Math.sqrt(squares / values.length) };
}

/** 1 for every row of the fact table that has a label. */
export function fraudRows({ tables }: Mart): Uint8Array {
  const marked = new Uint8Array(tables.credit_card_transactions.length);
  const ids = columnOf(tables.cc_fraud, 't_id').data;
  for (let row = 0; row < tables.cc_fraud.length; row += 1) marked[ids[row] - 1] = 1;
  return marked;
}

const dataOf = (table: Table, name: string): Float64Array | Int32Array | Uint8Array =>
  columnOf(table, name).data.subarray(0, table.length);

export function sharesOf(mart: Mart) {
  const { tables, truth, size } = mart;
  const transactions = tables.credit_card_transactions;
  const rows = transactions.length;
  const visits = new Float64Array(tables.merchant_details.length);
  for (const merchant of dataOf(transactions, 'merchant_id')) visits[merchant] += 1;
  visits.sort();
  const top = Math.ceil(visits.length / 10);
  const fraud = fraudRows(mart);
  let present = 0;
  dataOf(transactions, 'card_present').forEach((one, row) => {
    if (fraud[row] === 0) present += one;
  });
  return {
    fraud: percent(tables.cc_fraud.length, rows),
    present: percent(present, rows - tables.cc_fraud.length),
    topMerchants: percent(sumOf(visits.subarray(-top)), rows),
    gini: gini(visits),
    attacks: truth.attacks.length,
    rows,
    dayCount: size.days,
  };
}

/** 0 where all have the same, near 1 where one has all. */
function gini(sorted: Float64Array): number {
  let weighted = 0;
  let total = 0;
  sorted.forEach((value, i) => {
    weighted += (2 * (i + 1) - sorted.length - 1) * value;
    total += value;
  });
  return weighted / (sorted.length * total);
}

export function amountsOf(mart: Mart) {
  const amounts = dataOf(mart.tables.credit_card_transactions, 'amount');
  const fraud = fraudRows(mart);
  const honest = Float64Array.from(amounts)
    .filter((_, row) => fraud[row] === 0)
    .map((cents) => cents / 100)
    .sort();
  const logs = meanAndSpread(honest.map(log));
  return {
    mean: meanAndSpread(honest).mean,
    median: quantile(honest, 0.5),
    p5: quantile(honest, 0.05),
    p95: quantile(honest, 0.95),
    p99: quantile(honest, 0.99),
    logMean: logs.mean,
    logSpread: logs.spread,
  };
}

/** When people pay: rates, hours of the local day, weekdays, gaps and bursts. */
export function rhythmOf({ tables, truth, size, start }: Mart) {
  const transactions = tables.credit_card_transactions;
  const ts = dataOf(transactions, 'ts');
  const card = dataOf(transactions, 'cc_num');
  const offsets = Float64Array.from(truth.geography.places, ({ offset }) => hours(offset));
  const perHour = new Float64Array(24);
  const perDay = new Float64Array(size.days);
  const perLocalDay = new Float64Array(size.days);
  for (let row = 0; row < ts.length; row += 1) {
    const local = ts[row] + offsets[truth.city[row]] - start;
    const localDay = Math.floor(local / days(1));
    perHour[Math.floor((local - days(localDay)) / hours(1))] += 1;
    perDay[Math.floor((ts[row] - start) / days(1))] += 1;
    if (localDay >= 0 && localDay < size.days) perLocalDay[localDay] += 1;
  }
  const day = meanAndSpread(perDay);
  // Local days are whole but for the first and the last; a short mart cannot spare those.
  const weekdays = weekdayMeans(size.days > 14 ? perLocalDay.subarray(1, -1) : perDay).sort();
  const sortedHours = perHour.toSorted();
  return {
    night: percent(sumOf(perHour.subarray(0, 6)), ts.length),
    peakHour: perHour.indexOf(sortedHours[23]),
    peakOverTrough: sortedHours[23] / sortedHours[0],
    weekdayRatio: weekdays[6] / weekdays[0],
    dayVariation: day.spread / day.mean,
    ...gapsOf(ts, card, size.days, truth.home.length),
  };
}

/** Mean rows of each of seven weekdays in a row of days. */
function weekdayMeans(perDay: Float64Array): Float64Array {
  const sums = new Float64Array(7);
  const counts = new Float64Array(7);
  perDay.forEach((rows, day) => {
    sums[day % 7] += rows;
    counts[day % 7] += 1;
  });
  return sums.map((sum, weekday) => sum / counts[weekday]);
}

/** Fewer gaps than this say nothing about bursts. */
const LEAST_GAPS = 10;

function gapsOf(ts: ArrayLike<number>, card: ArrayLike<number>, dayCount: number, cards: number) {
  const previous = new Float64Array(cards).fill(-1);
  const count = new Float64Array(cards);
  const sum = new Float64Array(cards);
  const squares = new Float64Array(cards);
  const gaps: number[] = [];
  for (let row = 0; row < ts.length; row += 1) {
    const of = card[row];
    if (previous[of] >= 0) {
      const gap = ts[row] - previous[of];
      gaps.push(gap);
      sum[of] += gap;
      squares[of] += gap * gap;
    }
    count[of] += 1;
    previous[of] = ts[row];
  }
  const bursts: number[] = [];
  for (let of = 0; of < cards; of += 1) {
    const n = count[of] - 1;
    if (n < LEAST_GAPS) continue;
    const mean = sum[of] / n;
    const spread = Math.sqrt(Math.max(0, squares[of] / n - mean * mean));
    bursts.push((spread - mean) / (spread + mean));
  }
  const rates = count
    .filter((one) => one > 0)
    .map((one) => one / dayCount)
    .sort();
  const sorted = Float64Array.from(gaps).sort();
  const below = (limit: number): number => firstWhere(0, sorted.length, (at) => sorted[at] >= limit);
  return {
    rate: meanAndSpread(rates).mean,
    rateP5: quantile(rates, 0.05),
    rateP50: quantile(rates, 0.5),
    rateP95: quantile(rates, 0.95),
    gapMedian: quantile(sorted, 0.5) / hours(1),
    gapsBelowHour: percent(below(hours(1)), sorted.length),
    gapsBelowTen: percent(below(minutes(10)), sorted.length),
    burstiness: quantile(Float64Array.from(bursts).sort(), 0.5),
  };
}

/** Speed in km/h above which two payments in hand look like one card in two places. */
export const IMPOSSIBLE_SPEED = 1_100;

/** Where people pay: abroad, and faster than anyone travels. Only honest rows count. */
export function placesOf(mart: Mart) {
  const { tables, truth } = mart;
  const { geography } = truth;
  const transactions = tables.credit_card_transactions;
  const ts = dataOf(transactions, 'ts');
  const card = dataOf(transactions, 'cc_num');
  const present = dataOf(transactions, 'card_present');
  const fraud = fraudRows(mart);
  // In the book's mode the nearest other city is part of daily life, even across a border.
  const near = mart.spec.mode === 'book' ? geography.neighbours() : null;
  const previous = new Int32Array(truth.home.length).fill(-1);
  let honest = 0;
  let abroad = 0;
  let impossible = 0;
  for (let row = 0; row < ts.length; row += 1) {
    if (fraud[row] === 1) continue;
    honest += 1;
    const home = truth.home[card[row]];
    const city = truth.city[row];
    if (geography.countryOf[city] !== geography.countryOf[home] && near?.[home] !== city) abroad += 1;
    const before = previous[card[row]];
    previous[card[row]] = row;
    if (before < 0 || present[row] === 0 || present[before] === 0) continue;
    const km = geography.distance(truth.city[before], city);
    if (km > ((ts[row] - ts[before]) / hours(1)) * IMPOSSIBLE_SPEED) impossible += 1;
  }
  return { abroad: percent(abroad, honest), impossible: percent(impossible, honest) };
}
