import {
  adds,
  DELETE,
  INSERT,
  makeBatch,
  makeColumn,
  MAX_TIME,
  MIN_TIME,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type Column,
  type ColumnBatch,
} from '../../../model';
import { type Aggregate } from '../../../sql/plan';
import { layoutOf, type AggregateLayout } from '../../aggregates';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { type KeyIds } from '../../state/keys';
import { type StateTtl } from '../../state/stateTtl';
import { oneRow, type KeyedSlots } from '../../state/slots';
import { type StateValue } from '../../state/store';
import { appendHidden, copyValue, sameValue } from '../../stream/rows';
import { adoptDictionary } from '../../state/savedRows';

export interface ChangelogOptions {
  /** Whether the input takes rows back. */
  retracting: boolean;
  /** +U alone replaces a row, by its key: no −U before it (S13.1). */
  upsert: boolean;
  /** State that was not written for this long, by the clock, is forgotten (S11.3), ms; null: never. */
  ttl: number | null;
}

/**
 * GROUP BY without windows: each row changes the result of its group, and the change is sent at once (S13.1): +I for a
 * new group, −U and +U for a new result, −D for a group whose last row was taken back. A result that stays equal is
 * not sent again (S13.2). Without keys there is one group, which is never deleted: over nothing it says what an empty
 * table says (S16), at the end of the input if not before.
 */
export class GroupAggregateOperator implements Operator {
  readonly name = 'group aggregate';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly keys: KeyIds;
  private readonly layout: AggregateLayout;
  private readonly groups: KeyedSlots;
  private readonly ttl: StateTtl;
  private readonly keyed: boolean;
  /** 1: the one group of a query without keys was emitted. */
  private readonly emitted: StateValue;
  /** The result of one group before and after a change. */
  private readonly before: Column[];
  private readonly after: Column[];

  constructor(
    plan: Aggregate,
    private readonly options: ChangelogOptions,
    private readonly context: Context,
  ) {
    const { schema, timeColumn } = plan.input;
    const { state } = context;
    this.keys = state.keys(plan.keys, schema);
    this.keyed = plan.keys.length > 0;
    this.layout = layoutOf(plan.aggregates, schema, { retracting: options.retracting, timeColumn });
    this.groups = state.slots(this.layout, { isCounted: true });
    this.ttl = state.ttl(options.ttl, this.forget);
    this.emitted = state.value(0, 'max');
    this.out = makeBatch(plan.schema);
    const results = this.out.columns.slice(plan.keys.length);
    this.before = results.map(({ type, dictionary }) => makeColumn(type, 1, dictionary));
    this.after = results.map(({ type, dictionary }) => makeColumn(type, 1, dictionary));
    const { layout, groups } = this;
    this.state = state.show(
      layout.fields,
      (visit) => groups.each((key) => visit(key, 0, 0, groups.values(key))),
      layout.texts,
    );
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    const ids = this.keys.find(batch, from, to);
    this.groups.reserve(this.keys.count);
    for (let row = from; row < to; row += 1) {
      if (this.ttl.canExpire) this.ttl.pass(this.context.clock(batch.input[row]));
      this.take(batch, row, ids[row]);
    }
  }

  private take(batch: ColumnBatch, row: number, key: number): void {
    const { layout, groups, context } = this;
    const { slots } = groups;
    const base = key * groups.width;
    const empty = layout.isEmpty(slots, base);
    const coming = adds(batch.kind[row]);
    // What was forgotten cannot be taken back.
    if (empty && !coming) return;
    const known = this.keyed ? !empty : this.emitted.value === 1;
    if (known) layout.result(slots, base, this.before, 0);
    if (coming) layout.add(slots, oneRow(base, row), batch, row, row + 1);
    else layout.remove(slots, oneRow(base, row), batch, row, row + 1);
    slots[base + layout.stride] = batch.time[row];
    this.ttl.write(key);
    if (empty) groups.live += 1;
    context.written?.(batch.input[row], key, groups.values(key));
    if (layout.isEmpty(slots, base)) groups.live -= 1;
    if (this.keyed && layout.isEmpty(slots, base)) {
      this.end(key);
      this.emit(this.before, key, DELETE, batch.time[row], batch.watermark[row], batch.input[row]);
      return;
    }
    layout.result(slots, base, this.after, 0);
    this.emitted.value = 1;
    if (known && sameValues(this.before, this.after)) return;
    if (known && !this.options.upsert)
      this.emit(this.before, key, UPDATE_BEFORE, batch.time[row], batch.watermark[row], batch.input[row]);
    const kind = known ? UPDATE_AFTER : INSERT;
    this.emit(this.after, key, kind, batch.time[row], batch.watermark[row], batch.input[row]);
  }

  private emit(results: Column[], key: number, kind: number, time: number, watermark: number, input: number): void {
    const { out, keys } = this;
    const at = appendHidden(out, kind, time, watermark, input, key);
    const keyColumns = keys.table.table.columns;
    for (let i = 0; i < keyColumns.length; i += 1) {
      adoptDictionary(out.columns[i], keyColumns[i].dictionary, at);
      copyValue(keyColumns[i], key, out.columns[i], at);
    }
    for (let i = 0; i < results.length; i += 1) copyValue(results[i], 0, out.columns[keyColumns.length + i], at);
  }

  /** The state of a key goes, and downstream is not told. */
  private readonly forget = (key: number): void => {
    if (!this.groups.isEmpty(key)) this.groups.live -= 1;
    this.end(key);
    this.emitted.value = 0;
  };

  private end(key: number): void {
    this.ttl.drop(key);
    this.groups.end(key);
  }

  advance(watermark: number, input: number): void {
    if (watermark < MAX_TIME || this.keyed || this.emitted.value === 1) return;
    this.emitted.value = 1;
    this.layout.result(this.groups.slots, 0, this.after, 0);
    this.emit(this.after, 0, INSERT, MIN_TIME, MAX_TIME, input);
  }

  due(): number {
    return MAX_TIME;
  }
}

function sameValues(a: Column[], b: Column[]): boolean {
  return a.every((one, i) => sameValue(one, 0, b[i], 0));
}
