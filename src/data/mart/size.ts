import { days, type Duration, type Timestamp } from '../../model';
import { type Preset } from '../scenario';

/** Monday 2026-11-02 00:00 UTC: the first moment of every world. */
export const START: Timestamp = 1_793_577_600_000;

/** How large a mart is, and how much happens in it (`DATA.md` §1.2). */
export interface MartSize {
  accounts: number;
  cards: number;
  banks: number;
  merchants: number;
  /** Length of the data in days, from `START`. */
  days: number;
  /** Rows of the fact table: exact in book mode (without its fraud), expected in realistic mode. */
  transactions: number;
  /** How many countries take part: the largest ones first. Few merchants cannot serve every country. */
  countries: number;
  /** Median of the sessions per day and card. */
  sessions: number;
  /** Share of fraudulent rows that realistic mode aims at. */
  fraud: number;
}

export const SIZES: Record<Preset, MartSize> = {
  none: {
    accounts: 0,
    cards: 0,
    banks: 0,
    merchants: 0,
    days: 7,
    transactions: 0,
    countries: 0,
    sessions: 0,
    fraud: 0,
  },
  page: {
    accounts: 200,
    cards: 280,
    banks: 20,
    merchants: 100,
    days: 7,
    transactions: 5_200,
    countries: 5,
    sessions: 1.6,
    fraud: 0.005,
  },
  lab: {
    accounts: 2_000,
    cards: 2_800,
    banks: 50,
    merchants: 500,
    days: 60,
    transactions: 450_000,
    countries: 12,
    sessions: 1.6,
    fraud: 0.005,
  },
  book: {
    accounts: 50_000,
    cards: 70_000,
    banks: 5_000,
    merchants: 5_000,
    days: 30,
    transactions: 2_000_000,
    countries: 160,
    sessions: 0.57,
    fraud: 0.001,
  },
};

export const lengthOf = (size: MartSize): Duration => days(size.days);
