import {
  adds,
  BIGINT,
  DELETE,
  field,
  INSERT,
  makeBatch,
  MAX_TIME,
  PURGES,
  UPDATE_AFTER,
  type ColumnBatch,
  type Purge,
  type Schema,
} from '../../../model';
import { type RegularJoin } from '../../../sql/plan';
import { JoinOutput, Residual } from './joinOutput';
import { JoinState } from './joinState';
import { PIECE, Resumable, type Pieces } from '../../pieces';
import { KeyedRows } from '../../state/rows';
import { type StateTtl } from '../../state/stateTtl';
import { type Context, type KeyedState, type Operator, type Pairing } from '../../stream/operator';
import { sameValue } from '../../stream/rows';

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

  private readonly join: JoinState<KeyedRows, KeyedRows>;
  private readonly ttls: StateTtl[];
  private readonly output: JoinOutput;
  private readonly residual: Residual | null;
  /** Sides whose rows stand in the result, or do not, because of how many partners they have. */
  private readonly counted: readonly [left: boolean, right: boolean];
  /** The row that causes changes: its batch and place. */
  private batch: ColumnBatch = makeBatch([]);
  private row = 0;
  private readonly joining: Resumable;

  constructor(
    private readonly plan: RegularJoin,
    ttl: JoinTtl,
    private readonly context: Context,
  ) {
    this.joining = new Resumable(context.mayGoOn);
    const { state } = context;
    const chains = (schema: Schema, names: number): KeyedRows =>
      new KeyedRows(schema, ['time', 'id0', 'id1', 'id2'], names);
    this.join = new JoinState(plan, state, { left: chains, right: chains });
    const { sides } = this.join;
    this.ttls = [ttl.left, ttl.right].map((span, port) =>
      state.ttl(span, (slot, input) => this.drop(port, slot, input, 'expired'), sides[port].rows),
    );
    this.output = new JoinOutput(plan, sides, context);
    this.out = this.output.out;
    this.counted = [this.output.pads[LEFT] || plan.kind === 'semi', this.output.pads[RIGHT]];
    this.residual = plan.where && new Residual(plan.where, sides);
    this.state = state.show([field('left rows', BIGINT), field('right rows', BIGINT)], (visit) => {
      for (let key = 0; key < this.join.keys.size; key += 1) {
        const counts = this.counts(key);
        if (counts[LEFT] + counts[RIGHT] > 0) visit(key, 0, 0, counts);
      }
    });
  }

  get pairing(): Pairing {
    return { kind: 'ever', alone: this.output.pads };
  }

  get isPaused(): boolean {
    return this.joining.isUnderWay;
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    this.joining.goOn(() => this.take(batch, from, to, port));
  }

  private *take(batch: ColumnBatch, from: number, to: number, port: number): Pieces {
    const { slots, keys } = this.join.take(batch, from, to, port);
    const { context } = this;
    this.batch = batch;
    let work = 0;
    for (let row = from; row < to; row += 1) {
      const input = batch.input[row];
      this.row = row;
      for (const ttl of this.ttls) if (ttl.canExpire) ttl.pass(context.clock(input), input);
      if (adds(batch.kind[row])) yield* this.add(port, slots[row], batch.kind[row], input);
      else {
        yield* this.takeBack(port, slots[row], batch.kind[row], input);
        context.written?.(input, keys[row], this.counts(keys[row]));
      }
      work += 1 + this.join.sides[1 - port].rows.count[keys[row]];
      if (work < PIECE) continue;
      work = 0;
      this.output.flush();
      yield;
    }
    this.output.flush();
  }

  /** A regular join does not know time: rows are joined as they come. */
  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  private *add(port: number, slot: number, kind: number, input: number): Pieces {
    const own = this.join.sides[port];
    const other = this.join.sides[1 - port];
    const key = own.rows.key[slot];
    if (!this.counted[port] && !this.join.keys.matches(key)) {
      own.rows.release(slot);
      this.traceRow(port, slot, input, false);
      return;
    }
    const replaced = kind === UPDATE_AFTER ? this.sameIdentity(port, slot) : NONE;
    const before = replaced < 0 ? [] : this.partnersOf(port, replaced);
    const partners = this.partnersOf(port, slot);
    if (replaced >= 0) {
      own.number[slot] = own.number[replaced];
      if (this.standsAlone(port, own.partners[replaced]) && !this.standsAlone(port, partners.length))
        this.emitAlone(port, replaced, DELETE);
      const stays = new Set(partners);
      for (const partner of before) if (!stays.has(partner)) this.part(port, replaced, partner, DELETE);
      this.drop(port, replaced, input, 'taken back');
    }
    own.partners[slot] = this.counted[port] ? partners.length : 0;
    if (this.standsAlone(port, partners.length)) this.emitAlone(port, slot, kind);
    own.rows.append(key, slot);
    this.ttls[port].write(slot);
    this.traceRow(port, slot, input, true);
    const had = new Set(before);
    for (const [i, partner] of partners.entries()) {
      // With an upsert the pair may stand already: then it only gets new values.
      const isNew = !had.has(partner);
      if (this.counted[1 - port]) {
        if (isNew && other.partners[partner] === 0) this.emitTurn(1 - port, partner, true);
        this.met(1 - port, partner, isNew ? 1 : 0);
      }
      this.emitPair(port, slot, partner, kind);
      this.output.tracePair(port === LEFT ? slot : partner, port === LEFT ? partner : slot, input);
      if ((i + 1) % PIECE === 0) yield;
    }
  }

  private *takeBack(port: number, slot: number, kind: number, input: number): Pieces {
    const own = this.join.sides[port];
    const held = this.find(port, slot);
    const partners = this.partnersOf(port, slot);
    if (held >= 0) {
      own.number[slot] = own.number[held];
      own.partners[slot] = own.partners[held];
      this.drop(port, held, input, 'taken back');
    } else own.partners[slot] = partners.length;
    if (this.standsAlone(port, own.partners[slot])) this.emitAlone(port, slot, kind);
    for (const [i, partner] of partners.entries()) {
      this.part(port, slot, partner, kind);
      if ((i + 1) % PIECE === 0) yield;
    }
    own.rows.release(slot);
  }

  /** A pair is taken back. */
  private part(port: number, slot: number, partner: number, kind: number): void {
    const other = this.join.sides[1 - port];
    // A row that came after its partner had expired never met it.
    if (this.counted[1 - port] && other.partners[partner] === 0) return;
    this.emitPair(port, slot, partner, kind);
    if (!this.counted[1 - port]) return;
    this.met(1 - port, partner, -1);
    if (other.partners[partner] === 0) this.emitTurn(1 - port, partner, false);
  }

  /** A row has one partner more or less; that is a write (S11.3). */
  private met(port: number, slot: number, change: number): void {
    this.join.sides[port].partners[slot] += change;
    this.ttls[port].write(slot);
  }

  /** The row is no longer held; its columns can be read until the next range. */
  private drop(port: number, slot: number, input: number, because: Purge): void {
    const { rows, number } = this.join.sides[port];
    rows.remove(slot);
    this.ttls[port].drop(slot);
    const { trace, number: operator } = this.context;
    if (trace === null) return;
    const time = rows.batch.time[slot];
    const values = [number[slot], PURGES.indexOf(because)];
    trace.add('row purged', operator, input, rows.key[slot], time, time, port, values);
  }

  /** The rows of the other side that match the one in `slot`, as they came. */
  private partnersOf(port: number, slot: number): number[] {
    const key = this.join.sides[port].rows.key[slot];
    const found = this.join.sides[1 - port].rows.slotsOf(key);
    if (found.length === 0 || !this.join.keys.matches(key)) return [];
    const holds = this.residual?.of(port, slot, Int32Array.from(found));
    return holds ? found.filter((_, i) => holds[i] === 1) : found;
  }

  /** The row of this key with the identity of `slot`, or -1. */
  private sameIdentity(port: number, slot: number): number {
    const { rows } = this.join.sides[port];
    return rows.slotsOf(rows.key[slot]).find((other) => isSame(rows.batch, slot, other)) ?? NONE;
  }

  /** A held row equal to the one in `slot`: that with its identity, else the one that came first; or -1. */
  private find(port: number, slot: number): number {
    const { rows, schema } = this.join.sides[port];
    const columns = rows.batch.columns.slice(0, schema.length);
    const equals = rows
      .slotsOf(rows.key[slot])
      .filter((other) => columns.every((column) => sameValue(column, other, column, slot)));
    return equals.find((other) => isSame(rows.batch, slot, other)) ?? equals[0] ?? NONE;
  }

  /** Whether a row with this many partners stands in the result by itself. */
  private standsAlone(port: number, partners: number): boolean {
    return this.counted[port] && partners > 0 === (this.plan.kind === 'semi');
  }

  /** A row comes (or is taken back) that stands by itself. */
  private emitAlone(port: number, slot: number, kind: number): void {
    this.emit(port, slot, NONE, this.output.leftOnly ? kind : adds(kind) ? INSERT : DELETE);
  }

  /** A row has its first partner, or has lost its last one: what stands for that is withdrawn or restored. */
  private emitTurn(port: number, slot: number, isMet: boolean): void {
    this.emit(port, slot, NONE, isMet === (this.plan.kind === 'semi') ? INSERT : DELETE);
  }

  private emitPair(port: number, slot: number, partner: number, kind: number): void {
    if (this.output.leftOnly) return;
    this.emit(port, slot, partner, this.plan.kind === 'inner' ? kind : adds(kind) ? INSERT : DELETE);
  }

  private emit(port: number, slot: number, partner: number, kind: number): void {
    const { batch, row, output } = this;
    const [own, other] = [this.join.sides[port].rows.batch, this.join.sides[1 - port].rows.batch];
    // A pair is as late as the later one of its rows; what comes or goes because of a row is no older than that.
    let latest = Math.max(batch.time[row], own.time[slot]);
    if (partner !== NONE) latest = Math.max(latest, other.time[partner]);
    const [left, right] = port === LEFT ? [slot, partner] : [partner, slot];
    output.add(left, right, latest, batch.watermark[row], batch.input[row], 0, kind);
  }

  /** The row in `slot` has come; behind what its key remembers stand its time and its number, where it is held. */
  private traceRow(port: number, slot: number, input: number, isHeld: boolean): void {
    const { written } = this.context;
    if (written === null) return;
    const { rows, number: numbers } = this.join.sides[port];
    const key = rows.key[slot];
    const counts = this.counts(key);
    const values = isHeld ? [...counts, rows.batch.time[slot], numbers[slot]] : counts;
    written(input, key, values, 0, 0, isHeld ? port : NONE);
  }

  private counts(key: number): [left: number, right: number] {
    const [left, right] = this.join.sides;
    return [left.rows.count[key], right.rows.count[key]];
  }
}

function isSame({ id0, id1, id2 }: ColumnBatch, a: number, b: number): boolean {
  return id0[a] === id0[b] && id1[a] === id1[b] && id2[a] === id2[b];
}
