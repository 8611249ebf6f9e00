import { TIMINGS, type Timing, type Value } from '../../../../model';

/** Code of a timing in steps and columns. */
export const timingCode = (timing: Timing): number => TIMINGS.indexOf(timing);

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

/** What is known of the rows of `out` as panes: entry i speaks of row i. */
export class PaneLog {
  private panes: PaneInfo[] = [];
  private contents: Value[][][] = [];

  note(row: number, pane: PaneInfo, rows: Value[][]): void {
    this.panes[row] = pane;
    this.contents[row] = rows;
  }

  of(row: number): PaneInfo {
    return this.panes[row];
  }

  /** The input rows in the pane, in order of arrival; none where the operator keeps only sums. */
  rowsOf(row: number): Value[][] {
    return this.contents[row];
  }
}
