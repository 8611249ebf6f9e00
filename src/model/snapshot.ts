import { type Table, type Value } from './column';
import { type StepFacts } from './stepFacts';

/**
 * `state(k)`: canonical plain data at one step of a run; what figures draw. Everything that can be long is a `Table`
 * of typed columns, so that it crosses threads by transfer and stands in a page as a JSON island.
 */
export interface Snapshot {
  /** Number of the step whose effect is the last one included; -1 before the first. */
  step: number;
  /** Input number of that step; -1 before the first. */
  input: number;
  /** Its number among the steps of its input, from 0; -1 before the first. */
  ordinal: number;
  clocks: Clocks;
  counters: Counters;
  partitions: PartitionState[];
  operators: OperatorState[];
  /** The parts that were asked for, by the name that the asker chose. */
  parts: Record<string, SnapshotPart>;
  /** What a sentence about the step needs. */
  stepFacts: StepFacts;
}

/** All in ms. `MIN_TIME` where there is none yet. */
export interface Clocks {
  processingTime: number;
  /** Largest event time seen. */
  newestEventTime: number;
  watermark: number;
  /** Latest processing time at which a result was emitted. */
  knownAt: number;
}

export interface Counters {
  /** Events handed on by the source. */
  rowsIn: number;
  /** Of these, at or behind the watermark when they came. */
  late: number;
  /** (row, window) pairs, or rows, that no state would take any more. */
  dropped: number;
  /** Rows sent to the result, retractions included. */
  rowsOut: number;
  /** Rows that any operator or job had to look at to get here: the reading meter. */
  rowsRead: number;
  /** Live rows of keyed state. */
  stateRows: number;
  /** The most that `stateRows` has been. */
  stateRowsMax: number;
}

export interface PartitionState {
  topic: string;
  partition: number;
  /** Offset that the next event will have. */
  head: number;
  newestEventTime: number;
  watermark: number;
  /** Whether it is idle: without events for so long that the watermark does not wait for it (S1.8). */
  idle: boolean;
  /** Whether it is not read now, since it is too far ahead of the others (S20.2). */
  pausedByAlignment: boolean;
}

interface OperatorState {
  number: number;
  /** The operator's standard name: `window aggregate`. */
  name: string;
  /** What it does here: `TUMBLE 5 min, SUM(amount) per card`. */
  title: string;
  watermark: number;
  stateRows: number;
}

/**
 * What a figure may ask of `state(k)`. `where` keeps rows whose visible columns equal the given values; it is checked
 * against the columns that the part has, and an unknown column is an error.
 */
export type PartRequest =
  /** Every event of `stream` (default: the first that the run reads) so far, in arrival order. Columns: the stream's own, then `#time #append #partition #offset #input #fate`. */
  | { part: 'events'; stream?: string; where?: Where }
  /**
   * Every move of the run's watermark so far, or of that of `stream`. `ideal`: of the one that knows what is still to
   * come (S20.1). Columns `#processing #watermark`.
   */
  | { part: 'watermarks'; stream?: string; ideal?: boolean }
  /**
   * Every move of each partition's own watermark so far, and every change between idle and active. Columns
   * `#processing #source #partition #watermark #idle`; `#source` is the place of the stream among those that the run reads.
   */
  | { part: 'partitions'; stream?: string }
  /**
   * Every window so far. Columns: the key columns, then `#start #end #opened #since #fired #passed #purged #merged`,
   * processing times, MAX_TIME for not yet: since when it has these bounds, its first pane, when the watermark reached
   * its end, when its state went, when it became part of a longer session. Then `#panes #late #rows #clock #value #open`:
   * panes, late ones, rows; whether it is cut by the clock at arrival; the value column `value` of its last pane, null before the first.
   */
  | { part: 'windows'; where?: Where; value?: string }
  /** Live rows of keyed state of operator `operator` (default: the last one with state). Columns: key, `#start #end`, state, `#changed`. */
  | { part: 'state'; operator?: number; where?: Where }
  /** The result as it stands. Columns: the result's own, under windows `#start #end`, `#emitted #changed`. */
  | { part: 'result'; where?: Where }
  /**
   * Every emission so far. Columns: the result's own, `#emitted #kind #pane #start #end #timing #mode #changed`: which pane of its
   * window, from 0; its place in `TIMINGS`, -1 where no window fired; that of what panes hold in `ACCUMULATIONS`, -1
   * without windows; whether this input made it.
   */
  | { part: 'panes'; where?: Where }
  /**
   * Every row that the run's join was given so far. Columns: its keys, then `#row #side #kind #stream #label #partition
   * #offset #time #from #to #arrived #partners #fate #padded #changed`: its place, as pairs name it; 0 left, 1 right; how rows
   * find each other (interval, window, version, lookup: whatever stands when it comes, or ever: by their key alone); the event that it came with, and that event's column `value`; the times
   * that it looks for on the other side, or those at which a version is valid; how many partners it has; its place in
   * `JOIN_FATES`; whether it was emitted alone.
   */
  | { part: 'join rows'; where?: Where; value?: string }
  /** Every pair of that join so far. Columns `#left #right #processing #changed`: places of rows. */
  | { part: 'join pairs' }
  /** Events that no state took. Columns as `events`. */
  | { part: 'dropped'; stream?: string; where?: Where };

export type Where = Record<string, Value>;

/** Fate of an event, in the `#fate` column. */
export const FATES = ['on time', 'late, counted', 'too late'] as const;

/** What became of a row of a join, in the `#fate` column. */
export const JOIN_FATES = ['kept', 'forgotten', 'not kept', 'too late', 'taken back'] as const;

export interface SnapshotPart {
  table: Table;
  /** Numbers that frame the whole run, so that a picture does not jump while it is played: see the parts. */
  extent: Extent;
}

/** The whole run's least and greatest event and processing times among the rows that the part may ever show. */
export interface Extent {
  time: [number, number];
  processing: [number, number];
  /** Of windows: how many keys have any in the whole run, and how many windows of one key lie on each other at most. */
  lanes?: { keys: number; deep: number };
}

/** The moments that the player marks and jumps between. */
export const MARKS = ['fired', 'late', 'dropped', 'answered', 'published', 'action', 'end'] as const;
export type Mark = (typeof MARKS)[number];
