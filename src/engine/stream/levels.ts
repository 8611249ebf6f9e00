import { addTime, MAX_TIME, MIN_TIME, type ColumnBatch } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { topicsBelow, type Port, type Wire } from './build';
import { type Feed } from './feed';
import { type RowRange } from './operator';
import { type Source } from './source';
import { WatermarkValve } from './watermarks/valve';

/**
 * Watermarks on their way through the wires: of each wire, the least of what its ports have (S1.4); behind a wire, that
 * less what its operator holds back (S8.4). They never fall (S1.3). A port is idle where everything below it is.
 */
export class Levels {
  /** Watermark that each wire was given last, and whether everything below it is idle. */
  readonly given: number[];
  private readonly idle: boolean[];
  /** Of each wire with two ports or more, what merges their watermarks. */
  private readonly valves: (WatermarkValve | null)[];
  /** Watermarks of rows on their way into a wire with two ports. */
  private readonly scratch: Float64Array[][];
  /** Of a range of several topics: its first input, and by wire the watermark that stands in front of each input. */
  private first = 0;
  private readonly lines: Float64Array[];
  /** Topics that each wire descends from. */
  private readonly below: Set<number>[];

  constructor(
    private readonly wires: Wire[],
    private readonly sourceOf: (Source | null)[],
  ) {
    this.given = wires.map(() => MIN_TIME);
    this.idle = wires.map(() => false);
    // A port without a watermark does not count: requests are answered at once.
    this.valves = wires.map(({ ports }) => {
      const timed = ports.filter((port) => port.timed).length;
      return timed > 1 ? new WatermarkValve(timed) : null;
    });
    this.scratch = wires.map(({ ports }) => ports.map(() => new Float64Array(0)));
    this.lines = wires.map(() => new Float64Array(0));
    this.below = topicsBelow(wires);
  }

  private at({ wire, topic }: Port): number {
    if (wire < 0) return this.sourceOf[topic]!.watermarks.current;
    return addTime(this.given[wire], -(this.wires[wire].operator.hold ?? 0));
  }

  private isIdle({ wire, topic }: Port): boolean {
    return wire < 0 ? this.sourceOf[topic]!.watermarks.idle : this.idle[wire];
  }

  /** Takes in what the ports of wire `i` have; true where its watermark grew. */
  move(i: number): boolean {
    const { ports } = this.wires[i];
    const before = this.given[i];
    const valve = this.valves[i];
    if (!valve) {
      const at = this.at(ports[0]);
      if (at > before) this.given[i] = at;
      this.idle[i] = this.isIdle(ports[0]);
      return at > before;
    }
    for (let port = 0; port < ports.length; port += 1) {
      valve.hear(port, this.at(ports[port]), this.isIdle(ports[port]));
    }
    this.given[i] = valve.current;
    this.idle[i] = valve.idle;
    return valve.current > before;
  }

  /**
   * Rows of port `port` with the watermark that they meet at wire `i`: what holds the other ports may be less than what
   * stood at their own. All events of a range come on one port, so the others stand still; other wires may read the same
   * batch, so it is left as it is.
   */
  meet(i: number, port: number, batch: ColumnBatch, from: number, to: number): ColumnBatch {
    const valve = this.valves[i];
    if (!valve) return batch;
    const others = valve.least(port);
    const given = this.given[i];
    const scratch = this.room(i, port, to);
    const { watermark } = batch;
    for (let row = from; row < to; row += 1) {
      const least = watermark[row] < others ? watermark[row] : others;
      scratch[row] = least > given ? least : given;
    }
    return { ...batch, watermark: scratch };
  }

  private room(i: number, port: number, rows: number): Float64Array {
    const { [port]: scratch } = this.scratch[i];
    if (scratch.length >= rows) return scratch;
    return (this.scratch[i][port] = new Float64Array(Math.max(rows, 2 * scratch.length)));
  }

  /** Before a range of several topics, inputs [from, to): which watermark stands in front of each, at wires that merge. */
  draw({ topics, topic, row }: Feed, from: number, to: number): void {
    this.first = from;
    this.valves.forEach((valve, i) => {
      if (valve === null) return;
      if (this.lines[i].length < to - from) this.lines[i] = new Float64Array(2 * (to - from));
      const line = this.lines[i];
      const watermarks = topics.map(({ batch }, at) => (this.below[i].has(at) ? batch.watermark : null));
      let least = MAX_TIME;
      for (const at of this.below[i]) least = Math.min(least, this.sourceOf[at]!.watermarks.current);
      // Backwards watermarks only fall: the least of all sources is the least seen so far.
      for (let input = to - 1; input >= from; input -= 1) {
        const watermark = watermarks[topic[input]];
        if (watermark !== null && watermark[row[input]] < least) least = watermark[row[input]];
        line[input - from] = least;
      }
    });
  }

  /** Like `meet`, in a range of several topics. */
  meetMixed(i: number, port: number, { batch, from, to }: RowRange): RowRange {
    const line = this.lines[i];
    const given = this.given[i];
    const scratch = this.room(i, port, to);
    const { input } = batch;
    for (let row = from; row < to; row += 1) {
      const least = line[input[row] - this.first];
      scratch[row] = least > given ? least : given;
    }
    return { batch: { ...batch, watermark: scratch }, from, to };
  }

  /** What leaves a wire that holds its watermark back has that watermark, and not the one it met inside. */
  leave(i: number, from: number): void {
    const { out, hold } = this.wires[i].operator;
    if (!hold) return;
    for (let row = from; row < out.length; row += 1) out.watermark[row] = addTime(out.watermark[row], -hold);
  }

  /** The watermark of topic `moving` at which some operator has something to do, or one below it. */
  due(moving: number): number {
    /** Per wire: the most that it can have however far the topic gets, and how far it is behind the topic. */
    const most: number[] = [];
    const behind: number[] = [];
    let due = MAX_TIME;
    for (let i = 0; i < this.wires.length; i += 1) {
      const { operator, ports } = this.wires[i];
      const valve = this.valves[i];
      most[i] = MAX_TIME;
      behind[i] = MAX_TIME;
      for (let port = 0; port < ports.length; port += 1) {
        const { wire, topic, timed } = ports[port];
        if (!timed) continue;
        const below = wire < 0 ? (topic === moving ? 0 : MAX_TIME) : behind[wire];
        if (below < MAX_TIME) {
          behind[i] = Math.min(behind[i], addTime(below, wire < 0 ? 0 : (this.wires[wire].operator.hold ?? 0)));
          if (wire >= 0) most[i] = Math.min(most[i], most[wire]);
        } else if (valve) most[i] = Math.min(most[i], valve.only(port));
      }
      const own = operator.due(this.given[i]);
      // What waits for another input cannot be woken by this one.
      if (behind[i] < MAX_TIME && own <= most[i]) due = Math.min(due, addTime(own, behind[i]));
    }
    return due;
  }

  save(writer: StateWriter): void {
    writer.floats(Float64Array.from(this.given));
    writer.floats(Float64Array.from(this.idle, Number));
    for (const valve of this.valves) valve?.save(writer);
  }

  restore(reader: StateReader): void {
    reader.floats().forEach((watermark, i) => {
      this.given[i] = watermark;
    });
    reader.floats().forEach((idle, i) => {
      this.idle[i] = idle === 1;
    });
    for (const valve of this.valves) valve?.restore(reader);
  }
}
