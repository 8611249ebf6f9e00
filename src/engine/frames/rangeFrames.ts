import { aggregateOf } from '../../aggregates';
import { makeTable, MIN_TIME, reserve, type Column, type ColumnBatch, type Table } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateCall, type Edge, type Expression, type Plan } from '../../sql/plan';
import { inputsOf } from '../../sql/walk';
import { type AggregateLayout } from '../aggregates';
import { whole, type Pieces } from '../pieces';
import { type Context } from '../stream/operator';
import { endOfPeers, firstLater, piecesOf, type Frames } from './frames';
import { KeyedSlots, oneRow } from '../state/slots';
import { type StateValue, type Store } from '../state/store';
import { Timers } from '../state/timers';
import { FrameRing } from './ring';
import { rollSums } from './rollSums';

/** Links of a key's record, once rows are chained: its newest row, and the newest that has gone. */
const LAST = 0;
const GONE = 1;

/** The timers of late rows belong to no key. */
const NO_KEY = 0;

/**
 * Frames of a span of time. Answers come in time order, so one cursor over the rows of all keys takes out whatever has
 * become too old for the newest answer: at any moment each key's aggregate is that of its frame at that time.
 *
 * Only a row accepted behind newer answers (S7.4) needs an older frame. Rows of one key are answered in time order
 * all the same, so from the newest that has gone, links lead back to those that its frame still holds: they are added,
 * and taken back once it is answered. It is out of order in the ring, so it leaves by a list of its own. Rows are
 * chained from the first such row on: most inputs never have one.
 *
 * A checkpoint has the rows alone: aggregates are those of the rows in the frame of the newest answer, and a row that
 * came late takes its place by time.
 */
export class RangeFrames implements Frames, Store {
  readonly records: KeyedSlots;
  private readonly ring: FrameRing;
  /** When rows that were answered behind newer ones leave their frames: by their own time, with their numbers. */
  private readonly late = new Timers();
  /** A row leaves when it is more than this many ms older than the newest answer; -1: a row is not even in its own frame. */
  private readonly keep: number;
  private readonly exclusive: boolean;
  private readonly fused: boolean;
  /** Rows of a piece. */
  private readonly piece: number;
  /** Time of the newest answer. */
  private readonly newest: StateValue;
  /** Rows of a checkpoint, by key, until all have been read. */
  private restored: { rows: Table; time: number[]; key: number[] };
  private answers = new Float64Array(0);
  private places = new Int32Array(0);

  constructor(
    private readonly layout: AggregateLayout,
    calls: AggregateCall[],
    { schema, timeColumn }: Plan,
    private readonly results: Column[],
    private readonly span: number,
    edge: Edge,
    private readonly context: Context,
  ) {
    this.records = new KeyedSlots(layout, 2);
    this.ring = new FrameRing(schema, columnsUsed(calls, timeColumn));
    this.newest = context.state.value(MIN_TIME, 'max');
    this.restored = { rows: makeTable(schema), time: [], key: [] };
    context.state.add(this);
    this.piece = piecesOf(layout);
    this.keep = edge === 'open-left' ? span - 1 : span;
    this.exclusive = edge === 'open-right';
    this.fused = layout.soleSum >= 0 && !this.exclusive && this.keep >= 0 && !context.trace;
  }

  get rows(): number {
    return this.ring.head - this.ring.tail - this.ring.skipped + this.late.size;
  }

  *answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): Pieces {
    this.reserve(to - from, out.time[from]);
    if (out.time[from] < this.newest.value) {
      yield* this.answerBehind(out, keys, from, to, input);
      return;
    }
    const column = this.fused ? out.columns[this.layout.soleSum] : null;
    for (let row = from; row < to;) {
      if (column !== null && column.valid === null) row = this.roll(out, keys, row, to);
      else row = yield* this.answerPeers(out, keys, row, to, input);
    }
    this.newest.value = out.time[to - 1];
  }

  private reserve(count: number, now: number): void {
    this.ring.reserve(count, this.newest.value - 2 * this.span, now);
    if (this.places.length >= count) return;
    const size = Math.max(count, this.places.length * 2, 256);
    this.answers = new Float64Array(size * 2);
    this.places = Int32Array.from({ length: size }, (_, i) => 2 * i);
  }

  /** All at once, up to the first row at whose time one of the late rows leaves. */
  private roll(out: ColumnBatch, keys: Int32Array, from: number, to: number): number {
    const { ring, records, late, keep } = this;
    // Of one key the rows must go in their order: what the cursor takes comes before what is late.
    if (late.size > 0) whole(this.expire(out.time[from] - keep, -1));
    const values = ring.table.columns[this.layout.soleSum].data as Float64Array;
    const end = firstLater(out.time, from, to, late.next + keep);
    const { head, tail } = ring;
    ring.pushAll(out, from, end, keys, records.width);
    rollSums(records.slots, ring, values, head, keep, this.answers);
    if (ring.isChained) this.chain(head, tail);
    this.layout.results(this.answers, this.places, end - from, this.results, from);
    return end;
  }

  /** Rows of one time, from `from` on; answers where they end. */
  private *answerPeers(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): Pieces<number> {
    const now = out.time[from];
    const { width } = this.records;
    const end = endOfPeers(out.time, from, to);
    yield* this.expire(now - this.keep, input);
    if (this.exclusive) yield* this.answerRows(keys, from, end);
    for (let row = from; row < end; row += 1) {
      this.enter(out, row, keys[row] * width, input);
      if (row % this.piece === 0) yield;
    }
    if (this.keep < 0) yield* this.expire(now - this.keep, input);
    if (!this.exclusive) yield* this.answerRows(keys, from, end);
    return end;
  }

  private *answerRows(keys: Int32Array, from: number, to: number): Pieces {
    const { slots, width } = this.records;
    for (let row = from; row < to; row += 1) {
      this.layout.result(slots, keys[row] * width, this.results, row);
      if (row % this.piece === 0) yield;
    }
  }

  private enter(out: ColumnBatch, row: number, base: number, input: number): void {
    this.push(out, row, base, base);
    this.add(out, row, base);
    this.traceState(base, input);
  }

  /** Puts a row behind the others of its key; `owner` is its base as the cursor should see it. */
  private push(out: ColumnBatch, row: number, base: number, owner: number): number {
    const { ring, records, layout } = this;
    const number = ring.push(out, row, out.time[row], owner);
    records.slots[base + layout.stride] = out.time[row];
    if (ring.isChained) this.chain(number, ring.tail);
    return number;
  }

  /** Links rows from `entered` on to those before them of their keys; rows [left, tail) have gone. */
  private chain(entered: number, left: number): void {
    const { ring, records } = this;
    const { links } = records;
    for (let number = entered; number < ring.head; number += 1) {
      const last = records.linksAt(ring.owner(number)) + LAST;
      ring.before[number & ring.mask] = links[last];
      links[last] = number;
    }
    for (let number = left; number < ring.tail; number += 1) {
      if (ring.base[number & ring.mask] >= 0) this.pass(number, ring.base[number & ring.mask]);
    }
  }

  /** A row of the key at `base` has gone. */
  private pass(number: number, base: number): void {
    const { links } = this.records;
    const gone = this.records.linksAt(base) + GONE;
    if (number > links[gone]) links[gone] = number;
  }

  private add(out: ColumnBatch, row: number, base: number): void {
    this.layout.add(this.records.slots, oneRow(base, row), out, row, row + 1);
  }

  /** Takes out everything from before `least`. */
  private *expire(least: number, input: number): Pieces {
    const { ring } = this;
    while (ring.tail < ring.head && ring.time[ring.tail & ring.mask] < least) {
      const number = ring.tail;
      const base = ring.base[number & ring.mask];
      ring.tail += 1;
      if (base < 0) ring.skipped -= 1;
      else this.leave(number, base, input);
      if (number % this.piece === 0) yield;
    }
    // Times are whole ms.
    this.late.advance(least - 1, (_, number) => this.leave(number, ring.owner(number), input));
  }

  private leave(number: number, base: number, input: number): void {
    if (this.ring.isChained) this.pass(number, base);
    this.remove(number, base);
    this.traceState(base, input);
  }

  private remove(number: number, base: number): void {
    const at = number & this.ring.mask;
    this.layout.remove(this.records.slots, oneRow(base, at), this.ring.table, at, at + 1);
  }

  /** Adds rows of a key from number `last` back, for as long as `holds` says; returns the number it stopped at. */
  private addBack(base: number, last: number, holds: (number: number) => boolean): number {
    const { ring, layout } = this;
    let number = last;
    for (; number >= ring.start && holds(number); number = ring.before[number & ring.mask]) {
      const at = number & ring.mask;
      layout.add(this.records.slots, oneRow(base, at), ring.table, at, at + 1);
    }
    return number;
  }

  /** Whether what a frame of that time holds is still there: rows are kept for two spans behind the newest answer. */
  reaches(time: number): boolean {
    return time >= this.newest.value - this.span;
  }

  /** Rows of one time that are older than the newest answer, and newer than the last of their own keys. */
  private *answerBehind(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): Pieces {
    const { ring, late, keep, records } = this;
    const { links, width } = records;
    if (!ring.isChained) {
      ring.makeChains();
      this.chain(ring.start, ring.start);
    }
    const time = out.time[from];
    const seesItself = !this.exclusive && keep >= 0;
    const stays = time >= this.newest.value - keep;
    /** Of each key, its newest row that had gone and the one before the oldest that is back for now. */
    const returned = new Map<number, { gone: number; stopped: number }>();
    const numbers: number[] = [];
    for (let row = from; row < to; row += 1) {
      const base = keys[row] * width;
      if (!returned.has(base)) {
        const gone = links[records.linksAt(base) + GONE];
        const stopped = this.addBack(base, gone, (number) => ring.time[number & ring.mask] >= time - keep);
        returned.set(base, { gone, stopped });
        if (stopped !== gone && !seesItself) this.traceState(base, input);
      }
      numbers.push(this.push(out, row, base, ~base));
      ring.skipped += 1;
      if (!seesItself) continue;
      this.add(out, row, base);
      this.traceState(base, input);
    }
    yield* this.answerRows(keys, from, to);
    // The states go back to the frames of the newest answer.
    for (const [base, { gone, stopped }] of returned) {
      for (let old = gone; old !== stopped; old = ring.before[old & ring.mask]) this.remove(old, base);
    }
    for (let row = from; row < to; row += 1) {
      const base = keys[row] * width;
      const number = numbers[row - from];
      if (stays) late.add(NO_KEY, number, time);
      else this.pass(number, base);
      if (stays && !seesItself) this.add(out, row, base);
      if (!stays && seesItself) this.remove(number, base);
      const { gone, stopped } = returned.get(base)!;
      if (stopped !== gone || stays !== seesItself) this.traceState(base, input);
    }
  }

  private traceState(base: number, input: number): void {
    const { written } = this.context;
    if (!written) return;
    const key = base / this.records.width;
    const time = this.records.timeOf(key);
    written(input, key, this.records.values(key), time, time);
  }

  writeFrame(writer: StateWriter): void {
    const { records, ring } = this;
    ring.drop(this.newest.value - 2 * this.span);
    for (const store of [records, ring, this.late]) store.writeFrame(writer);
  }

  readFrame(reader: StateReader): void {
    for (const store of [this.records, this.ring, this.late]) store.readFrame(reader);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    const { records, ring } = this;
    records.eachWritten((key) => entry(key).number(records.timeOf(key)));
    const least = this.newest.value - 2 * this.span;
    ring.drop(least);
    for (let number = ring.start; number < ring.head; number += 1) {
      const at = number & ring.mask;
      // A row that was late may be too old, and still stand after one that is not.
      if (ring.time[at] < least) continue;
      const writer = entry(ring.owner(number) / records.width);
      writer.number(ring.time[at]);
      for (const i of ring.used) writer.value(ring.table.columns[i], at);
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    const { records, restored, ring } = this;
    records.reserve(key + 1);
    records.slots[key * records.width + this.layout.stride] = entry.number();
    const { rows } = restored;
    for (; !entry.finished; rows.length += 1) {
      reserve(rows, rows.length + 1);
      restored.time.push(entry.number());
      restored.key.push(key);
      for (const i of ring.used) entry.value(rows.columns[i], rows.length);
    }
  }

  settle(): void {
    const { records, ring, keep } = this;
    const { rows, time, key } = this.restored;
    const order = time.map((_, row) => row).sort((a, b) => time[a] - time[b]);
    ring.reserve(order.length, MIN_TIME, this.newest.value);
    for (const row of order) {
      const base = key[row] * records.width;
      const number = ring.push(rows, row, time[row], base);
      if (time[row] < this.newest.value - keep) ring.tail = number + 1;
      else this.layout.add(records.slots, oneRow(base, row), rows, row, row + 1);
    }
    this.restored = { rows: makeTable(rows.schema), time: [], key: [] };
  }
}

/** Which columns the arguments and filters of the calls read, and the time where they go by it. */
function columnsUsed(calls: AggregateCall[], timeColumn: number): number[] {
  const used = new Set<number>();
  const visit = (one: Expression): void => {
    if (one.op === 'column') used.add(one.index);
    inputsOf(one).forEach(visit);
  };
  for (const { name, argument, filter } of calls) {
    if (aggregateOf(name).byTime) used.add(timeColumn);
    if (argument) visit(argument);
    if (filter) visit(filter);
  }
  return [...used].sort((a, b) => a - b);
}
