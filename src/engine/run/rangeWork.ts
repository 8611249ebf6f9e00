import { MAX_TIME, MIN_TIME } from '../../model';
import { type RowRange } from '../stream/operator';
import { type Upstream } from './graph';
import { inOrder } from './inOrder';
import { type RunOperator } from './runOperator';
import { type Sink } from './sink';
import { type SourceReader } from './sourceReader';
import { type WatermarkPropagation } from './watermarkPropagation';

/** At most so many rows of a range go into an operator between two questions whether to go on. */
const PIECE_ROWS = 64;

interface Way {
  operators: readonly RunOperator[];
  /** Where the rows of the result come from. */
  result: Upstream;
  propagation: WatermarkPropagation;
  reader: SourceReader;
  sink: Sink;
  /** Whether rows go into operators in pieces: while there is a trace, or somebody may want a moment. */
  inPieces: () => boolean;
  /** Whether a range may have events of several topics. */
  ofMultiTopicRanges: boolean;
  /** Asked between two pieces of work. */
  mayGoOn: () => boolean;
}

/**
 * A range on its way: its rows go through all operators, then the watermark after them, then the clock where it is a
 * tick; what comes out of the last one is the result. It may stop anywhere on this way, and goes on from there.
 */
export class RangeWork {
  /** Whether a range is on its way. */
  isUnderWay = false;
  private first = 0;
  private last = 0;
  private tick = MIN_TIME;
  /** Where it is: the operator, its input (behind those it has: it advances, expires, ticks), rows done of it. */
  private at = 0;
  private port = 0;
  private done = 0;
  /** Whether the operator it is at has emptied its output for this range. */
  private isEntered = false;

  constructor(private readonly way: Way) {}

  /** Inputs `first` to `last`, which have been read; `tick`: what the clock shows, where they are a tick or the end. */
  begin(first: number, last: number, tick = MIN_TIME): void {
    this.isUnderWay = true;
    this.first = first;
    this.last = last;
    this.tick = tick;
    this.at = 0;
  }

  /** Goes on until the range is through; false where it has stopped before. */
  goOn(): boolean {
    const { operators, result, sink, inPieces } = this.way;
    for (; this.at < operators.length; this.at += 1) if (!this.pushInto(this.at)) return false;
    const { batch, from, to } = this.rangeOf(result);
    const isThrough = this.handle(from, to, inPieces() ? PIECE_ROWS : Infinity, (row, end) => {
      sink.process(batch, row, end);
      return true;
    });
    this.isUnderWay = !isThrough;
    return isThrough;
  }

  /** The rows of the last range that an input reads: from an operator, or from a topic. */
  rangeOf({ nodeIndex, topic }: Upstream): RowRange {
    const { operators, reader } = this.way;
    if (nodeIndex < 0) {
      const { batch, begin, end } = reader.readers[topic];
      return { batch, from: begin, to: end };
    }
    const { out, begin = 0 } = operators[nodeIndex].operator;
    return { batch: out, from: begin, to: out.length };
  }

  private pushInto(i: number): boolean {
    const { tick, last } = this;
    const { operators, propagation } = this.way;
    const { operator, backend, node } = operators[i];
    const advancing = node.inputs.length + 1;
    if (this.port < advancing) {
      if (!this.processAll(i)) return false;
      backend.count();
      this.port = propagation.advance(i) ? advancing : advancing + 1;
    }
    if (this.port === advancing) {
      operator.advance(operators[i].inputWatermark, last);
      if (operator.isPaused) return false;
      this.port += 1;
    }
    if (this.port === advancing + 1) {
      if (tick > MIN_TIME && tick < MAX_TIME) backend.expire(tick, last);
      this.port += 1;
    }
    if (tick > MIN_TIME) operator.tick?.(tick, last);
    if (operator.isPaused) return false;
    this.port = 0;
    this.isEntered = false;
    backend.count();
    propagation.delayOutput(i, operator.begin ?? 0);
    return true;
  }

  /** Hands an operator the rows of its inputs; false where it has stopped. */
  private processAll(i: number): boolean {
    const { operator, node } = this.way.operators[i];
    const { inputs } = node;
    if (!this.isEntered) {
      operator.out.length = 0;
      operator.begin = 0;
      this.isEntered = true;
    }
    if (this.way.ofMultiTopicRanges && inputs.length > 1) this.processMultiTopicRange(i);
    else for (; this.port < inputs.length; this.port += 1) if (!this.process(i, inputs[this.port])) return false;
    return true;
  }

  /** Hands an operator the rows of one input; in pieces, unless it hands them on as they are. */
  private process(i: number, upstream: Upstream): boolean {
    const { operators, propagation, inPieces } = this.way;
    const { operator, node } = operators[i];
    const { batch, from, to } = this.rangeOf(upstream);
    return this.handle(from, to, node.remembers && inPieces() ? PIECE_ROWS : Infinity, (row, end) => {
      operator.process(propagation.atInputWatermark(i, this.port, batch, row, end), row, end, this.port);
      return operator.isPaused !== true;
    });
  }

  /** Hands a multi-topic range to an operator, in the order of the input numbers. */
  private processMultiTopicRange(i: number): void {
    const { operators, propagation } = this.way;
    const { operator, node } = operators[i];
    const { inputs } = node;
    const ranges = inputs.map((port, at) => propagation.multiTopicRange(i, at, this.rangeOf(port)));
    if (operator.processMultiTopicRange && ranges.every(({ from, to }) => to > from))
      operator.processMultiTopicRange(ranges);
    else inOrder(ranges, (port, from, to) => operator.process(ranges[port].batch, from, to, port));
  }

  /**
   * Handles rows [from, to) in pieces, on from where it has stopped; false where it stops again. As many rows as the range
   * has events may be handled in one, as ranges grow with what events cost; what these have been multiplied into begins
   * small too, because nobody knows what a row of it costs. Where `handle` says that it has stopped itself, it is asked
   * again for the same rows.
   */
  private handle(from: number, to: number, piece: number, handle: (row: number, end: number) => boolean): boolean {
    const events = this.last + 1 - this.first;
    let row = from + this.done;
    while (row < to) {
      const end = piece === Infinity ? to : Math.min(to, row + piece, row + Math.max(this.done, events));
      if (!handle(row, end)) return false;
      row = end;
      this.done = row - from;
      if (row < to && !this.way.mayGoOn()) return false;
    }
    this.done = 0;
    return true;
  }
}
