import { readRow, type Timing, type Value } from '../../src/model';
import { type Aggregate, type WindowAggregate } from '../../src/sql/plan';
import { type Pane } from '../../src/engine/windowing/paneRows';
import { type WindowSettings } from '../../src/engine/nodes/aggregate/windowFiring';
import { WindowOperator } from '../../src/engine/nodes/aggregate/windowOperator';
import { type Context } from '../../src/engine/stream/operator';
import { type Evictor } from '../../src/engine/stream/options';

/** Which pane of its window an emitted row is (S4.10). */
export interface PaneInfo {
  timing: Timing;
  /** From 0, for each window; a session that has just become another starts again (S3.5). */
  index: number;
  /** The same without the early ones; -1 for an early one. */
  nonSpeculative: number;
  first: boolean;
  /** No pane of the window will come after it. */
  last: boolean;
}

/** What is known of the rows of `out` as panes: entry i is about row i. */
export class PaneLog {
  private readonly panes: PaneInfo[] = [];
  private readonly contents: Value[][][] = [];
  /** Panes of each window that were not early. */
  private readonly counts = new Map<string, number>();
  private latest: Pane | null = null;

  /** `keepsRows`: the rows of each pane are kept too. */
  constructor(readonly keepsRows = false) {}

  /** `window`: its key and bounds. */
  note(row: number, pane: Pane, window: string, contents: Value[][]): void {
    this.contents[row] = contents;
    const { timing, index, last } = pane;
    const isEarly = timing === 'early';
    // A pane has one row for each value that it takes back, and one for its own.
    if (pane !== this.latest) {
      const before = index === 0 ? 0 : (this.counts.get(window) ?? 0);
      this.counts.set(window, before + (isEarly ? 0 : 1));
    }
    this.latest = pane;
    const nonSpeculative = isEarly ? -1 : this.counts.get(window)! - 1;
    this.panes[row] = { timing, index, last, nonSpeculative, first: index === 0 };
  }

  of(row: number): PaneInfo {
    return this.panes[row];
  }

  /** The input rows in the pane, in order of arrival. */
  rowsOf(row: number): Value[][] {
    return this.contents[row];
  }
}

export interface Logged extends WindowSettings {
  log: PaneLog | null;
  /** Triggers are asked at the end of a bundle, as Beam does, and not after each row. */
  bundles: boolean;
}

const KEEPS_ALL: Evictor = { type: 'count', keep: Number.MAX_SAFE_INTEGER, when: 'after' };

/** The window operator with a log of its panes and of what it refuses. */
export class LoggedWindows extends WindowOperator {
  /** (row, window) pairs that were refused: too late, or the window had closed. */
  refused = 0;
  /** Windows that rows have entered since the last bundle. */
  private readonly touched = new Set<number>();

  constructor(
    plan: WindowAggregate | Aggregate,
    private readonly logged: Logged,
    context: Context,
  ) {
    const { log, evictor } = logged;
    super(plan, { ...logged, evictor: evictor ?? (log?.keepsRows ? KEEPS_ALL : null) }, context);
    const { rows, kept, store } = this.firing;
    const write = rows.write.bind(rows);
    rows.write = (pane) => {
      const from = rows.out.length;
      const contents = kept?.slotsOf(pane.slot).map((slot) => readRow(kept.batch, slot)) ?? [];
      write(pane);
      const window = `${store.key[pane.slot]} ${store.start[pane.slot]} ${store.end[pane.slot]}`;
      for (let row = from; row < rows.out.length; row += 1) log?.note(row, pane, window, contents);
    };
  }

  /** Asks the triggers of the windows that rows have entered since the last time, by their ends. */
  endBundle(input: number): void {
    const { store } = this.firing;
    const live = store.live().filter((slot) => this.touched.has(slot));
    this.touched.clear();
    for (const slot of live.sort((a, b) => store.end[a] - store.end[b] || store.order[a] - store.order[b]))
      super.settle(slot, input);
  }

  protected override settle(slot: number, input: number): void {
    if (this.logged.bundles) this.touched.add(slot);
    else super.settle(slot, input);
  }

  protected override enter(key: number, start: number, end: number, input: number): number {
    const slot = super.enter(key, start, end, input);
    if (slot < 0) this.refused += 1;
    return slot;
  }
}
