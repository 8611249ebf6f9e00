import { grown, makeColumn, TidemarkError, type Column, type Schema, type Table } from '../../model';
import { type Aggregate, type Expression, type WindowAggregate } from '../../sql/plan';
import { type AggregateLayout } from '../aggregates';
import { KeyIds, keyFields, KeyTable } from '../state/keys';
import { comparerOf, inTurn } from '../ordering';
import { PIECE, sorted, type Pieces } from '../pieces';
import { slotsOf } from '../state/room';
import { mostSlots, spend } from './allowance';
import { upTo } from './chunk';

/** Results that are written in one go. */
const VALUES = 16 * PIECE;

/** Aggregate state of groups by number, all in one array that grows; what lies ahead is empty groups already. */
export class GroupStates {
  state = new Float64Array(0);
  private capacity = 0;

  constructor(readonly layout: AggregateLayout) {}

  /** Makes sure of the groups below `count`. */
  reserve(count: number): void {
    if (count > this.capacity) this.grow(count);
  }

  private grow(count: number): void {
    const { stride } = this.layout;
    if (count * stride > mostSlots()) {
      throw new TidemarkError({
        what: 'too many groups to hold at once',
        where: 'GROUP BY',
        expected: `at most ${Math.floor(mostSlots() / stride)} groups`,
        found: `${count} and more`,
        hint: 'Use fewer keys, longer windows, or filter first.',
      });
    }
    const before = this.capacity;
    this.capacity = Math.min(Math.floor(mostSlots() / stride), Math.max(count, before * 2, 256));
    // Collections take far longer to make than numbers.
    if (!this.layout.flat) spend(2 * slotsOf(this.capacity - before, this.layout), 'GROUP BY');
    this.state = grown(this.state, this.capacity * stride);
    for (let group = before; group < this.capacity; group += 1) this.layout.init(this.state, group * stride);
  }
}

/** The key of each row of a table, by dense id in order of first sight. */
export function keyIdsOf(keys: Expression[], schema: Schema, table: Table): KeyIds {
  const found = new KeyIds(keys, schema, new KeyTable(keyFields(keys)));
  found.find(table, 0, table.length);
  return found;
}

/** Key ids in the order of their values: null first, then numbers by size, texts by code point, column by column. */
export function* keysInOrder(keys: KeyTable): Pieces<Int32Array> {
  const { columns } = keys.table;
  const ids = upTo(keys.size);
  if (columns.length === 1 && columns[0].valid === null && columns[0].type.name !== 'STRING') {
    // Sorting numbers as numbers, without a comparison function, is ten times faster.
    const [column] = columns;
    const data = Float64Array.from(column.data.subarray(0, keys.size)).sort();
    keys.intern([{ ...column, data }], 0, keys.size, ids);
    return ids;
  }
  return yield* sorted(ids, inTurn([...columns.map((column) => comparerOf(column)), (a, b) => a - b]));
}

/** Sorts items by `rank[bucket[item]]`, keeping the order of equals. */
export function bucketSort(items: Int32Array, bucket: Int32Array, rank: Int32Array): Int32Array {
  const starts = new Int32Array(rank.length + 1);
  for (let i = 0; i < items.length; i += 1) starts[rank[bucket[items[i]]] + 1] += 1;
  for (let i = 0; i < rank.length; i += 1) starts[i + 1] += starts[i];
  const sorted = new Int32Array(items.length);
  for (let i = 0; i < items.length; i += 1) {
    const place = rank[bucket[items[i]]];
    sorted[starts[place]] = items[i];
    starts[place] += 1;
  }
  return sorted;
}

/** `rankOf[item]` is the place of `item` in `order`. */
export function ranks(order: Int32Array): Int32Array {
  const rankOf = new Int32Array(order.length);
  for (let place = 0; place < order.length; place += 1) rankOf[order[place]] = place;
  return rankOf;
}

/** One column per aggregate, a row per group. */
export function* resultColumns(
  plan: Aggregate | WindowAggregate,
  { state, layout }: GroupStates,
  groups: Int32Array,
): Pieces<Column[]> {
  const columns = plan.aggregates.map((call) => makeColumn(call.type, groups.length));
  const bases = groups.map((group) => group * layout.stride);
  const rows = Math.max(1, Math.floor(VALUES / (1 + columns.length)));
  for (let first = 0; first < bases.length; first += rows) {
    const some = bases.subarray(first, first + rows);
    layout.results(state, some, some.length, columns, first);
    yield;
  }
  return columns;
}
