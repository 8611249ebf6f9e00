import { type Timing, type Value } from '../../src/model';
import { type Pane, type PaneObserver } from '../../src/engine/nodes/window/paneRows';

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
export class PaneLog implements PaneObserver {
  private readonly panes: PaneInfo[] = [];
  private readonly contents: Value[][][] = [];
  /** Panes of each window that were not early. */
  private readonly counts = new Map<string, number>();
  private latest: Pane | null = null;

  constructor(readonly keepsRows = false) {}

  note(row: number, pane: Pane, contents: Value[][]): void {
    this.contents[row] = contents;
    const { timing, index, last } = pane;
    const isEarly = timing === 'early';
    const window = `${pane.key} ${pane.start} ${pane.end}`;
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

  /** The input rows in the pane, in order of arrival; none where the operator keeps only sums. */
  rowsOf(row: number): Value[][] {
    return this.contents[row];
  }
}
