import { addTime, MAX_TIME, MIN_TIME, type ColumnBatch } from '../../model';
import { type Port, type Wire } from './build';

/**
 * Watermarks on their way through the wires: of each wire, the least of what its ports have (S1.4); behind a wire, that
 * less what its operator holds back (S8.4). They never fall (S1.3).
 */
export class Levels {
  /** Watermark that each wire was given last. */
  readonly given: number[];
  /** Watermark that each port has had; the rows of an operator with two inputs meet the least of theirs. */
  private readonly had: number[][];
  private readonly scratch: Float64Array[][];

  constructor(
    private readonly wires: Wire[],
    /** Watermark of a topic; MAX_TIME for one that has none. */
    private readonly ofTopic: (topic: number) => number,
  ) {
    this.given = wires.map(() => MIN_TIME);
    this.had = wires.map(({ ports }) => ports.map(() => MIN_TIME));
    this.scratch = wires.map(({ ports }) => ports.map(() => new Float64Array(0)));
  }

  /** What a port has now. */
  private at({ wire, topic, timed }: Port, topicAt = this.ofTopic, given: number[] = this.given): number {
    if (!timed) return MAX_TIME;
    return wire < 0 ? topicAt(topic) : addTime(given[wire], -(this.wires[wire].operator.hold ?? 0));
  }

  /** Takes in what the ports of wire `i` have; true where its watermark grew. */
  move(i: number): boolean {
    const { ports } = this.wires[i];
    const had = this.had[i];
    let least = MAX_TIME;
    for (let port = 0; port < ports.length; port += 1) {
      had[port] = this.at(ports[port]);
      if (had[port] < least) least = had[port];
    }
    if (least <= this.given[i]) return false;
    this.given[i] = least;
    return true;
  }

  /**
   * Rows of port `port` with the watermark that they meet at wire `i`: what the other ports have had may be less than
   * what stood at their own. All events of a range come on one port, so the others stand still; other wires may read the
   * same batch, so it is left as it is.
   */
  meet(i: number, port: number, batch: ColumnBatch, from: number, to: number): ColumnBatch {
    const { ports } = this.wires[i];
    if (ports.length === 1 || !ports[port].timed) return batch;
    let others = MAX_TIME;
    for (let one = 0; one < ports.length; one += 1)
      if (one !== port && this.had[i][one] < others && ports[one].timed) others = this.had[i][one];
    if (others === MAX_TIME) return batch;
    let scratch = this.scratch[i][port];
    if (scratch.length < to) {
      scratch = new Float64Array(Math.max(to, 2 * scratch.length));
      this.scratch[i][port] = scratch;
    }
    const { watermark } = batch;
    for (let row = from; row < to; row += 1) scratch[row] = watermark[row] < others ? watermark[row] : others;
    return { ...batch, watermark: scratch };
  }

  /** What leaves a wire that holds its watermark back has that watermark, and not the one it met inside. */
  leave(i: number, from: number): void {
    const { out, hold } = this.wires[i].operator;
    if (!hold) return;
    for (let row = from; row < out.length; row += 1) out.watermark[row] = addTime(out.watermark[row], -hold);
  }

  /** The watermark of topic `moving` at which some operator has something to do, or one below it. */
  due(moving: number): number {
    const ahead = (topic: number): number => (topic === moving ? MAX_TIME : this.ofTopic(topic));
    const ceiling: number[] = [];
    const delay: number[] = [];
    let due = MAX_TIME;
    this.wires.forEach(({ operator, ports }, i) => {
      ceiling[i] = Math.min(...ports.map((port) => this.at(port, ahead, ceiling)));
      delay[i] = Math.min(
        ...ports.map(({ wire, topic }) =>
          wire < 0 ? (topic === moving ? 0 : MAX_TIME) : addTime(delay[wire], this.wires[wire].operator.hold ?? 0),
        ),
      );
      const own = operator.due(this.given[i]);
      // Whatever waits for another input cannot be woken by this one.
      if (delay[i] < MAX_TIME && own <= ceiling[i]) due = Math.min(due, addTime(own, delay[i]));
    });
    return due;
  }

  /** Behind a keyframe, between two ranges: every port has had what it has now. */
  restore(given: ArrayLike<number>): void {
    this.wires.forEach((_, i) => {
      this.given[i] = given[i];
    });
    this.wires.forEach(({ ports }, i) => {
      this.had[i] = ports.map((port) => this.at(port));
    });
  }
}
