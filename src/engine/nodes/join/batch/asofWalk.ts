import { columnView, type Column } from '../../../../model';
import { type AsOfJoin, type TemporalJoin } from '../../../../sql/plan';
import { type KeyTable } from '../../../state/keys';
import { CHUNK_ROWS } from '../../../batch/chunk';
import { forgetNulls, keyTableOf, Pairs, type Side } from './sides';
import { ascends } from '../../../batch/order';

/** One side of the walk. */
interface Walked {
  side: Side;
  time: Column;
}

/**
 * Pairs each left row with the last right row of its key before it, or at its time if that counts, where both sides come
 * in the order of their times, as most do: they are walked through once, and keys are numbered on the way, chunk by
 * chunk, so that nothing but pairs is written down for a row. Null where a side does not come so, or `match` looks ahead.
 */
export function walkInStep(
  plan: AsOfJoin | TemporalJoin,
  match: AsOfJoin['match'],
  left: Walked,
  right: Walked,
): Pairs | null {
  const looksBack = match === '<' || match === '<=';
  if (!looksBack || left.time.valid !== null || right.time.valid !== null) return null;
  const keys = keyTableOf(plan);
  const { nullSafe } = plan;
  const lefts = new KeyedRows(left, keys, nullSafe);
  const rights = new KeyedRows(right, keys, nullSafe);
  const walk = new Walk(lefts, rights, match === '<=' ? 0 : 1);
  while (walk.left < lefts.length) {
    if (walk.left === lefts.end) lefts.read();
    if (walk.right === rights.end && rights.end < rights.length) rights.read();
    walk.reserveKeys(keys.size);
    if (!walk.run()) return null;
  }
  // What is behind the last left row decides nothing, unless it is out of order.
  return ascends(rights.time, walk.right) ? walk.pairs : null;
}

/** Rows of one side, of which one chunk has its key ids. */
class KeyedRows {
  readonly time: Float64Array;
  readonly length: number;
  /** Key ids of rows [begin, end), from 0 on; -1 for a key that equals nothing. */
  readonly ids = new Int32Array(CHUNK_ROWS);
  begin = 0;
  end = 0;
  private readonly columns: Column[];

  constructor(
    { side, time }: Walked,
    private readonly keys: KeyTable,
    private readonly nullSafe: boolean,
  ) {
    this.time = time.data as Float64Array;
    this.length = side.table.length;
    this.columns = side.keyColumns;
  }

  /** Goes on to the next chunk. */
  read(): void {
    const { ids, end: begin } = this;
    const end = Math.min(this.length, begin + CHUNK_ROWS);
    const columns = this.columns.map((column) => columnView(column, begin, end));
    this.keys.intern(columns, 0, end - begin, ids);
    if (!this.nullSafe) for (const column of columns) forgetNulls(column, ids.subarray(0, end - begin));
    this.begin = begin;
    this.end = end;
  }
}

/** Where the walk stands on both sides. */
class Walk {
  left = 0;
  right = 0;
  readonly pairs: Pairs;
  /** By key: the last right row so far, or -1. */
  private last = new Int32Array(1_024).fill(-1);

  constructor(
    private readonly lefts: KeyedRows,
    private readonly rights: KeyedRows,
    private readonly shift: number,
  ) {
    this.pairs = new Pairs(new Int32Array(lefts.length), new Int32Array(lefts.length));
  }

  reserveKeys(keys: number): void {
    const { last } = this;
    if (keys <= last.length) return;
    this.last = new Int32Array(2 * keys).fill(-1, last.length);
    this.last.set(last);
  }

  /**
   * Goes on to the end of the left chunk, or to a row that needs to see more than the right chunk. False where a time is
   * before the one in front of it, or, as more than their place decides between right rows of one time (S9.6), at it.
   */
  run(): boolean {
    const { lefts, rights, last, shift, pairs } = this;
    const { time: leftTime, ids: leftIds, begin: leftBegin, end: leftEnd } = lefts;
    const { time: rightTime, ids: rightIds, begin: rightBegin, end: rightEnd } = rights;
    const { lefts: pairLefts, rights: pairRights } = pairs;
    const isWhole = rightEnd === rights.length;
    let { left, right } = this;
    let leftBefore = left === 0 ? -Infinity : leftTime[left - 1];
    let rightBefore = right === 0 ? -Infinity : rightTime[right - 1];
    let count = pairs.length;
    for (; left < leftEnd; left += 1) {
      const now = leftTime[left];
      if (!(now >= leftBefore)) return false;
      leftBefore = now;
      const until = now - shift;
      for (; right < rightEnd; right += 1) {
        const since = rightTime[right];
        if (!(since > rightBefore)) return false;
        if (since > until) break;
        rightBefore = since;
        const key = rightIds[right - rightBegin];
        if (key >= 0) last[key] = right;
      }
      if (right === rightEnd && !isWhole) break;
      const key = leftIds[left - leftBegin];
      const partner = key < 0 ? -1 : last[key];
      pairLefts[count] = left;
      pairRights[count] = partner;
      if (partner >= 0) count += 1;
    }
    this.left = left;
    this.right = right;
    pairs.length = count;
    return true;
  }
}
