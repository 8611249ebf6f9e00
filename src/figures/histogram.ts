import {
  ofOrders,
  outcomeSentence,
  outcomesTrack,
  outcomeText,
  resultText,
  shareText,
  type OutcomeFacts,
} from '../words/figures';
import { type Mark, type TextTable } from './figure';
import { fit, textWidth, type Box } from './label';

export type Outcome = OutcomeFacts;

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
  bar: Box;
  count: { x: number; text: string };
}

/** Height of one outcome: a line of text, its bar, and air. */
const ROW = 52;
const BAR = 16;

/** `A`, `B`, … and `27` where letters end. */
export const letterOf = (outcome: number): string =>
  outcome < 26 ? String.fromCharCode(65 + outcome) : String(outcome + 1);

export function layout({ outcomes, orders }: HistogramQuestion, width: number) {
  const most = Math.max(1, ...outcomes.map(({ count }) => count));
  const room = textWidth(ofOrders(orders, orders), 11) + 12;
  const bars = outcomes.map((outcome, i): Bar => {
    const y = i * ROW;
    const long = Math.max(2, ((width - room - 8) * outcome.count) / most);
    return {
      id: `o${i}`,
      outcome: i,
      x: long / 2,
      y: y + ROW / 2,
      box: { x: 0, y: y + 2, width, height: ROW - 4 },
      sentence: outcomeSentence(letterOf(i), outcome, orders),
      target: { kind: 'row', row: { outcome: letterOf(i) } },
      title: fit(`${letterOf(i)}  ${outcomeText(outcome)}`, width - 16, 11, 'sans'),
      bar: { x: 8, y: y + 26, width: long, height: BAR },
      count: { x: 8 + long + 8, text: ofOrders(outcome.count, orders) },
    };
  });
  const height = Math.max(1, bars.length) * ROW;
  return { height, frame: { x: 0, y: 0, width, height }, bars, legend: [] };
}

export function describe({ outcomes, orders, chosen }: HistogramQuestion): TextTable {
  return {
    caption: outcomesTrack.caption(orders),
    columns: outcomesTrack.columns,
    rows: outcomes.map((outcome, i) => [
      letterOf(i),
      String(outcome.count),
      shareText(outcome.count / orders),
      String(outcome.late),
      String(outcome.dropped),
      String(outcome.updates),
      resultText(outcome),
      i === chosen ? 'yes' : '',
    ]),
  };
}
