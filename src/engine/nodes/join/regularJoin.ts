import {
  adds,
  BIGINT,
  DELETE,
  field,
  MAX_TIME,
  PURGES,
  UPDATE_AFTER,
  type ColumnBatch,
  type Purge,
} from '../../../model';
import { type RegularJoin } from '../../../sql/plan';
import { JoinKeys } from './joinKeys';
import { Residual } from './pairRows';
import { type Context, type KeyedState, type Operator, type Pairing } from '../../stream/operator';
import { JoinChanges } from './regularJoinChanges';
import { RegularJoinSide } from './regularJoinSide';

const LEFT = 0;
const RIGHT = 1;
const NONE = -1;

/** How long each side is kept after its last write, in ms of processing time; null: forever. */
export interface JoinTtl {
  left: number | null;
  right: number | null;
}

/**
 * A regular join: every row meets every row of the other side with its key, however far apart they come. So both sides
 * are kept forever, or for a time to live (S11.3), and both may take rows back.
 *
 * A row that stands alone in an outer join stands with nulls; that is withdrawn with its first partner and restored
 * when the last one is taken back (S13.5). A semi join shows a left row while it has a partner, an anti join while it
 * has none. Duplicates multiply: each row is held by itself, and taking one back takes one.
 *
 * Changes are said as Flink says them: pairs of an inner join have the kind of the row that made them, all else is +I
 * and −D. A +U with the identity of a held row (no −U before it: an upsert) replaces that row. What the time to live
 * has let go is never returned; a partner that expires takes nothing back, so results may stay that a full join would
 * not have, and a row that is taken back after it expired withdraws the pairs with partners that are still there.
 */
export class RegularJoinOperator implements Operator {
  readonly name = 'join';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly keys: JoinKeys;
  private readonly sides: [RegularJoinSide, RegularJoinSide];
  private readonly changes: JoinChanges;
  private readonly residual: Residual | null;

  constructor(
    plan: RegularJoin,
    readonly title: string,
    ttl: JoinTtl,
    private readonly context: Context,
  ) {
    const { left, right, kind, where } = plan;
    const { state } = context;
    this.keys = new JoinKeys(plan, state);
    const leftCounts = kind !== 'inner' && kind !== 'right';
    this.sides = [
      state.add(new RegularJoinSide(left.schema, leftCounts, ttl.left, state.numbers())),
      state.add(new RegularJoinSide(right.schema, kind === 'right' || kind === 'full', ttl.right, state.numbers())),
    ];
    this.changes = new JoinChanges(plan.schema, kind, this.sides);
    this.out = this.changes.out;
    this.residual = where && new Residual(where, this.sides[LEFT].store, this.sides[RIGHT].store);
    state.derived(() => {
      for (const side of this.sides) side.reserveKeys(this.keys.size);
    });
    this.state = state.show([field('left rows', BIGINT), field('right rows', BIGINT)], (visit) => {
      for (let key = 0; key < this.keys.size; key += 1) {
        const counts = this.counts(key);
        if (counts[LEFT] + counts[RIGHT] > 0) visit(key, 0, 0, counts);
      }
    });
  }

  get pairing(): Pairing {
    const [left, right] = this.sides;
    return { kind: 'ever', alone: [left.isCounted && this.changes.showsAlone(0), right.isCounted] };
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    const ids = this.keys.find(batch, from, to, port);
    for (const side of this.sides) side.reserveKeys(this.keys.size);
    const own = this.sides[port];
    const slots = own.put(batch, from, to, ids);
    const { context } = this;
    this.changes.begin(batch);
    for (let row = from; row < to; row += 1) {
      const now = context.clock(batch.input[row]);
      const key = ids[row];
      this.expire(now, batch.input[row]);
      if (adds(batch.kind[row])) this.add(port, slots[row], row, batch, now);
      else {
        this.takeBack(port, slots[row], row, batch, now);
        context.trace?.add('state written', context.number, batch.input[row], key, 0, 0, -1, this.counts(key));
      }
    }
    this.changes.flush();
  }

  /** A regular join does not know time: rows are joined as they come. */
  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  tick(now: number, input: number): void {
    if (now === MAX_TIME) return;
    this.expire(now, input);
  }

  alarm(): number {
    return Math.min(...this.sides.map(({ ttl }) => ttl?.alarm() ?? MAX_TIME));
  }

  get isClocked(): boolean {
    return this.sides.some(({ ttl }) => ttl !== null);
  }

  private expire(now: number, input: number): void {
    for (const side of this.sides) {
      side.ttl?.expire(now, (slot) => {
        side.drop(slot);
        this.tracePurge(side, slot, input, 'expired');
      });
    }
  }

  private add(port: number, slot: number, row: number, batch: ColumnBatch, now: number): void {
    const kind = batch.kind[row];
    const input = batch.input[row];
    const own = this.sides[port];
    const other = this.sides[1 - port];
    const { changes } = this;
    if (!own.isCounted && !this.keys.matches(own.store.key[slot])) {
      own.store.free(slot);
      this.traceRow(port, slot, input, false);
      return;
    }
    const replaced = kind === UPDATE_AFTER ? own.sameIdentity(slot) : NONE;
    const before = replaced < 0 ? NOBODY : this.partners(port, replaced);
    const partners = this.partners(port, slot);
    if (replaced >= 0) {
      own.store.number[slot] = own.store.number[replaced];
      const stood = own.isCounted && changes.showsAlone(own.store.mark[replaced]);
      if (stood && !changes.showsAlone(partners.length)) changes.alone(port, replaced, row, DELETE);
      for (const partner of before)
        if (!partners.includes(partner)) this.part(port, replaced, partner, row, DELETE, now);
      own.drop(replaced);
      this.tracePurge(own, replaced, input, 'taken back');
    }
    if (own.isCounted) {
      own.store.mark[slot] = partners.length;
      if (changes.showsAlone(partners.length)) changes.alone(port, slot, row, kind);
    }
    own.append(slot, now);
    this.traceRow(port, slot, input, true);
    for (const partner of partners) {
      // With an upsert the pair may stand already: then it only gets new values.
      const isNew = !before.includes(partner);
      if (other.isCounted) {
        if (isNew && other.store.mark[partner] === 0) changes.met(1 - port, partner, row);
        other.met(partner, isNew ? 1 : 0, now);
      }
      changes.pair(port, slot, partner, row, kind);
      this.tracePair(port === LEFT ? slot : partner, port === LEFT ? partner : slot, input);
    }
  }

  private takeBack(port: number, slot: number, row: number, batch: ColumnBatch, now: number): void {
    const kind = batch.kind[row];
    const own = this.sides[port];
    const { changes } = this;
    const held = own.find(slot);
    const partners = this.partners(port, slot);
    if (held >= 0) {
      own.store.number[slot] = own.store.number[held];
      own.store.mark[slot] = own.store.mark[held];
      own.drop(held);
      this.tracePurge(own, held, batch.input[row], 'taken back');
    } else own.store.mark[slot] = partners.length;
    if (own.isCounted && changes.showsAlone(own.store.mark[slot])) changes.alone(port, slot, row, kind);
    for (const partner of partners) this.part(port, slot, partner, row, kind, now);
    own.store.free(slot);
  }

  /** A pair is taken back. */
  private part(port: number, slot: number, partner: number, row: number, kind: number, now: number): void {
    const other = this.sides[1 - port];
    // A row that came after its partner had expired never met it.
    if (other.isCounted && other.store.mark[partner] === 0) return;
    this.changes.pair(port, slot, partner, row, kind);
    if (!other.isCounted) return;
    other.met(partner, -1, now);
    if (other.store.mark[partner] === 0) this.changes.left(1 - port, partner, row);
  }

  /** The rows of the other side that match the one in `slot`, as they came. */
  private partners(port: number, slot: number): Int32Array {
    const key = this.sides[port].store.key[slot];
    const other = this.sides[1 - port];
    const count = other.count[key];
    if (count === 0 || !this.keys.matches(key)) return NOBODY;
    const found = new Int32Array(count);
    other.rowsOf(key, found);
    if (this.residual === null) return found;
    const beside = new Int32Array(count).fill(slot);
    const held = port === LEFT ? this.residual.of(beside, found, count) : this.residual.of(found, beside, count);
    return found.filter((_, i) => held[i] === 1);
  }

  /** The row in `slot` has come; behind what its key remembers stand its time and its number, where it is held. */
  private traceRow(port: number, slot: number, input: number, isHeld: boolean): void {
    const { trace, number } = this.context;
    if (trace === null) return;
    const { key, time, number: numbers } = this.sides[port].store;
    const counts = this.counts(key[slot]);
    const values = isHeld ? [...counts, time[slot], numbers[slot]] : counts;
    trace.add('state written', number, input, key[slot], 0, 0, isHeld ? port : NONE, values);
  }

  private tracePair(left: number, right: number, input: number): void {
    const { trace, number } = this.context;
    if (trace === null) return;
    const [lefts, rights] = [this.sides[LEFT].store, this.sides[RIGHT].store];
    const numbers = [lefts.number[left], rights.number[right]];
    trace.add('pair joined', number, input, lefts.key[left], lefts.time[left], rights.time[right], -1, numbers);
  }

  private tracePurge(side: RegularJoinSide, slot: number, input: number, because: Purge): void {
    const { trace, number } = this.context;
    if (trace === null) return;
    const { key, time, number: numbers } = side.store;
    const port = side === this.sides[LEFT] ? LEFT : RIGHT;
    const why = [numbers[slot], PURGES.indexOf(because)];
    trace.add('row purged', number, input, key[slot], time[slot], time[slot], port, why);
  }

  private counts(key: number): [left: number, right: number] {
    return [this.sides[LEFT].count[key], this.sides[RIGHT].count[key]];
  }
}

const NOBODY = new Int32Array(0);
