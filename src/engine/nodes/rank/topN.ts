import {
  adds,
  BIGINT,
  DELETE,
  field,
  firstWhere,
  INSERT,
  makeBatch,
  MAX_TIME,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type ColumnBatch,
} from '../../../model';
import { type TopN } from '../../../sql/plan';
import { keyedResult } from '..';
import { compile, type Evaluator } from '../../expression';
import { comparerOf } from '../../ordering';
import { PIECE, Resumable, type Pieces } from '../../pieces';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { sameValue } from '../../stream/rows';
import { type ChangelogOptions } from '../aggregate/groupAggregate';
import { type KeyIds } from '../../state/keys';
import { type StateTtl } from '../../state/stateTtl';
import { type RowLists } from '../../state/rows';
import { emitRow } from '../../state/storedRows';

/**
 * The first rows of each partition. Rows that order equally stand in the order of S19: by event time, then as they
 * came; results of a GROUP BY by their key, so that an update does not change their place.
 *
 * Without rank a row enters (+I) and leaves (−D). With rank each place is a row of the result, and a row that moves
 * replaces what stood there (−U, +U). Where the input takes rows back all of it is remembered, since any row may move
 * up; else only the rows that are shown.
 */
export class TopNOperator implements Operator {
  readonly name = 'top n';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly keys: KeyIds;
  /** The rows of each partition, in order: the input's columns and those ordered by. */
  private readonly rows: RowLists;
  private readonly ttl: StateTtl;
  private readonly width: number;
  private readonly orderOf: Evaluator[];
  /** Where one row moves many, they are taken in pieces. */
  private readonly ranking: Resumable;

  constructor(
    private readonly plan: TopN,
    private readonly options: ChangelogOptions,
    private readonly context: Context,
  ) {
    this.ranking = new Resumable(context.mayGoOn);
    const { schema } = plan.input;
    this.width = schema.length;
    const { state } = context;
    this.keys = state.keys(plan.partitionBy, schema);
    this.orderOf = plan.orderBy.map(({ expression }) => compile(expression, schema));
    const ordering = plan.orderBy.map(({ expression }, i) => field(`order ${i + 1}`, expression.type, true));
    this.rows = state.rowLists([...schema, ...ordering]);
    this.ttl = state.ttl(options.ttl, this.forget);
    this.out = makeBatch(plan.schema);
    this.state = state.show([field('rows', BIGINT)], (visit) => {
      this.rows.lists.forEach((list, key) => {
        if (list.length > 0) visit(key, 0, 0, [list.length]);
      });
    });
  }

  get isPaused(): boolean {
    return this.ranking.isUnderWay;
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    this.ranking.goOn(() => this.takeRows(batch, from, to));
  }

  private *takeRows(batch: ColumnBatch, from: number, to: number): Pieces {
    const { out } = this;
    let written = out.length;
    const ids = this.keys.find(batch, from, to);
    const columns = [...batch.columns, ...this.orderOf.map((evaluate) => evaluate(batch, from, to))];
    const wide = { ...batch, columns };
    for (let row = from; row < to; row += 1) {
      if (this.ttl.canExpire) this.ttl.pass(this.context.clock(batch.input[row]));
      this.take(wide, row, ids[row]);
      if (out.length < written + PIECE) continue;
      written = out.length;
      yield;
    }
  }

  private take(batch: ColumnBatch, row: number, key: number): void {
    const { rows, plan, context, options } = this;
    const part = (rows.lists[key] ??= []);
    const slot = rows.put(batch, row);
    if (adds(batch.kind[row])) {
      const place = this.placeFor(part, slot);
      if (place >= plan.limit && !options.retracting) {
        rows.release(slot);
        return;
      }
      part.splice(place, 0, slot);
      this.entered(part, place, key, batch, row);
      if (!options.retracting && part.length > plan.limit) rows.release(part.pop()!);
    } else {
      const place = this.find(part, slot);
      rows.release(slot);
      if (place < 0) return;
      const [gone] = part.splice(place, 1);
      this.left(part, place, gone, key, batch, row);
      rows.release(gone);
    }
    this.ttl.write(key);
    context.written?.(batch.input[row], key, [part.length]);
  }

  /** A row stands at `place` now, and all behind it one further back. */
  private entered(part: number[], place: number, key: number, batch: ColumnBatch, row: number): void {
    const { limit, rank } = this.plan;
    if (place >= limit) return;
    if (rank === null) {
      if (part.length > limit) this.emit(part[limit], DELETE, -1, key, batch, row);
      this.emit(part[place], INSERT, -1, key, batch, row);
      return;
    }
    const last = Math.min(part.length, limit) - 1;
    for (let at = place; at <= last; at += 1) {
      if (at === part.length - 1) this.emit(part[at], INSERT, at, key, batch, row);
      else this.replace(part[at + 1], part[at], at, key, batch, row);
    }
  }

  /** The row `gone` stood at `place`, and all behind it have moved up. */
  private left(part: number[], place: number, gone: number, key: number, batch: ColumnBatch, row: number): void {
    const { limit, rank } = this.plan;
    if (place >= limit) return;
    if (rank === null) {
      this.emit(gone, DELETE, -1, key, batch, row);
      if (part.length >= limit) this.emit(part[limit - 1], INSERT, -1, key, batch, row);
      return;
    }
    const last = Math.min(part.length + 1, limit) - 1;
    for (let at = place; at <= last; at += 1) {
      const old = at === place ? gone : part[at - 1];
      if (at === part.length) this.emit(old, DELETE, at, key, batch, row);
      else this.replace(old, part[at], at, key, batch, row);
    }
  }

  private replace(old: number, fresh: number, at: number, key: number, batch: ColumnBatch, row: number): void {
    const columns = this.rows.batch.columns.slice(0, this.width);
    if (columns.every((column) => sameValue(column, old, column, fresh))) return;
    if (!this.options.upsert) this.emit(old, UPDATE_BEFORE, at, key, batch, row);
    this.emit(fresh, UPDATE_AFTER, at, key, batch, row);
  }

  /** `place`: from 0, or -1 where the result has no rank. */
  private emit(slot: number, kind: number, place: number, key: number, batch: ColumnBatch, row: number): void {
    const { out, width } = this;
    const { batch: rows } = this.rows;
    if (place < 0) {
      emitRow(rows, slot, width, out, kind, batch, row, rows.id0[slot], rows.id1[slot], rows.id2[slot]);
      return;
    }
    const at = emitRow(rows, slot, width, out, kind, batch, row, key, place + 1);
    out.columns[width].data[at] = place + 1;
  }

  /** The first place whose row orders behind `slot`. */
  private placeFor(part: number[], slot: number): number {
    const compare = this.comparer(true);
    return firstWhere(0, part.length, (at) => compare(part[at], slot) > 0);
  }

  /** Where the row is that `slot` takes back: the same identity, among those that order equally. */
  private find(part: number[], slot: number): number {
    const compare = this.comparer(false);
    const { id0, id1, id2 } = this.rows.batch;
    const first = firstWhere(0, part.length, (at) => compare(part[at], slot) >= 0);
    for (let at = first; at < part.length && compare(part[at], slot) === 0; at += 1) {
      const other = part[at];
      if (id0[other] === id0[slot] && id1[other] === id1[slot] && id2[other] === id2[slot]) return at;
    }
    return -1;
  }

  /** By the columns of ORDER BY, and with `ties` to the last difference. */
  private comparer(ties: boolean): (a: number, b: number) => number {
    const { batch: rows } = this.rows;
    const { orderBy, input } = this.plan;
    const columns = orderBy.map(({ descending }, i) => comparerOf(rows.columns[this.width + i], descending));
    const keyed = keyedResult(input);
    const timed = input.timeColumn >= 0;
    return (a, b) => {
      for (const compare of columns) {
        const order = compare(a, b);
        if (order !== 0) return order;
      }
      if (!ties) return 0;
      if (timed && rows.time[a] !== rows.time[b]) return rows.time[a] - rows.time[b];
      // The row that comes goes after its equals: they stay in order of arrival.
      if (!keyed) return 0;
      return rows.id0[a] - rows.id0[b] || rows.id1[a] - rows.id1[b] || rows.id2[a] - rows.id2[b];
    };
  }

  private readonly forget = (key: number): void => {
    for (const slot of this.rows.lists[key]) this.rows.release(slot);
    this.rows.lists[key] = [];
  };

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }
}
