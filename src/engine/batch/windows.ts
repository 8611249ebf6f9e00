import { floorTime, makeColumn, takeRows, TidemarkError, TIMESTAMP, type Column } from '../../model';
import { type WindowAggregate } from '../../sql/plan';
import { PIECE, sorted, type Pieces } from '../pieces';
import { type KeyTable } from '../state/keys';
import { PairIndex } from '../state/pairs';
import { slotsOf } from '../state/room';
import { lastOf, windowsAt, type Grid } from '../stream/windows';
import { spend } from './allowance';
import { lazily, upTo } from './chunk';
import { bucketSort, GroupStates, keysInOrder, ranks, resultColumns } from './groups';
import { type Finished } from './operator';

/** A few seconds' work. */
const MOST_MERGES = 200_000_000;

/** Spans of time by dense number, in order of first sight. */
export class Spans {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** By end, then start: what ends together is little. */
  private readonly numbers = new Map<number, { start: number; number: number }[]>();

  numberOf(start: number, end: number): number {
    let ofEnd = this.numbers.get(end);
    if (!ofEnd) this.numbers.set(end, (ofEnd = []));
    const found = ofEnd.find((one) => one.start === start);
    if (found) return found.number;
    const number = this.starts.length;
    this.starts.push(start);
    this.ends.push(end);
    ofEnd.push({ start, number });
    return number;
  }
}

/**
 * Cuts time into slices and numbers them. Rows come mostly in order of time, and around the edge of a slice from both
 * sides of it, so the last slice met is tried first and then the one before.
 */
export class Slicer {
  readonly slices = new Spans();
  /** The last slice met, [start, end), and its number. */
  start = 0;
  end = 0;
  number = -1;
  private before = -1;

  constructor(
    private readonly size: number,
    private readonly offset: number,
  ) {}

  /** `numbers[i]` becomes the number of the slice that row i is in. */
  assign({ data, valid }: Column, from: number, to: number, numbers: Int32Array): void {
    if (valid !== null) refuseNullTime(valid, from, to);
    for (let i = from; i < to; i += 1) {
      const time = data[i];
      this.turnTo(time);
      numbers[i] = this.number;
    }
  }

  /** Makes the slice of a time the last one met. */
  turnTo(time: number): void {
    if (time >= this.start && time < this.end) return;
    const { slices, before } = this;
    this.before = this.number;
    if (before >= 0 && time >= slices.starts[before] && time < slices.ends[before]) this.number = before;
    else {
      const start = floorTime(time, this.size, this.offset);
      this.number = slices.numberOf(start, start + this.size);
    }
    this.start = slices.starts[this.number];
    this.end = slices.ends[this.number];
  }
}

export function refuseNullTime(valid: Uint8Array, from: number, to: number): void {
  if (!valid.subarray(from, to).includes(0)) return;
  throw new TidemarkError({ what: 'a row has no event time', hint: 'Filter on IS NOT NULL first.' });
}

/** Groups of (key, span of time). */
export interface SpanGroups {
  /** Key id and span number by group. */
  pairs: PairIndex;
  spans: Spans;
  states: GroupStates;
}

/**
 * Puts (key, slice) groups together into (key, window) groups (S2.3), so that each row is added once. Where slides leave
 * gaps, slices may be in no window.
 */
export function* mergeIntoWindows({ pairs, spans, states }: SpanGroups, grid: Grid): Pieces<SpanGroups> {
  const { layout } = states;
  const merged: SpanGroups = { pairs: new PairIndex(), spans: new Spans(), states: new GroupStates(layout) };
  refuseManyMerges(pairs.size, grid);
  const merges = pairs.size * Math.ceil(grid.size / grid.slide);
  spend(merges + slotsOf(merges, layout) / 8, 'GROUP BY');
  let work = 0;
  for (let id = 0; id < pairs.size; id += 1) {
    for (const [start, end] of windowsAt(grid, spans.starts[pairs.rights[id]])) {
      const group = merged.pairs.numberOf(pairs.lefts[id], merged.spans.numberOf(start, end));
      merged.states.reserve(merged.pairs.size);
      layout.merge(merged.states.state, group * layout.stride, states.state, id * layout.stride);
      work += layout.stride;
      if (work < PIECE) continue;
      work = 0;
      yield;
    }
  }
  return merged;
}

function refuseManyMerges(groups: number, { size, slide, grows }: Grid): void {
  const merges = groups * Math.ceil(size / slide);
  if (merges <= MOST_MERGES) return;
  throw new TidemarkError({
    what: 'too much work for overlapping windows',
    where: grows ? 'CUMULATE' : 'HOP',
    expected: `at most ${MOST_MERGES} merges of slices into windows`,
    found: String(merges),
    hint: 'Use a longer slide, shorter windows, fewer keys, or filter first.',
  });
}

/** The rows of finished windows, in order of window (end, then start), then key. */
export function* windowRows(
  plan: WindowAggregate,
  keyTable: KeyTable,
  { pairs, spans, states }: SpanGroups,
): Pieces<Finished> {
  const order = yield* groupsInOrder(pairs, spans, keyTable);
  const keyIds = new Int32Array(order.length);
  const start = makeColumn(TIMESTAMP, order.length);
  const end = makeColumn(TIMESTAMP, order.length);
  const time = makeColumn(TIMESTAMP, order.length);
  for (let row = 0; row < order.length; row += 1) {
    const span = pairs.rights[order[row]];
    keyIds[row] = pairs.lefts[order[row]];
    start.data[row] = spans.starts[span];
    end.data[row] = spans.ends[span];
    time.data[row] = lastOf(spans.ends[span]);
  }
  const columns = [
    ...takeRows(keyTable.table, keyIds).columns,
    start,
    end,
    time,
    ...(yield* resultColumns(plan, states, order)),
  ];
  const origin = lazily(() => ({
    id0: new Float64Array(keyIds),
    id1: start.data as Float64Array,
    id2: end.data as Float64Array,
    append: null,
  }));
  return { table: { schema: plan.schema, columns, length: order.length }, origin };
}

/** Two stable sorts by small numbers: by place of the key, then by place of the window. */
function* groupsInOrder(pairs: PairIndex, { starts, ends }: Spans, keys: KeyTable): Pieces<Int32Array> {
  const keyRank = ranks(yield* keysInOrder(keys));
  const spanRank = ranks(yield* sorted(upTo(starts.length), (a, b) => ends[a] - ends[b] || starts[a] - starts[b]));
  const byKey = bucketSort(upTo(pairs.size), pairs.lefts, keyRank);
  return bucketSort(byKey, pairs.rights, spanRank);
}
