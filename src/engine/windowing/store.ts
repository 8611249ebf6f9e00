import { firstWhere, formatDuration, grown, TidemarkError } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateLayout } from '../aggregates';
import { MOST_SLOTS, slotsOf } from '../state/room';
import { type Store } from '../state/store';
import { type Span } from '../stream/windows';

/** Whether windows that only touch (the end of one is the start of the other) are one (S3.2). */
export type Touching = 'merge' | 'separate';

/** Whether two windows are one session. Also for windows of no length (S3.7). */
export const meet = ([start, end]: Span, [otherStart, otherEnd]: Span, touching: Touching): boolean =>
  touching === 'merge' ? start <= otherEnd && otherStart <= end : start < otherEnd && otherStart < end;

/** What a checkpoint has of a window beside its aggregates and its trigger. */
const VALUES = {
  floats: ['start', 'end', 'earliest', 'latest'],
  ints: ['sizes', 'pending', 'pane', 'timing', 'bornLate', 'closed', 'byTimer'],
} as const;
const FLOATS = [...VALUES.floats, 'order'] as const;
const INTS = [...VALUES.ints, 'key'] as const;
const SAVED = [...VALUES.floats, ...VALUES.ints];

/** No pane has been emitted. */
export const NO_PANE = -1;

/**
 * The windows of all keys, one by one: window `slot` of the columns below, with its aggregates at `slot * stride` of
 * `state` and its trigger at `slot * triggerSlots` of `trigger`. Slots are used again.
 */
export class WindowStore implements Store {
  start: Float64Array = new Float64Array(0);
  end: Float64Array = new Float64Array(0);
  /** Number of the window in order of opening. */
  order: Float64Array = new Float64Array(0);
  /** Least and largest event time of the pane's rows that were not late; Infinity where there is none. */
  earliest: Float64Array = new Float64Array(0);
  latest: Float64Array = new Float64Array(0);
  key: Int32Array = new Int32Array(0);
  /** Rows in the contents, and rows since the last pane. */
  sizes: Int32Array = new Int32Array(0);
  pending: Int32Array = new Int32Array(0);
  /** Index of the next pane. */
  pane: Int32Array = new Int32Array(0);
  /** Code of the last pane's timing, or NO_PANE. */
  timing: Int32Array = new Int32Array(0);
  /** 1: the window was opened behind its end. */
  bornLate: Int32Array = new Int32Array(0);
  /** 1: its trigger has finished (S4.8). */
  closed: Int32Array = new Int32Array(0);
  /** 1: an event timer was the last to ask its trigger, which may then wait for less than after an element. */
  byTimer: Int32Array = new Int32Array(0);
  state: Float64Array = new Float64Array(0);
  trigger: Float64Array = new Float64Array(0);
  /** Windows that hold rows. */
  filled = 0;
  private opened = 0;
  private capacity = 0;
  private free: number[] = [];
  /** Slots of each key, by end, then start. */
  private ofKey: number[][] = [];

  constructor(
    private readonly layout: AggregateLayout,
    readonly triggerSlots: number,
  ) {}

  get rows(): number {
    return this.filled;
  }

  /** The window of a key, or -1. */
  find(key: number, start: number, end: number): number {
    const slots = this.ofKey[key];
    if (slots === undefined) return -1;
    const at = this.placeOf(slots, start, end);
    return at < slots.length && this.start[slots[at]] === start && this.end[slots[at]] === end ? slots[at] : -1;
  }

  open(key: number, start: number, end: number): number {
    const slot = this.free.pop() ?? this.grow();
    this.start[slot] = start;
    this.end[slot] = end;
    this.key[slot] = key;
    this.order[slot] = this.opened;
    this.opened += 1;
    for (const name of ['sizes', 'pending', 'pane', 'bornLate', 'closed', 'byTimer'] as const) {
      this[name][slot] = 0;
    }
    this.timing[slot] = NO_PANE;
    this.forgetTimes(slot);
    this.layout.init(this.state, slot * this.layout.stride);
    this.list(slot);
    return slot;
  }

  /** Nothing of the pane's rows is known. */
  forgetTimes(slot: number): void {
    this.earliest[slot] = Infinity;
    this.latest[slot] = -Infinity;
  }

  /** Moves a session to other bounds. */
  move(slot: number, start: number, end: number): void {
    this.unlist(slot);
    this.start[slot] = start;
    this.end[slot] = end;
    this.list(slot);
  }

  /** Contents go, the window stays. */
  empty(slot: number): void {
    if (this.sizes[slot] > 0) this.filled -= 1;
    this.sizes[slot] = 0;
    this.layout.init(this.state, slot * this.layout.stride);
  }

  close(slot: number): void {
    this.empty(slot);
    this.unlist(slot);
    this.free.push(slot);
  }

  /** Counts a row into the contents and the pane. */
  count(slot: number, rows = 1, pending = rows): void {
    if (this.sizes[slot] === 0 && rows > 0) this.filled += 1;
    this.sizes[slot] += rows;
    this.pending[slot] += pending;
  }

  /** The sessions of a key that a window meets and whose triggers have not finished, by start. */
  meeting(key: number, start: number, end: number, touching: Touching): number[] {
    const slots = this.ofKey[key] ?? [];
    const met: number[] = [];
    for (let at = this.placeOf(slots, -Infinity, start); at < slots.length; at += 1) {
      const slot = slots[at];
      if (this.closed[slot] === 1) continue;
      // Open sessions of a key are disjoint: in order of their ends they are in order of their starts.
      if (this.start[slot] > end) break;
      if (meet([this.start[slot], this.end[slot]], [start, end], touching)) met.push(slot);
    }
    return met;
  }

  /** Live windows in canonical order: start, end, key. */
  live(): number[] {
    return this.ofKey
      .flat()
      .sort((a, b) => this.start[a] - this.start[b] || this.end[a] - this.end[b] || this.key[a] - this.key[b]);
  }

  /** First place in a key's list that is not before (end, start). */
  private placeOf(slots: number[], start: number, end: number): number {
    return firstWhere(0, slots.length, (at) => {
      const slot = slots[at];
      return this.end[slot] > end || (this.end[slot] === end && this.start[slot] >= start);
    });
  }

  private list(slot: number): void {
    const key = this.key[slot];
    while (this.ofKey.length <= key) this.ofKey.push([]);
    const slots = this.ofKey[key];
    slots.splice(this.placeOf(slots, this.start[slot], this.end[slot]), 0, slot);
  }

  private unlist(slot: number): void {
    const slots = this.ofKey[this.key[slot]];
    slots.splice(slots.indexOf(slot), 1);
  }

  private grow(): number {
    const before = this.capacity;
    const size = Math.max(64, before * 2);
    if (slotsOf(size, this.layout) + size * this.triggerSlots > MOST_SLOTS) {
      throw new TidemarkError({
        what: 'the windows need more memory than a page should take',
        where: 'window aggregate',
        found: `${before} open windows, the last one of ${formatDuration(this.end[before - 1] - this.start[before - 1])}`,
        hint: 'Use longer windows, a shorter allowed lateness, or fewer keys.',
      });
    }
    for (const name of FLOATS) this[name] = grown(this[name], size);
    for (const name of INTS) this[name] = grown(this[name], size);
    this.state = grown(this.state, size * this.layout.stride);
    this.trigger = grown(this.trigger, size * this.triggerSlots);
    this.capacity = size;
    for (let slot = size - 1; slot > before; slot -= 1) this.free.push(slot);
    return before;
  }

  writeFrame(writer: StateWriter): void {
    writer.number(this.capacity);
    writer.number(this.opened);
    writer.number(this.filled);
    for (const name of FLOATS) writer.floats(this[name]);
    for (const name of INTS) writer.ints(this[name]);
    writer.floats(this.state);
    writer.floats(this.trigger);
    writer.ints(Int32Array.from(this.free));
    writer.number(this.ofKey.length);
    for (const slots of this.ofKey) writer.ints(Int32Array.from(slots));
    this.layout.save(writer);
  }

  readFrame(reader: StateReader): void {
    this.capacity = reader.number();
    this.opened = reader.number();
    this.filled = reader.number();
    for (const name of FLOATS) this[name] = reader.floats();
    for (const name of INTS) this[name] = reader.ints();
    this.state = reader.floats();
    this.trigger = reader.floats();
    this.free = Array.from(reader.ints());
    this.ofKey = Array.from({ length: reader.number() }, () => Array.from(reader.ints()));
    this.layout.restore(reader);
  }

  /** The order in which windows were opened is among the names: timers of one time fire in it. */
  writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    const { layout, triggerSlots } = this;
    const places = new Map(this.opening().map((slot, place) => [slot, place]));
    this.each((key, slot) => {
      const writer = entry(key);
      names(key).number(places.get(slot)!);
      for (const name of SAVED) writer.number(this[name][slot]);
      layout.writeGroup(this.state, slot * layout.stride, writer);
      writer.numbers(this.trigger, slot * triggerSlots, triggerSlots);
    });
  }

  readEntry(key: number, entry: EntryReader, names: EntryReader): void {
    const { layout, triggerSlots } = this;
    while (!entry.finished) {
      const slot = this.open(key, entry.number(), entry.number());
      this.order[slot] = names.number();
      for (const name of SAVED.slice(2)) this[name][slot] = entry.number();
      if (this.sizes[slot] > 0) this.filled += 1;
      layout.fillGroup(this.state, slot * layout.stride, entry);
      entry.numbers(this.trigger, slot * triggerSlots, triggerSlots);
    }
  }

  /** All windows in the order in which they were opened. */
  private opening(): number[] {
    return this.ofKey.flat().sort((a, b) => this.order[a] - this.order[b]);
  }

  /** Visits the windows of each key in the order in which they were opened. */
  each(visit: (key: number, slot: number) => void): void {
    for (let key = 0; key < this.ofKey.length; key += 1) for (const slot of this.inOrder(key)) visit(key, slot);
  }

  /** The windows of a key in the order in which they were opened. */
  inOrder(key: number): number[] {
    return [...(this.ofKey[key] ?? [])].sort((a, b) => this.order[a] - this.order[b]);
  }
}
