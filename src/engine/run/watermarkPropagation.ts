import { addTime, MAX_TIME, type ColumnBatch } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type Channel } from './graph';
import { type RunOperator } from './runOperator';
import { type InputLog } from './inputLog';
import { type RowRange } from '../stream/operator';
import { type Source } from './source';
import { type TopicReader } from './topicReader';
import { WatermarkValve } from '../watermarks/valve';

/**
 * Propagates watermarks through the dataflow. An operator's input watermark is the minimum over its inputs (S1.4); its
 * output watermark is that minus the operator's delay (S8.4). Neither ever falls (S1.3). An input is idle while all
 * sources upstream of it are.
 */
export class WatermarkPropagation {
  /** Merges the watermarks of an operator with two inputs or more. */
  private readonly valves: (WatermarkValve | null)[];
  /** Watermarks of rows on their way into an operator with two inputs. */
  private readonly scratch: Float64Array[][];
  /** Of a multi-topic range: its first input, and by operator the input watermark before each input. */
  private first = 0;
  private readonly watermarkBefore: Float64Array[];

  constructor(
    private readonly operators: readonly RunOperator[],
    private readonly sourceOf: (Source | null)[],
  ) {
    // An input without a watermark does not count: requests are answered immediately.
    this.valves = operators.map(({ node: { inputs } }) => {
      const timed = inputs.filter((port) => port.timed).length;
      return timed > 1 ? new WatermarkValve(timed) : null;
    });
    this.scratch = operators.map(({ node: { inputs } }) => inputs.map(() => new Float64Array(0)));
    this.watermarkBefore = operators.map(() => new Float64Array(0));
  }

  private outputWatermark({ nodeIndex, topic }: Channel): number {
    if (nodeIndex < 0) return this.sourceOf[topic]!.watermarks.current;
    const { operator, inputWatermark } = this.operators[nodeIndex];
    return addTime(inputWatermark, -(operator.watermarkDelay ?? 0));
  }

  private isIdle({ nodeIndex, topic }: Channel): boolean {
    return nodeIndex < 0 ? this.sourceOf[topic]!.watermarks.idle : this.operators[nodeIndex].isIdle;
  }

  /** Reads the watermarks of the inputs of operator `i`; true if its input watermark grew. */
  advance(i: number): boolean {
    const operator = this.operators[i];
    const { inputs } = operator.node;
    const before = operator.inputWatermark;
    const valve = this.valves[i];
    if (!valve) {
      const at = this.outputWatermark(inputs[0]);
      if (at > before) operator.inputWatermark = at;
      operator.isIdle = this.isIdle(inputs[0]);
      return at > before;
    }
    for (let port = 0; port < inputs.length; port += 1) {
      valve.hear(port, this.outputWatermark(inputs[port]), this.isIdle(inputs[port]));
    }
    operator.inputWatermark = valve.current;
    operator.isIdle = valve.idle;
    return valve.current > before;
  }

  /**
   * Rows of input `port` of operator `i`, with the operator's input watermark in place of their own: the other inputs may
   * be behind. All events of a range come on one input, so the others do not move. The batch is not changed, because other
   * operators may read it.
   */
  atInputWatermark(i: number, port: number, batch: ColumnBatch, from: number, to: number): ColumnBatch {
    const valve = this.valves[i];
    if (!valve) return batch;
    const others = valve.least(port);
    const { inputWatermark } = this.operators[i];
    const scratch = this.room(i, port, to);
    const { watermark } = batch;
    for (let row = from; row < to; row += 1) {
      const least = watermark[row] < others ? watermark[row] : others;
      scratch[row] = least > inputWatermark ? least : inputWatermark;
    }
    return { ...batch, watermark: scratch };
  }

  private room(i: number, port: number, rows: number): Float64Array {
    const { [port]: scratch } = this.scratch[i];
    if (scratch.length >= rows) return scratch;
    return (this.scratch[i][port] = new Float64Array(Math.max(rows, 2 * scratch.length)));
  }

  /** For a multi-topic range, inputs [from, to): the input watermark before each, at operators that merge. */
  trackMultiTopicRange(inputs: InputLog, readers: readonly TopicReader[], from: number, to: number): void {
    this.first = from;
    this.valves.forEach((valve, i) => {
      if (valve === null) return;
      if (this.watermarkBefore[i].length < to - from) this.watermarkBefore[i] = new Float64Array(2 * (to - from));
      const line = this.watermarkBefore[i];
      const { topics: below } = this.operators[i].node;
      let least = MAX_TIME;
      for (const at of below) least = Math.min(least, this.sourceOf[at]!.watermarks.current);
      // Backwards watermarks only fall: the least of all sources is the least seen so far.
      let end = to;
      for (let entry = inputs.entryAt(to - 1); end > from; entry -= 1) {
        const begin = inputs.firstOf(entry);
        const first = Math.max(from, begin);
        const topic = inputs.topicOf(entry);
        if (!below.has(topic)) line.fill(least, first - from, end - from);
        else {
          const { base, batch } = readers[topic];
          const { watermark } = batch;
          const shift = inputs.rowOf(entry) - base - begin;
          for (let input = end - 1; input >= first; input -= 1) {
            if (watermark[input + shift] < least) least = watermark[input + shift];
            line[input - from] = least;
          }
        }
        end = first;
      }
    });
  }

  /** Like `atInputWatermark`, in a multi-topic range. */
  multiTopicRange(i: number, port: number, { batch, from, to }: RowRange): RowRange {
    const line = this.watermarkBefore[i];
    const { inputWatermark } = this.operators[i];
    const scratch = this.room(i, port, to);
    const { input } = batch;
    for (let row = from; row < to; row += 1) {
      const least = line[input[row] - this.first];
      scratch[row] = least > inputWatermark ? least : inputWatermark;
    }
    return { batch: { ...batch, watermark: scratch }, from, to };
  }

  /** Rows of an operator that delays its watermark carry the delayed one. */
  delayOutput(i: number, from: number): void {
    const { out, watermarkDelay } = this.operators[i].operator;
    if (!watermarkDelay) return;
    for (let row = from; row < out.length; row += 1) out.watermark[row] = addTime(out.watermark[row], -watermarkDelay);
  }

  /** The watermark of topic `moving` at which some operator has something to do, or one below it. */
  due(moving: number): number {
    /** Per operator: the most that its watermark can reach however far the topic gets, and its delay after the topic. */
    const most: number[] = [];
    const behind: number[] = [];
    let due = MAX_TIME;
    for (let i = 0; i < this.operators.length; i += 1) {
      const { operator, node, inputWatermark } = this.operators[i];
      const { inputs } = node;
      const valve = this.valves[i];
      most[i] = MAX_TIME;
      behind[i] = MAX_TIME;
      for (let port = 0; port < inputs.length; port += 1) {
        const { nodeIndex, topic, timed } = inputs[port];
        if (!timed) continue;
        const below = nodeIndex < 0 ? (topic === moving ? 0 : MAX_TIME) : behind[nodeIndex];
        if (below < MAX_TIME) {
          behind[i] = Math.min(
            behind[i],
            addTime(below, nodeIndex < 0 ? 0 : (this.operators[nodeIndex].operator.watermarkDelay ?? 0)),
          );
          if (nodeIndex >= 0) most[i] = Math.min(most[i], most[nodeIndex]);
        } else if (valve) most[i] = Math.min(most[i], valve.only(port));
      }
      const own = operator.due(inputWatermark);
      // What waits for another input cannot be woken by this one.
      if (behind[i] < MAX_TIME && own <= most[i]) due = Math.min(due, addTime(own, behind[i]));
    }
    return due;
  }

  save(writer: StateWriter): void {
    writer.floats(Float64Array.from(this.operators, ({ inputWatermark }) => inputWatermark));
    writer.floats(Float64Array.from(this.operators, ({ isIdle }) => Number(isIdle)));
    for (const valve of this.valves) valve?.save(writer);
  }

  restore(reader: StateReader): void {
    const watermarks = reader.floats();
    const idle = reader.floats();
    this.operators.forEach((operator, i) => {
      operator.inputWatermark = watermarks[i];
      operator.isIdle = idle[i] === 1;
    });
    for (const valve of this.valves) valve?.restore(reader);
  }
}
