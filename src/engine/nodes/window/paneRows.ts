import { DELETE, INSERT, readValue, UPDATE_AFTER, UPDATE_BEFORE, writeValue, type Value } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type Aggregate, type WindowAggregate } from '../../../sql/plan';
import { type AggregateLayout } from '../../aggregates';
import { lastOf } from '../../grid';
import { type KeyTable } from '../../state/keys';
import { PaneLog, type PaneInfo } from './windowing/pane';
import { WindowRows } from './windowRows';
import { type OutputTimestamp } from '../../stream/options';

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
export interface Pane extends PaneInfo {
  slot: number;
  key: number;
  start: number;
  end: number;
  /** Event time of the row. */
  time: number;
  /** Where its sums are. */
  state: Float64Array;
  base: number;
  /** Its rows, where they are kept. */
  rows: Value[][];
  watermark: number;
  input: number;
}

/**
 * Writes panes as rows, and remembers what was written where it must be taken back: old values first, under the bounds
 * that they were emitted with, then the new one, in one step (S6.3).
 */
export class PaneRows {
  readonly panes = new PaneLog();
  private readonly rows: WindowRows;
  private readonly results: number;
  /** By slot; only where values are taken back. */
  private shown: Shown[][] = [];

  constructor(
    plan: WindowAggregate | Aggregate,
    layout: AggregateLayout,
    keys: KeyTable,
    private readonly takesBack: TakesBack,
    hasOwnTime: boolean,
  ) {
    this.rows = new WindowRows(plan, layout, keys.table, hasOwnTime);
    this.results = plan.schema.length - plan.aggregates.length;
  }

  get out(): WindowRows['out'] {
    return this.rows.out;
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
    const { state, base, key, watermark, input, rows } = pane;
    this.rows.writeOne(state, base, key, start, end, kind, watermark, input, time);
    this.panes.note(this.out.length - 1, pane, rows);
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

  save(writer: StateWriter): void {
    writer.number(this.shown.length);
    for (let slot = 0; slot < this.shown.length; slot += 1) {
      const list = this.shown[slot] ?? [];
      writer.number(list.length);
      for (const { start, end, time, results } of list) {
        writer.number(start);
        writer.number(end);
        writer.number(time);
        for (const value of results) writeOne(writer, value);
      }
    }
  }

  restore(reader: StateReader): void {
    const count = this.out.columns.length - this.results;
    this.shown = Array.from({ length: reader.number() }, () =>
      Array.from({ length: reader.number() }, () => ({
        start: reader.number(),
        end: reader.number(),
        time: reader.number(),
        results: Array.from({ length: count }, () => readOne(reader)),
      })),
    );
  }
}

/** Null, number, boolean and text by a number in front. */
function writeOne(writer: StateWriter, value: Value): void {
  writer.number(value === null ? 0 : typeof value === 'number' ? 1 : typeof value === 'boolean' ? 2 : 3);
  if (typeof value === 'string') writer.text(value);
  else if (value !== null) writer.number(Number(value));
}

function readOne(reader: StateReader): Value {
  const type = reader.number();
  if (type === 0) return null;
  if (type === 3) return reader.text();
  return type === 2 ? reader.number() === 1 : reader.number();
}

/** `earliest` and `latest` go over the pane's rows that were not late; where there is none, the end of the window says it. */
export function timeOfPane(rule: OutputTimestamp, end: number, earliest: number, latest: number): number {
  if (rule === 'end-of-window' || latest < earliest) return lastOf(end);
  return rule === 'earliest' ? earliest : latest;
}
