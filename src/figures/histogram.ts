import { distinct, type Mark, type TextTable } from './figure';
import { fit, textWidth } from './label';

/** One way in which runs have ended. */
export interface Outcome {
  /** How many runs. */
  count: number;
  late: number;
  dropped: number;
  updates: number;
  /** The rows that stand in the end, in words. */
  rows: readonly string[];
}

/** How often each outcome comes, among all orders of arrival: one bar for each, the most frequent first. */
export interface HistogramQuestion {
  outcomes: readonly Outcome[];
  orders: number;
  /** Index of the outcome that is shown elsewhere; null for none. */
  chosen: number | null;
}

export interface Bar extends Mark {
  outcome: number;
  /** Which outcome, and what came of it. */
  title: string;
  bar: { x: number; y: number; width: number; height: number };
  count: { x: number; text: string };
}

interface HistogramLayout {
  height: number;
  bars: Bar[];
}

/** Height of one outcome: a line of text, its bar, and air. */
const ROW = 52;
const BAR = 16;

/** `A`, `B`, … and `27` where letters end. */
export const letterOf = (outcome: number): string =>
  outcome < 26 ? String.fromCharCode(65 + outcome) : String(outcome + 1);

const share = (count: number, orders: number): string => `${Math.round((count / orders) * 1000) / 10} %`;

const counted = ({ late, dropped, updates }: Outcome): string =>
  `${late} late, ${dropped} dropped, ${updates} taken back`;

const resultOf = ({ rows }: Outcome): string => (rows.length ? rows.join('; ') : 'no rows');

export function layout({ outcomes, orders }: HistogramQuestion, width: number): HistogramLayout {
  const most = Math.max(1, ...outcomes.map(({ count }) => count));
  const room = textWidth(`${orders} of ${orders}`, 11) + 12;
  const bars = outcomes.map((outcome, i): Bar => {
    const y = i * ROW;
    const long = Math.max(2, ((width - room - 8) * outcome.count) / most);
    const text = `${outcome.count} of ${orders}`;
    return {
      id: `o${i}`,
      outcome: i,
      x: long / 2,
      y: y + ROW / 2,
      box: { x: 0, y: y + 2, width, height: ROW - 4 },
      sentence: `Outcome ${letterOf(i)}: ${text} orders (${share(outcome.count, orders)}), ${counted(outcome)}; result: ${resultOf(outcome)}.`,
      target: { kind: 'row', row: { outcome: letterOf(i) } },
      title: fit(`${letterOf(i)}  ${counted(outcome)}`, width - 16, 11, 'sans'),
      bar: { x: 8, y: y + 26, width: long, height: BAR },
      count: { x: 8 + long + 8, text },
    };
  });
  return { height: Math.max(1, bars.length) * ROW, bars };
}

export function describe({ outcomes, orders, chosen }: HistogramQuestion): TextTable {
  return {
    caption: `How ${orders} orders of arrival end`,
    columns: distinct(['outcome', 'orders', 'share', 'late', 'dropped', 'taken back', 'result', 'shown now']),
    rows: outcomes.map((outcome, i) => [
      letterOf(i),
      String(outcome.count),
      share(outcome.count, orders),
      String(outcome.late),
      String(outcome.dropped),
      String(outcome.updates),
      resultOf(outcome),
      i === chosen ? 'yes' : '',
    ]),
  };
}
