import { type ColumnType, type Duration, type Table, type Timestamp, type Value } from '../model';

/**
 * A scenario, exact: which world is made, which streams flow out of it, in which order their events arrive. Everything
 * in it is plain data; together with a definition and its options it is all that decides a run.
 */
export interface Scenario {
  data: DataSpec;
  streams: Record<string, StreamSpec>;
}

export const PRESETS = ['none', 'page', 'lab', 'book'] as const;
export type Preset = (typeof PRESETS)[number];

export interface DataSpec {
  /** Size of the mart (`DATA.md` §1.2); `none` makes no mart: every event is planted. */
  preset: Preset;
  seed: number;
  /** `realistic`: our distributions (§2.3); `book`: those of the book's generator. */
  mode: 'realistic' | 'book';
}

/**
 * How events of a table (or written by hand) flow into a log. The producer of `DATA.md` §1.5 writes
 * `credit_card_transactions` with key `cc_num` into 4 partitions at 10 events per second; each knob here is free.
 * Events written by hand are left alone by every knob that draws by chance.
 */
export interface StreamSpec {
  /** The fact table or fixture that the events come from; null: only planted events. */
  table: string | null;
  /** Declared columns of a stream without a table, by name. */
  declared: Record<string, ColumnType>;
  /** Columns to keep, in order; empty: all. */
  columns: string[];
  /** The event-time column. */
  time: string;
  /** Column whose value picks the partition. */
  key: string;
  partitions: number;
  /** Only events whose event time is in [from, until), where given. */
  from: Timestamp | null;
  until: Timestamp | null;
  /** Only events whose column has one of these values. */
  only: Record<string, Value[]>;
  /** Whether the fraudulent rows of `credit_card_transactions` take part; other tables have none to leave out. */
  fraud: boolean;
  /** Keep at most this many events (the first ones by time); 0: all. */
  limit: number;
  delay: DelaySpec;
  /** Lay the events out anew in time, at this mean rate (events per second, Poisson); 0: as they are. */
  rate: number;
  /** A stretch of time with another rate; null: none. Only with a `rate`. */
  burst: BurstSpec | null;
  /**
   * Share of events that the log gets twice, from 0 to 1. The copy has the same values, event time and partition, but
   * an append time (by a delay of its own) and so an offset of its own: it may come before the event it copies.
   */
  duplicates: number;
  /**
   * Share of events that lose one field, from 0 to 1: a value of a visible column, never the event time or the key, is
   * null instead. All columns that can lose a value become nullable. Copies of the event lack the same field.
   */
  dropped: number;
  /** Events written by hand, on top of the generated ones. */
  planted: PlantedEvent[];
  /** Watermarks written down by hand, by name: from a clock time on, nothing at or before `watermark` is expected. */
  watermarks: Record<string, [processing: Timestamp, watermark: Timestamp][]>;
}

/** From event time `at` on, for `for` ms, events come at `rate` per second on average; 0: none come, a silence. */
export interface BurstSpec {
  at: Timestamp;
  for: Duration;
  rate: number;
}

/** `realistic` is `DATA.md` §2.3 point 6: 95 % < 2 s, 4 % 2-60 s, 0.9 % 1-10 min, 0.1 % up to 6 h. */
export type DelaySpec =
  | { model: 'none' }
  | { model: 'fixed'; delay: Duration }
  | { model: 'realistic' }
  | { model: 'uniform'; least: Duration; most: Duration };

export interface PlantedEvent {
  /** Event time. */
  at: Timestamp;
  /** Append time; never before `at`. */
  arrives: Timestamp;
  /** null: by the key. */
  partition: number | null;
  values: Record<string, Value>;
}

/** The events of a stream in the order in which the log gets them: by append time, then partition, then as made. */
export interface StreamData {
  name: string;
  /** Visible columns. Dictionaries are the stream's own. */
  table: Table;
  /** Event time, ms. */
  time: Float64Array;
  /** Append time, ms, ascending; never before the event time. */
  append: Float64Array;
  partition: Int32Array;
}
