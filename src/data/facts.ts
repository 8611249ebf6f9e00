import { type Mart } from './mart';
import { finish } from '../sim/order';
import { amountsOf, placesOf, rhythmOf, sharesOf, type Measures } from './measures';

/** One property of a mart beside what it should be (`DATA.md` §2.2). `low` and `high` are inclusive. */
export interface Fact {
  property: string;
  measured: number;
  target: number;
  low: number;
  high: number;
}

/** Target and tolerance: a share of the target (`±8 %`), or two ends. */
type Aim = [target: number, tolerance: number] | [target: number, low: number, high: number];

interface Property {
  property: string;
  realistic: Aim;
  /** Left out: the book says nothing about it. */
  book?: Aim;
  /** What chance alone may do (four standard errors), where that can be more than the tolerance. */
  chance?: (measures: Measures) => number;
}

/** Four standard errors of a share, in %. */
const ofShare =
  (percent: number) =>
  ({ rows }: Measures): number =>
    4 * Math.sqrt((percent * (100 - percent)) / rows);

/** The largest of some equal parts of the rows against the smallest: each is off by its root, twice over. */
const ofRatio =
  (parts: number) =>
  ({ rows }: Measures): number =>
    8 * Math.sqrt(parts / rows);

/** Chains hold 5 to 50 rows each: standard deviation 13.3. */
const ofChains = ({ rows, attacks }: Measures): number => (400 * 13.3 * Math.sqrt(attacks / 2)) / rows;

/** Counts are whole rows: two of them, in so many days. */
const ofDays = ({ dayCount }: Measures): number => 2 / dayCount;

/** Shares are in %, amounts in €; both are those of honest rows, as fraud has its own. */
const PROPERTIES: Partial<Record<keyof Measures, Property>> = {
  fraud: { property: 'fraud, % of rows', realistic: [0.5, 0.35, 0.65], book: [1.45, 1.35, 1.55], chance: ofChains },
  mean: { property: 'amount, mean', realistic: [51, 0.08], book: [67.8, 0.02] },
  median: { property: 'amount, median', realistic: [29, 0.05], book: [33.1, 0.02] },
  p5: { property: 'amount, 5th percentile', realistic: [6.3, 0.08], book: [4.6, 0.04] },
  p95: { property: 'amount, 95th percentile', realistic: [159, 0.08], book: [238, 0.04] },
  p99: { property: 'amount, 99th percentile', realistic: [401, 0.12], book: [538, 0.04] },
  logMean: { property: 'log amount, mean', realistic: [3.39, 3.34, 3.44], book: [3.5, 3.49, 3.51] },
  logSpread: { property: 'log amount, standard deviation', realistic: [0.98, 0.93, 1.03], book: [1.2, 1.19, 1.21] },
  rate: { property: 'rows per card and day, mean', realistic: [2.66, 0.1], chance: ofDays },
  rateP5: { property: 'rows per card and day, 5th percentile', realistic: [0.63, 0.1], chance: ofDays },
  rateP50: { property: 'rows per card and day, median', realistic: [2.1, 0.1], chance: ofDays },
  rateP95: { property: 'rows per card and day, 95th percentile', realistic: [6.7, 0.1], chance: ofDays },
  night: {
    property: 'local night (00:00–05:59), % of rows',
    realistic: [3.9, 3, 5],
    book: [25, 24.5, 25.5],
    chance: ofShare(25),
  },
  peakHour: { property: 'busiest local hour', realistic: [19, 18, 20] },
  peakOverTrough: {
    property: 'busiest / quietest local hour',
    realistic: [21, 12, 30],
    book: [1, 1, 1.1],
    chance: ofRatio(24),
  },
  weekdayRatio: {
    property: 'busiest / quietest weekday',
    realistic: [1.26, 1.15, 1.4],
    book: [1, 1, 1.05],
    chance: ofRatio(7),
  },
  gapMedian: { property: 'gap between rows of a card, median, hours', realistic: [2.4, 0.15] },
  gapsBelowHour: { property: 'gaps below 1 hour, %', realistic: [38, 0.15] },
  gapsBelowTen: { property: 'gaps below 10 minutes, %', realistic: [19, 0.15] },
  burstiness: { property: 'burstiness per card, median', realistic: [0.145, 0.1, 0.25], book: [0, -0.06, 0.06] },
  topMerchants: { property: 'rows of the busiest tenth of merchants, %', realistic: [34, 30, 38], book: [10, 9, 12] },
  gini: { property: 'Gini coefficient of merchants', realistic: [0.45, 0.4, 0.5], book: [0.03, 0, 0.05] },
  present: {
    property: 'card present, % of rows',
    realistic: [67, 65, 69],
    book: [60, 59.8, 60.2],
    chance: ofShare(60),
  },
  abroad: { property: 'rows abroad, %', realistic: [3.6, 2, 6], book: [5, 4.5, 5.5], chance: ofShare(5) },
  impossible: { property: 'honest rows that look like impossible travel, %', realistic: [0, 0, 0] },
  dayVariation: {
    property: 'variation of rows from day to day',
    realistic: [0.09, 0.05, 0.15],
    book: [0.005, 0, 0.015],
    chance: ({ rows, dayCount }) => 1.5 * Math.sqrt(dayCount / rows),
  },
};

/** Cards of the preset that the tolerances are for; fewer cards vary more, by the root of the ratio. */
const LAB_CARDS = 2_800;

/** Measures a mart in slices; the facts of its mode. */
export function* measuring(mart: Mart): Generator<void, Fact[]> {
  if (mart.size.cards === 0) return [];
  const shares = sharesOf(mart);
  yield;
  const amounts = amountsOf(mart);
  yield;
  const rhythm = rhythmOf(mart);
  yield;
  const measures = { ...shares, ...amounts, ...rhythm, ...placesOf(mart) };
  const widen = Math.max(1, Math.sqrt(LAB_CARDS / mart.size.cards));
  return Object.entries(PROPERTIES).flatMap(([name, { property, chance, ...aims }]) => {
    const aim = aims[mart.spec.mode];
    if (!aim) return [];
    const [target, a, b] = aim;
    const least = chance?.(measures) ?? 0;
    const low = b === undefined ? target * (1 - a) : a;
    const high = b === undefined ? target * (1 + a) : b;
    return {
      property,
      measured: measures[name as keyof Measures],
      target,
      low: target - Math.max((target - low) * widen, least),
      high: target + Math.max((high - target) * widen, least),
    };
  });
}

export const factsOf = (mart: Mart): Fact[] => finish(measuring(mart));
