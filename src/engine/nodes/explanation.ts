import {
  firstWhere,
  MIN_TIME,
  readValue,
  type Column,
  type ColumnBatch,
  type Nothing,
  type RowReason,
  type Value,
} from '../../model';
import { type Expression, type Plan } from '../../sql/plan';
import { compile } from '../expression';
import { type Policies } from '../profiles/policy';
import { type StreamOptions } from '../stream/options';
import { type NodeOf } from './kind';

/** A row among all that an operator or a topic has emitted. */
export interface RowAt {
  rows: ColumnBatch;
  row: number;
  /** The input that it left with. */
  input: number;
}

/** A row of a node's result, on the way back to the rows of the node's inputs. `side`: which input, 0 is the left one. */
export interface Trail extends RowAt {
  /** How many inputs the node has. */
  inputs: number;
  options: Pick<StreamOptions, 'edge' | 'hop'>;
  /** Every row of an input; `from`: the input number that each came with. */
  rowsOf(side: number): { rows: ColumnBatch; from: Int32Array };
  /** A row of an input is one that the result was made from. */
  follow(side: number, row: number): void;
  /** Follows the rows of an input that have a key, and belong. */
  followKey(
    side: number,
    keys: Expression[],
    key: readonly Value[],
    belongs: (row: number, from: number) => boolean,
  ): void;
  /** The values of expressions over all rows of an input. */
  columnsOf(keys: Expression[], rows: ColumnBatch): Column[];
  /** Numbers of the right rows that a join has joined to a left one at the input that the result's row left with. */
  joinedTo(left: number): number[];
  /** The input numbers whose rows the operator has dropped. */
  dropped(): Set<number>;
  /** Input numbers of what a window held when it fired last; null where the operator has no windows to look into. */
  firedWith(key: readonly Value[], start: number, end: number): ReadonlySet<number> | null;
}

/** A row that an operator was given on one of its inputs, and has not handed on. */
export interface AbsentRow extends RowAt {
  side: number;
  /** Whether the operator dropped it. */
  refused: boolean;
}

/** The moment at which it is asked why a row is absent. */
export interface Moment {
  watermark: number;
  policies: Policies;
  /** Whether the input of the run has ended. */
  ended: boolean;
}

/** What a node finds about a row that it has not handed on. */
export interface Verdict {
  reason: RowReason;
  /** The watermark that the row waits for; null: none. */
  goal: number | null;
  /** When a row on the other side would be its partner; null: none could be. */
  partner: number | null;
  /** Why nothing helps, where nothing does. */
  never: Nothing | null;
}

/** How a node explains its result. */
export interface Explanation<N extends Plan['node']> {
  /** Follows a row of the result to the rows that it was made from. What was dropped or evicted before is not among them. */
  contributors(node: NodeOf<N>, trail: Trail): void;
  /** Whether a row of the result, which came no earlier, was made from a row of input `side`. */
  isMadeFrom(node: NodeOf<N>, result: RowAt, row: RowAt, side: number): boolean;
  /** Why a row of an input is not in the result. */
  absent(node: NodeOf<N>, row: AbsentRow, moment: Moment): Verdict;
}

/** How the nodes of a family explain their results. */
export type ExplanationFamily = { readonly [N in Plan['node']]?: Explanation<N> };

/** Nothing helps, for the reason itself. */
export const final = (reason: RowReason): Verdict => ({
  reason,
  goal: null,
  partner: null,
  never: { because: 'reason', rule: reason.rule },
});

/** The row waits for the watermark. */
export const waiting = (rule: string, { watermark }: Moment, goal: number): Verdict => ({
  reason: { is: 'waits', rule, watermark: watermark === MIN_TIME ? null : watermark, needs: goal },
  goal,
  partner: null,
  never: { because: 'last watermark', rule: 'S1.1' },
});

/** A row that came in changed nothing (S13.2). */
export const unchanged = (): Verdict => final({ is: 'unchanged', rule: 'S13.2' });

export const isSameRow = (a: RowAt, b: RowAt): boolean => {
  const [x, y] = [a.rows, b.rows];
  return x.id0[a.row] === y.id0[b.row] && x.id1[a.row] === y.id1[b.row] && x.id2[a.row] === y.id2[b.row];
};

/** Whether the columns of a row are those of a result from its column `first` on. */
export function hasValues({ rows, row }: RowAt, result: RowAt, first = 0): boolean {
  const width = Math.min(rows.columns.length, result.rows.columns.length - first);
  for (let i = 0; i < width; i += 1)
    if (readValue(rows.columns[i], row) !== readValue(result.rows.columns[first + i], result.row)) return false;
  return width > 0;
}

/** Follows the rows of an input with the same input number whose identity is that of the result's row. */
export function followSame(trail: Trail, side: number, isIt: (above: RowAt) => boolean): void {
  const { rows, from } = trail.rowsOf(side);
  // Rows are in the order of the inputs that they left with.
  const first = firstWhere(0, rows.length, (row) => from[row] >= trail.input);
  for (let row = first; row < rows.length && from[row] === trail.input; row += 1)
    if (isIt({ rows, row, input: trail.input })) trail.follow(side, row);
}

/** Follows the last row of an input whose values the result's row has from its column `first` on. */
export function followValues(trail: Trail, side: number, first: number): void {
  const { rows, from } = trail.rowsOf(side);
  for (let row = rows.length - 1; row >= 0; row -= 1) {
    if (from[row] <= trail.input && hasValues({ rows, row, input: from[row] }, trail, first))
      return trail.follow(side, row);
  }
}

/** The value of an expression for one row. */
export const valueOf = (expression: Expression, { rows, row }: RowAt): Value =>
  readValue(compile(expression, rows.schema)(rows, row, row + 1), row);
