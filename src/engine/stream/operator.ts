import { type ColumnBatch, type Counters } from '../../model';
import { type StateBackend } from '../state/backend';
import { type KeyedState } from '../state/keyedState';
import { type Trace } from '../run/trace';

export { type KeyedState };

/** Rows [from, to) of a batch. */
export interface RowRange {
  batch: ColumnBatch;
  from: number;
  to: number;
}

/**
 * The contract of a stream operator.
 *
 * The runtime calls, for one range of inputs after another: `process` once with the rows that the operator's input
 * produced (never an empty range), then `advance` once with the watermark that stands behind them. Everything that an
 * operator emits goes to `out`, in order; the runtime empties `out` before each range and hands it on after `advance`,
 * so whatever a watermark caused leaves the operator before the watermark does (S1.10).
 *
 * Rows carry the watermark that was in force when they came. A range may be one row or thousands: within it an
 * operator may put off what a watermark is due, but a row that is behind its watermark must find everything done that
 * the watermark caused. So results never depend on how the input was cut into ranges.
 *
 * `due()` is the smallest watermark at which `advance` would do something that a trace would show. While a run is
 * being traced the runtime ends a range at the first row that takes the watermark there; so each step is recorded
 * under the input that caused it.
 *
 * An operator with two inputs is given their rows on input 0 (left) and input 1 (right); the watermark of a row, and the
 * one of `advance`, is the minimum over the inputs (S1.4). Rows of both count in the order of their inputs.
 *
 * Rows carry a change kind. A retraction (−U, −D) carries the identity and the values of the row that it takes back. An
 * operator that takes insertions only is never placed above one that retracts: `nodes/recompute.ts` stands there in its
 * place, and a node without a key to recompute by is refused with the reason.
 *
 * An operator holds meaning only. Channels, watermark arithmetic, input numbers, order of steps, keyframes,
 * checkpoints and counting rows belong to the runtime, and so does state: it is borrowed from the context
 * (`state/store.ts`). Tracing is one check per call of `process` or `advance`. While a listener watches each step
 * (`trace.isWatched`), a step is recorded *after* its effect is in the state and before that of any later row is; else
 * only the steps themselves count, and rows may be prepared many at a time.
 */
export interface Operator {
  /** Standard name: `window aggregate`. */
  readonly name: string;
  readonly out: ColumnBatch;
  /** First row of `out` that counts; 0 where it is left out. The runtime resets it with `out`. */
  begin?: number;
  /** How far the watermark is held back behind this operator, ms: rows that it sends may be that much older (S8.4). */
  readonly watermarkDelay?: number;
  process(batch: ColumnBatch, from: number, to: number, port: number): void;
  /**
   * Rows of all inputs together, none of them empty: they count in the order of their inputs. For operators that
   * are faster so; all others are given one stretch after another by `process`. Never while a run is being traced.
   */
  processMultiTopicRange?(ranges: readonly RowRange[]): void;
  /**
   * May stop between two pieces of work where `context.mayGoOn` says no, and sets `isPaused` then: the runtime calls it
   * again with the same arguments, before anything else, until it is through. What comes out is the same. So may `tick`
   * and `process`; whatever can do more than some thousand things in one of them has to (`pieces.ts`).
   */
  advance(watermark: number, input: number): void;
  readonly isPaused?: boolean;
  due(watermark: number): number;
  /** The clock shows `now` (MAX_TIME: the input has ended). Called behind `advance`, for inputs that are ticks. */
  tick?(now: number, input: number): void;
  /** The earliest clock time at which `tick` would do something, MAX_TIME for none; the runtime ticks exactly then. */
  alarm?(): number;
  /** False: `alarm` never asks for a time, as the operator is set. */
  readonly isClocked?: boolean;
  /** Keyed state, or null for an operator that remembers nothing. */
  readonly state: KeyedState | null;
  /** The windows of an operator that has any. */
  readonly windows?: WindowView;
  /** How rows of a join find each other. */
  readonly pairing?: Pairing;
  /** Settings that a reader's action may change while the run goes on. */
  set?(change: { lateness?: number }): void;
}

/** `from..to` is the window, or whatever else the key has several of; `row` as in a step of this kind. */
type StateWritten = (
  input: number,
  key: number,
  values: ArrayLike<number>,
  from?: number,
  to?: number,
  row?: number,
) => void;

/** What the runtime lends to an operator. */
export interface Context {
  /** Place in plan order; the source is 0. */
  readonly number: number;
  readonly trace: Trace | null;
  readonly counters: Counters;
  /** Lends keyed state. */
  readonly state: StateBackend;
  /** Processing time of an input, ms. */
  clock(input: number): number;
  /** Traces that the state of a key, or of a span of it, has been written: what it shows now. Null while nobody looks. */
  readonly written: StateWritten | null;
  /** Asked between two pieces of work of one input: false where whoever drives the run wants a moment. */
  readonly mayGoOn: () => boolean;
  /** Counts a refused row, traces it, and remembers it for the side output. `from..to` is the window it was meant for. */
  drop(batch: ColumnBatch, row: number, key: number, from: number, to: number): void;
}

/** What can be seen of an operator's windows. */
export interface WindowView {
  readonly lateness: number;
  /** The largest row time so far (−1 before any), where windows close by it; null where they close by the watermark. */
  readonly streamTime: number | null;
  /** The windows that a state row [start, end) counts in, by end ascending: many for a slice, itself for a window. */
  windowsOf(start: number, end: number): [start: number, end: number][];
}

/** What can be seen of a join, besides its steps: which rows look for which. */
export type Pairing =
  /** Left time + lower ≤ right time ≤ left time + upper, ms. */
  | { kind: 'interval'; lower: number; upper: number }
  /** Rows of one window; the windows that hold a time, by end. */
  | { kind: 'window'; windowsOf(time: number): [start: number, end: number][] }
  /** Rows with one key, however far apart; whether those of the left and right side stand alone while they have no partner. */
  | { kind: 'ever'; alone: readonly [left: boolean, right: boolean] }
  /** Left rows see one version of the right side: the one valid at their time, or the newest when they come. */
  | { kind: 'version'; by: 'time' | 'arrival' };
