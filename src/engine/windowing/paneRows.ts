import {
  DELETE,
  INSERT,
  readValue,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  writeValue,
  type ColumnType,
  type Timing,
  type Value,
} from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { EntryReader, EntryWriter } from '../../sim/entries';
import { type Aggregate, type WindowAggregate } from '../../sql/plan';
import { type AggregateLayout } from '../aggregates';
import { lastOf } from '../grid';
import { type KeyTable } from '../state/keys';
import { type Store } from '../state/store';
import { type WindowStore } from './store';
import { WindowRows } from './windowRows';
import { type OutputTimestamp } from '../stream/options';

/** What a window has emitted and would take back: the results of one pane, under the bounds it had then. */
interface Shown {
  start: number;
  end: number;
  time: number;
  results: Value[];
  /** Deleted even where the window keeps its bounds. */
  isReplaced?: boolean;
}

/** How a new pane takes back an old one: by a −U with its values, by standing under the same key, or not at all. */
export type TakesBack = 'by value' | 'by key' | 'never';

/** One pane, ready to be emitted. */
export interface Pane {
  timing: Timing;
  /** From 0, for each window; a session that has just become another starts again (S3.5). */
  index: number;
  /** No pane of the window will come after it. */
  last: boolean;
  slot: number;
  key: number;
  start: number;
  end: number;
  /** Event time of the row. */
  time: number;
  /** Where its sums are. */
  state: Float64Array;
  base: number;
  watermark: number;
  input: number;
}

/**
 * Writes panes as rows, and remembers what was written where it must be taken back: old values first, under the bounds
 * that they were emitted with, then the new one, in one step (S6.3).
 */
export class PaneRows implements Store {
  readonly rows = 0;
  private readonly writer: WindowRows;
  private readonly results: number;
  /** By slot; only where values are taken back. */
  private shown: Shown[][] = [];

  constructor(
    plan: WindowAggregate | Aggregate,
    layout: AggregateLayout,
    keys: KeyTable,
    private readonly windows: WindowStore,
    private readonly takesBack: TakesBack,
    hasOwnTime: boolean,
  ) {
    this.writer = new WindowRows(plan, layout, keys.table, hasOwnTime);
    this.results = plan.schema.length - plan.aggregates.length;
  }

  get out(): WindowRows['out'] {
    return this.writer.out;
  }

  write(pane: Pane): void {
    const { out } = this;
    const { slot, start, end } = pane;
    const before = this.shown[slot] ?? [];
    for (const one of before) {
      const moved = one.isReplaced || one.start !== start || one.end !== end;
      if (!moved && this.takesBack === 'by key') continue;
      this.append(pane, one.start, one.end, moved ? DELETE : UPDATE_BEFORE, one.time);
      this.fill(one.results);
    }
    const again = before.some((one) => !one.isReplaced && one.start === start && one.end === end);
    this.append(pane, start, end, again ? UPDATE_AFTER : INSERT, pane.time);
    if (this.takesBack === 'never') return;
    const results = out.columns.slice(this.results).map((column) => readValue(column, out.length - 1));
    this.shown[slot] = [{ start, end, time: pane.time, results }];
  }

  private append(pane: Pane, start: number, end: number, kind: number, time: number): void {
    const { state, base, key, watermark, input } = pane;
    this.writer.writeOne(state, base, key, start, end, kind, watermark, input, time);
  }

  /** Writes old results over the ones of the last row. */
  private fill(results: Value[]): void {
    const { out } = this;
    results.forEach((value, i) => writeValue(out.columns[this.results + i], out.length - 1, value));
  }

  /** What a window that is part of another now has shown is the other's to take back. */
  merge(into: number, from: number): void {
    if (!this.shown[from]?.length) return;
    this.shown[into] = [...(this.shown[into] ?? []), ...this.shown[from]].sort(
      (a, b) => a.start - b.start || a.end - b.end,
    );
    this.forget(from);
  }

  /** The next pane deletes what the window has emitted, also where its bounds stay. */
  replace(slot: number): void {
    for (const one of this.shown[slot] ?? []) one.isReplaced = true;
  }

  forget(slot: number): void {
    if (this.shown[slot]) this.shown[slot] = [];
  }

  writeFrame(writer: StateWriter): void {
    writer.number(this.shown.length);
    const entry = new EntryWriter();
    for (let slot = 0; slot < this.shown.length; slot += 1) this.writeShown(slot, entry);
    writer.small(entry.finish());
  }

  readFrame(reader: StateReader): void {
    this.shown = [];
    const slots = reader.number();
    const entry = new EntryReader(reader.small());
    for (let slot = 0; slot < slots; slot += 1) this.readShown(slot, entry);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    if (this.takesBack !== 'never') this.windows.each((key, slot) => this.writeShown(slot, entry(key)));
  }

  readEntry(key: number, entry: EntryReader): void {
    for (const slot of this.windows.inOrder(key)) this.readShown(slot, entry);
  }

  private writeShown(slot: number, entry: EntryWriter): void {
    const list = this.shown[slot] ?? [];
    entry.number(list.length);
    for (const { start, end, time, results, isReplaced = false } of list) {
      for (const value of [start, end, time]) entry.number(value);
      entry.flag(isReplaced);
      for (const value of results) {
        entry.flag(value !== null);
        if (typeof value === 'string') entry.text(value);
        else if (value !== null) entry.number(Number(value));
      }
    }
  }

  private readShown(slot: number, entry: EntryReader): void {
    const columns = this.out.columns.slice(this.results);
    this.shown[slot] = Array.from({ length: entry.number() }, () => ({
      start: entry.number(),
      end: entry.number(),
      time: entry.number(),
      isReplaced: entry.flag(),
      results: columns.map(({ type }) => readResult(entry, type)),
    }));
  }
}

function readResult(entry: EntryReader, { name }: ColumnType): Value {
  if (!entry.flag()) return null;
  if (name === 'STRING') return entry.text();
  return name === 'BOOLEAN' ? entry.number() === 1 : entry.number();
}

/** `earliest` and `latest` go over the pane's rows that were not late; where there is none, the end of the window says it. */
export function timeOfPane(rule: OutputTimestamp, end: number, earliest: number, latest: number): number {
  if (rule === 'end-of-window' || latest < earliest) return lastOf(end);
  return rule === 'earliest' ? earliest : latest;
}
