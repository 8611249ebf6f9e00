import { aggregateOf } from '../../../aggregates';
import {
  addTime,
  makeBatch,
  MAX_TIME,
  MIN_TIME,
  reserveBatch,
  TidemarkError,
  withRoom,
  type Column,
  type ColumnBatch,
} from '../../../model';
import { type AggregateCall, type Edge, type Over } from '../../../sql/plan';
import { layoutOf, type AggregateLayout } from '../../aggregates';
import { boundsOf } from '../../frames/bounds';
import { firstLater, type Frames } from '../../frames/frames';
import { KeyFrames } from '../../frames/keyFrames';
import { Lags } from '../../frames/lags';
import { Resumable, whole, type Pieces } from '../../pieces';
import { RangeFrames } from '../../frames/rangeFrames';
import { TileFrames } from '../../frames/tileFrames';
import { WaitingRows } from '../../state/waitingRows';
import { type KeyIds } from '../../state/keys';
import { type StateValue } from '../../state/store';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { type StreamOptions } from '../../stream/options';
import { copyRows } from '../../stream/rows';

/** Hidden columns that an answer has from its row; when it was known is its own. */
const WHO = ['time', 'kind', 'id0', 'id1', 'id2'] as const;

/** Ends of range frames, and what is late. */
export type OverOptions = Pick<StreamOptions, 'edge' | 'hop' | 'lateRule'>;

/**
 * Rolling aggregates: every row once, when the watermark reaches its time, in time order, with the aggregates of its
 * frame (S7.1-S7.3). Rows of equal time are peers: in a range frame each sees the others and they share one result.
 *
 * Late rows (S7.4): an unbounded frame drops what is at or behind the watermark; a bounded one drops what is at or
 * before the last row already answered for its key; `lateRule` can say either of any frame. Rows that have left all
 * frames are forgotten some time; a row so old that it may need them is dropped too, so memory stays bounded and no
 * answer is ever made from half a frame. What is taken behind the watermark waits for the next one (S11.1), so peers
 * and rows out of order among them are answered as if they had come in time.
 *
 * Rows are put into their order here: what comes in order and is due goes through in bulk, the rest waits. What the
 * frames hold is the business of `Frames`.
 */
export class OverOperator implements Operator {
  readonly name = 'over aggregate';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly keys: KeyIds;
  private readonly peers: boolean;
  /** Whether everything at or behind the watermark is late. */
  private readonly byWatermark: boolean;
  private readonly span: number;
  private readonly frames: Frames;
  private readonly lags: Lags[];
  private readonly waiting: WaitingRows;
  /** Everything at or before it has been answered. */
  private readonly watermark: StateValue;
  /** Keys of the rows of the range, and of the rows of `out`. */
  private ids: Int32Array = new Int32Array(0);
  private outKeys: Int32Array = new Int32Array(0);
  /** What is left of the answers that a watermark is due. */
  private readonly releasing: Resumable;

  constructor(
    plan: Over,
    { edge, hop, lateRule }: OverOptions,
    private readonly context: Context,
  ) {
    this.releasing = new Resumable(context.mayGoOn);
    const input = plan.input.schema;
    const { unit, preceding } = plan.frame;
    if (preceding !== null && !(preceding >= 0)) {
      throw new TidemarkError({
        what: 'a frame ends before it starts',
        expected: '0 or more PRECEDING',
        found: `${preceding}`,
      });
    }
    this.peers = unit === 'range';
    const bounds = boundsOf(unit === 'range' ? preceding : null, edge, hop);
    this.span = bounds.reach;
    this.byWatermark = lateRule === null ? preceding === null : lateRule === 'watermark';
    const { state } = context;
    this.keys = state.keys(plan.partitionBy, input);
    this.watermark = state.value(MIN_TIME, 'min');
    this.waiting = state.add(new WaitingRows(input));
    this.out = makeBatch(plan.schema);
    const results = this.out.columns.slice(input.length);
    const inFrame = plan.aggregates.map(({ name }) => aggregateOf(name).fold !== null);
    this.lags = plan.aggregates.flatMap((call, i) => (inFrame[i] ? [] : [new Lags(call, input, results[i], state)]));
    const calls = plan.aggregates.filter((_, i) => inFrame[i]);
    const tiled = this.peers && bounds.hop > 0;
    // Frames that let rows go one by one take them back; tiles are only ever put together.
    const layout = layoutOf(calls, input, {
      retracting: preceding !== null && !tiled,
      timeColumn: plan.input.timeColumn,
    });
    const answers = results.filter((_, i) => inFrame[i]);
    this.frames = tiled
      ? new TileFrames(layout, answers, bounds, context)
      : framesOf(plan, calls, edge, layout, answers, context);
    const { frames } = this;
    // Rows that wait may be the first of their key.
    state.derived(() => frames.records.reserve(this.keys.count));
    this.state = state.show(
      layout.fields,
      (visit) => frames.records.each((key, time) => visit(key, time, time, frames.records.values(key))),
      layout.texts,
    );
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    this.ids = this.keys.find(batch, from, to);
    this.frames.records.reserve(this.keys.count);
    const { time, watermark } = batch;
    for (let begin = from; ;) {
      const late = firstLate(time, watermark, begin, to);
      const last = Math.min(late, to - 1);
      this.take(batch, begin, late, watermark[last], batch.input[last]);
      if (late === to) break;
      this.takeLate(batch, late);
      begin = late + 1;
    }
  }

  get isPaused(): boolean {
    return this.releasing.isUnderWay;
  }

  advance(watermark: number, input: number): void {
    this.releasing.goOn(() => this.release(watermark, input));
  }

  due(watermark: number): number {
    return watermark === MAX_TIME ? MAX_TIME : watermark + 1;
  }

  /** Takes in rows that are not late, and answers whatever `watermark` has reached. */
  private take(batch: ColumnBatch, from: number, to: number, watermark: number, input: number): void {
    const { waiting } = this;
    let row = from;
    if (from < to && watermark > this.watermark.value && isOrdered(batch.time, from, to, waiting.newest)) {
      const before = this.watermark.value;
      // Peers of a row that waits must be answered with it.
      const first = firstLater(batch.time, from, to, waiting.newest);
      if (first > from) waiting.enter(batch, this.ids, from, first);
      whole(this.release(watermark, input));
      row = waiting.size === 0 ? firstLater(batch.time, first, to, watermark) : first;
      if (row > first) this.answerRows(batch, first, row, before, input);
    }
    if (row < to) waiting.enter(batch, this.ids, row, to);
    whole(this.release(watermark, input));
  }

  /** A row behind the watermark, once everything is answered that the watermark has reached. */
  private takeLate(batch: ColumnBatch, row: number): void {
    const key = this.ids[row];
    const time = batch.time[row];
    if (this.isLate(key, time)) this.context.drop(batch, row, key, time, time);
    else this.waiting.enter(batch, this.ids, row, row + 1);
  }

  private isLate(key: number, time: number): boolean {
    const answered = this.frames.records.timeOf(key);
    if (this.byWatermark || time <= answered) return true;
    return this.peers && time <= addTime(answered, this.span) && !this.frames.reaches(time);
  }

  /** Answers every waiting row that `watermark` has reached. */
  private *release(watermark: number, input: number): Pieces {
    if (watermark <= this.watermark.value) return;
    const slots = this.waiting.leave(watermark);
    if (slots.length > 0) {
      const at = this.reserve(slots.length);
      this.waiting.copy(slots, this.out, this.outKeys);
      yield* this.answer(at, this.watermark.value, input);
    }
    this.watermark.value = watermark;
  }

  /** Answers rows straight from the range that they came in. */
  private answerRows(batch: ColumnBatch, from: number, to: number, watermark: number, input: number): void {
    const at = this.reserve(to - from);
    copyRows(batch, from, to, this.out, WHO);
    this.outKeys.set(this.ids.subarray(from, to), at);
    whole(this.answer(at, watermark, input));
  }

  /** Makes room for rows to come, and returns where they will be. */
  private reserve(count: number): number {
    const { out } = this;
    reserveBatch(out, out.length + count);
    this.outKeys = withRoom(this.outKeys, out.time.length);
    return out.length;
  }

  /** Fills in what rows from `at` on still lack. `watermark` is the one that stood before they were answered. */
  private *answer(at: number, watermark: number, input: number): Pieces {
    const { out } = this;
    out.watermark.fill(watermark, at, out.length);
    out.input.fill(input, at, out.length);
    for (const lag of this.lags) yield* lag.answer(out, this.outKeys, at, out.length);
    let row = at;
    // Those that were taken behind that watermark go one time after the other: newer ones may have been answered.
    while (row < out.length && out.time[row] <= watermark) {
      const end = firstLater(out.time, row, out.length, out.time[row]);
      yield* this.frames.answer(out, this.outKeys, row, end, input);
      row = end;
    }
    if (row < out.length) yield* this.frames.answer(out, this.outKeys, row, out.length, input);
  }
}

function framesOf(
  { frame, input }: Over,
  calls: AggregateCall[],
  edge: Edge,
  layout: AggregateLayout,
  results: Column[],
  context: Context,
): Frames {
  const peers = frame.unit === 'range';
  const { preceding } = frame;
  if (peers && preceding !== null) return new RangeFrames(layout, calls, input, results, preceding, edge, context);
  const most = preceding === null ? null : preceding + 1;
  const options = { most, peers, exclusive: peers && edge === 'open-right' };
  return new KeyFrames(layout, input.schema, results, options, context);
}

/** First row of [from, to) that is behind its watermark, or `to`. */
function firstLate(time: Float64Array, watermark: Float64Array, from: number, to: number): number {
  let row = from;
  while (row < to && time[row] > watermark[row]) row += 1;
  return row;
}

function isOrdered(time: Float64Array, from: number, to: number, least: number): boolean {
  let last = least;
  for (let row = from; row < to; row += 1) {
    const now = time[row];
    if (now < last) return false;
    last = now;
  }
  return true;
}
