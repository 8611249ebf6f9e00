import { DELETE, INSERT, reserveBatch, UPDATE_AFTER, UPDATE_BEFORE, type Timing } from '../../model';
import { type Aggregate, type WindowAggregate } from '../../sql/plan';
import { type AggregateLayout } from '../aggregates';
import { type KeyTable } from '../state/keys';
import { copyRows } from '../stream/rows';
import { RowsByWindow } from './rowsByWindow';
import { type WindowStore } from './store';
import { WindowRows } from './windowRows';

/** How a new pane takes back an old one: by a −U with its values, by standing under the same key, or not at all. */
export type TakesBack = 'by value' | 'by key' | 'never';

/** One pane of window `slot`, ready to be emitted. */
export interface Pane {
  slot: number;
  timing: Timing;
  /** From 0, for each window; a session that has just become another starts again (S3.5). */
  index: number;
  /** No pane of the window will come after it. */
  last: boolean;
  /** Event time of the row. */
  time: number;
  watermark: number;
  input: number;
}

/**
 * Writes panes as rows, and remembers what was written where it must be taken back: old values first, under the bounds
 * that they were emitted with, then the new one, in one step (S6.3).
 */
export class PaneRows {
  readonly out: WindowRows['out'];
  /** What each window has emitted and would take back. The kind is that of the row which takes it back. */
  readonly shown: RowsByWindow;
  private readonly writer: WindowRows;

  constructor(
    plan: WindowAggregate | Aggregate,
    private readonly layout: AggregateLayout,
    keys: KeyTable,
    private readonly windows: WindowStore,
    private readonly takesBack: TakesBack,
    hasOwnTime: boolean,
  ) {
    this.writer = new WindowRows(plan, layout, keys.table, hasOwnTime);
    this.out = this.writer.out;
    this.shown = new RowsByWindow(plan.schema, windows);
  }

  write({ slot, time, watermark, input }: Pane): void {
    const { out, shown, windows, takesBack } = this;
    const { kind } = shown.batch;
    let again = false;
    for (const at of shown.slotsOf(slot)) {
      if (takesBack === 'by value' || kind[at] === DELETE) this.takeBack(at, windows.key[slot], watermark, input);
      if (kind[at] === UPDATE_BEFORE) again = true;
    }
    const [key, start, end] = [windows.key[slot], windows.start[slot], windows.end[slot]];
    const base = slot * this.layout.stride;
    this.writer.writeOne(windows.state, base, key, start, end, again ? UPDATE_AFTER : INSERT, watermark, input, time);
    if (takesBack === 'never') return;
    shown.empty(slot);
    const at = shown.put(out, out.length - 1);
    shown.batch.kind[at] = UPDATE_BEFORE;
    // The id of a key means nothing to another process.
    shown.batch.id0[at] = 0;
    shown.append(slot, at);
  }

  private takeBack(at: number, key: number, watermark: number, input: number): void {
    const { out, shown } = this;
    reserveBatch(out, out.length + 1);
    copyRows(shown.batch, at, at + 1, out);
    const row = out.length - 1;
    out.id0[row] = key;
    out.watermark[row] = watermark;
    out.input[row] = input;
  }

  /** What a window that is part of another now has shown is the other's to take back. */
  merge(into: number, from: number): void {
    const { shown } = this;
    const { id1, id2 } = shown.batch;
    this.replace(from);
    shown.merge(into, from);
    shown.slotsOf(into).sort((a, b) => id1[a] - id1[b] || id2[a] - id2[b]);
  }

  /** The next pane deletes what the window has emitted: its bounds are others, or are given anew. */
  replace(slot: number): void {
    for (const at of this.shown.slotsOf(slot)) this.shown.batch.kind[at] = DELETE;
  }
}
