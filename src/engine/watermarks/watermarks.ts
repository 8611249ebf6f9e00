import { addTime, MAX_TIME, MIN_TIME, type ColumnBatch, type Duration } from '../../model';
import { StateReader, StateWriter } from '../../sim/bytes';
import { atLeastZero } from '../spans';
import { bounded, type Generator } from './generators';
import { IdlenessTimer, nextCheck } from './idleness';
import { WatermarkMux } from './mux';

export interface WatermarkSetup {
  partitions: number;
  /** Makes a generator for each partition, or one for the whole topic; those that wait ask how long. */
  make: (wait: () => Duration) => Generator[];
  /** Whether all generators are `bounded`: then many rows of one partition are handled in one loop. */
  isBounded: boolean;
  /** How long generators wait; null where none does. */
  wait: Duration | null;
  /** How often watermarks are sent out; 0: after every event (S1.11). */
  emitEvery: Duration;
  idle: Duration | null;
  /** Which splits this subtask of the source reads; default: all. */
  reads?: (split: number) => boolean;
  /** When the run begins, by the clock: from which a partition without a watermark is waited for. */
  begin: number;
  /** The clock at an input. */
  clock: (input: number) => number;
}

/** What one subtask of a source remembers. */
export interface SourceCheckpoint {
  /** By split, its offsets, watermark and generator; null for one that another subtask reads. */
  splits: (Uint8Array | null)[];
  /** The watermark that it has sent out, and when it sends the next. */
  sent: Uint8Array;
}

/**
 * The watermark of one topic: a generator per partition, over partitions the minimum (S1.2, S1.4, S1.9). A partition that
 * has had no event holds the minimum back, until it is idle (S1.8). It never falls (S1.3).
 *
 * The state is by split: a partition, or the whole topic where one generator has it all. So a source may have as many
 * subtasks as splits; a split that another subtask reads counts as idle here.
 */
export class Watermarks {
  /** Newest event time per partition. */
  readonly newest: Float64Array;
  /** How many events each partition has had. */
  readonly counts: Float64Array;
  private newestOfAll = MIN_TIME;
  private readonly generators: Generator[];
  private waits: Duration | null;
  private readonly mux: WatermarkMux;
  private readonly timers: IdlenessTimer[];
  /** Set by a reader's action: every generator that does not wait is replaced by one that does. */
  private changedWait: Duration | null = null;
  private readonly changed = bounded(() => this.changedWait!);
  /** When what has been put off is sent out. */
  private nextEmit = MAX_TIME;

  constructor(private readonly setup: WatermarkSetup) {
    if (setup.wait !== null) atLeastZero('the wait of the watermark', 'wait', setup.wait);
    this.newest = new Float64Array(setup.partitions).fill(MIN_TIME);
    this.counts = new Float64Array(setup.partitions);
    this.waits = setup.wait;
    this.generators = setup.make(() => this.waits!);
    this.mux = new WatermarkMux(this.generators.length);
    const { idle, begin, emitEvery } = setup;
    this.timers = idle === null ? [] : this.generators.map(() => new IdlenessTimer(idle));
    for (const timer of this.timers) timer.check(nextCheck(begin, emitEvery));
    this.generators.forEach((_, split) => {
      if (!this.reads(split)) this.mux.mark(split, true);
    });
  }

  private reads(split: number): boolean {
    return this.setup.reads?.(split) ?? true;
  }

  get current(): number {
    return this.mux.current;
  }

  /** Whether every partition is idle. */
  get idle(): boolean {
    return this.mux.idle;
  }

  /** Whether a partition may become idle. */
  get mayIdle(): boolean {
    return this.timers.length > 0;
  }

  /** Whether it ever has to be told the time. */
  get needsClock(): boolean {
    return this.setup.emitEvery > 0 || this.mayIdle || this.generators.some((one) => 'alarm' in one);
  }

  of(partition: number): number {
    return this.mux.watermarks[this.outputOf(partition)];
  }

  isIdleAt(partition: number): boolean {
    return this.mux.isIdleAt(this.outputOf(partition));
  }

  private outputOf(partition: number): number {
    return this.generators.length === 1 ? 0 : partition;
  }

  /** Bound on out-of-orderness from now on, ms: bounded watermarks take it over, any other becomes bounded. */
  set wait(wait: Duration) {
    atLeastZero('the wait of the watermark', 'wait', wait);
    if (this.waits !== null) this.waits = wait;
    else this.changedWait = wait;
  }

  /** Takes in one event; true where the topic's watermark moved. */
  see(partition: number, time: number, row: number, input: number): boolean {
    this.counts[partition] += 1;
    if (time > this.newest[partition]) this.newest[partition] = time;
    if (time > this.newestOfAll) this.newestOfAll = time;
    const { generators } = this;
    const { emitEvery, clock } = this.setup;
    const output = this.outputOf(partition);
    const newest = generators.length === 1 ? this.newestOfAll : this.newest[partition];
    const generator = this.changedWait === null ? generators[output] : this.changed;
    const now = clock(input);
    const claim = generator.see(time, newest, row, now);
    if (this.timers.length > 0) this.timers[output].activityAt(now, emitEvery);
    if (emitEvery === 0) return this.mux.set(output, claim);
    const wakes = this.mux.isIdleAt(output);
    if ((this.mux.put(output, claim) || wakes) && this.nextEmit === MAX_TIME) this.nextEmit = nextCheck(now, emitEvery);
    return false;
  }

  /**
   * Takes in rows of a batch from `from` on, up to `to` or behind the first that takes the watermark to `due`: fills in the
   * watermark that each meets. `base`: the row of the topic that is the batch's first. Returns where it stopped.
   */
  seeAll(batch: ColumnBatch, from: number, to: number, base: number, due = MAX_TIME): number {
    const { time, watermark, id1, input } = batch;
    const { partitions, isBounded, emitEvery } = this.setup;
    let end = from;
    if (partitions > 1 || !isBounded || emitEvery > 0 || this.mayIdle) {
      while (end < to) {
        const row = end;
        watermark[row] = this.current;
        end += 1;
        if (this.see(id1[row], time[row], base + row, input[row]) && this.current >= due) break;
      }
      return end;
    }
    let newest = this.newest[0];
    let { current } = this;
    const lag = this.waits! + 1;
    while (end < to) {
      const at = time[end];
      watermark[end] = current;
      end += 1;
      if (at <= newest) continue;
      newest = at;
      if (at - lag <= current) continue;
      current = at - lag;
      if (current >= due) break;
    }
    this.counts[0] += end - from;
    this.newest[0] = newest;
    this.newestOfAll = newest;
    this.mux.set(0, current);
    return end;
  }

  /** The clock time at which `tick` has something to do; MAX_TIME: not before another event. */
  alarm(): number {
    if (this.current === MAX_TIME) return MAX_TIME;
    let least = this.nextEmit;
    const { emitEvery } = this.setup;
    if (this.changedWait === null) {
      for (const generator of this.generators) if (generator.alarm) least = Math.min(least, generator.alarm());
    }
    this.timers.forEach((timer, output) => {
      if (!this.mux.isIdleAt(output)) least = Math.min(least, timer.idleAt(emitEvery));
    });
    return least;
  }

  /** The earliest clock time that `alarm` may name because of an event at `now` or later. */
  earliestTimer(now: number): number {
    const { emitEvery, idle } = this.setup;
    if (this.generators.some((one) => 'alarm' in one)) return now;
    const emitted = emitEvery > 0 ? nextCheck(now, emitEvery) : MAX_TIME;
    return idle === null ? emitted : Math.min(emitted, addTime(now, idle));
  }

  /**
   * The clock shows `now`; true where the topic's watermark moved. A partition that is held back does not fall idle: its
   * silence is not its own.
   */
  tick(now: number, isPaused: (partition: number) => boolean): boolean {
    if (this.current === MAX_TIME) return false;
    const { emitEvery } = this.setup;
    let moved = false;
    if (this.changedWait === null) {
      this.generators.forEach((generator, output) => {
        const claim = generator.tick?.(now) ?? MIN_TIME;
        if (claim > MIN_TIME && this.mux.set(output, claim)) moved = true;
      });
    }
    if (now >= this.nextEmit) {
      this.nextEmit = MAX_TIME;
      if (this.mux.combine()) moved = true;
    }
    this.timers.forEach((timer, output) => {
      if (this.mux.isIdleAt(output) || now < timer.idleAt(emitEvery)) return;
      if (isPaused(output)) timer.activityAt(now, emitEvery);
      else if (timer.check(now) && this.mux.mark(output, true)) moved = true;
    });
    return moved;
  }

  /** The end of the input: nothing can come any more. */
  finish(): void {
    this.mux.finish();
    this.nextEmit = MAX_TIME;
  }

  save(writer: StateWriter): void {
    this.saveSent(writer);
    this.generators.forEach((_, split) => this.saveSplit(writer, split));
  }

  restore(reader: StateReader): void {
    this.newestOfAll = MIN_TIME;
    this.restoreSent(reader);
    this.generators.forEach((_, split) => this.restoreSplit(reader, split));
  }

  /** The same for another process, which may have more or fewer subtasks. */
  checkpoint(): SourceCheckpoint {
    const written = (save: (writer: StateWriter) => void): Uint8Array => {
      const writer = new StateWriter();
      save(writer);
      return writer.finish();
    };
    return {
      splits: this.generators.map((_, split) =>
        this.reads(split) ? written((writer) => this.saveSplit(writer, split)) : null,
      ),
      sent: written((writer) => this.saveSent(writer)),
    };
  }

  /** The splits that this subtask reads, of those that several had: nothing has been read yet. */
  resume(checkpoints: readonly SourceCheckpoint[]): void {
    let current = MAX_TIME;
    let nextEmit = MAX_TIME;
    for (const { splits, sent } of checkpoints) {
      this.restoreSent(new StateReader(sent));
      if (!this.idle) current = Math.min(current, this.current);
      nextEmit = Math.min(nextEmit, this.nextEmit);
      splits.forEach((bytes, split) => {
        if (bytes !== null && this.reads(split)) this.restoreSplit(new StateReader(bytes), split);
      });
    }
    this.nextEmit = nextEmit;
    this.mux.current = current === MAX_TIME ? this.current : current;
    // What is put off stays so.
    if (nextEmit === MAX_TIME) this.mux.combine();
  }

  private saveSent(writer: StateWriter): void {
    writer.number(this.waits ?? -1);
    writer.number(this.changedWait ?? -1);
    writer.number(this.nextEmit);
    this.mux.save(writer);
  }

  private restoreSent(reader: StateReader): void {
    const given = (wait: number): number | null => (wait < 0 ? null : wait);
    this.waits = given(reader.number());
    this.changedWait = given(reader.number());
    this.nextEmit = reader.number();
    this.mux.restore(reader);
  }

  private saveSplit(writer: StateWriter, split: number): void {
    const [from, to] = this.partitionsOf(split);
    writer.floats(this.newest.slice(from, to));
    writer.floats(this.counts.slice(from, to));
    this.mux.saveOutput(writer, split);
    this.timers[split]?.save(writer);
    this.generators[split].save?.(writer);
  }

  private restoreSplit(reader: StateReader, split: number): void {
    const [from] = this.partitionsOf(split);
    const newest = reader.floats();
    this.newest.set(newest, from);
    this.newestOfAll = Math.max(this.newestOfAll, ...newest);
    this.counts.set(reader.floats(), from);
    this.mux.restoreOutput(reader, split);
    this.timers[split]?.restore(reader);
    this.generators[split].restore?.(reader);
  }

  private partitionsOf(split: number): [from: number, to: number] {
    return this.generators.length === 1 ? [0, this.setup.partitions] : [split, split + 1];
  }
}
