import {
  BIGINT,
  DELETE,
  field,
  INSERT,
  isNull,
  makeBatch,
  MAX_TIME,
  readValue,
  reserveBatch,
  STRING,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  writeValue,
  type ColumnBatch,
  type Field,
  type Value,
} from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { compareTexts } from '../../../model/textOrder';
import { KeyTable } from '../../state/keys';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { SuppressBuffer, type Suppress } from './regroupedTableBuffer';
import { restoreKeys, saveKeys } from '../../state/savedRows';

export interface RegroupSettings {
  groupBy: 'key' | 'value';
  /** `count`: rows of the group. `log`: what was added (`+v`) and subtracted (`-v`) so far, as a JSON list. */
  aggregate: 'count' | 'log';
  /** The table keeps versions: an update that is older than the key's newest is ignored. */
  versioned: boolean;
  suppress: Suppress | null;
  /** Whether a new value takes the old one back (−U +U), or stands in its place (+U). */
  retract: boolean;
}

interface Group {
  count: number;
  log: string[];
  /** Largest record time that has touched it. */
  time: number;
}

/**
 * A table grouped by something else than its key, as Kafka Streams does it (S13.6). Rows are (key, value); the last
 * value of a key is its row in the table, null deletes it. When a row moves from one group to another it is subtracted
 * from the old group and then added to the new one, each of which speaks; within one group it is both and spoken of
 * once. A group that has been emptied stays, with a count of 0. Result time is the largest record time of the group.
 */
export class RegroupedTableOperator implements Operator {
  readonly name = 'regrouped table';
  readonly title: string;
  readonly out: ColumnBatch;
  readonly state: KeyedState;
  private readonly keys: KeyTable;
  private readonly groupKeys: KeyTable;
  /** Group of each key's row, −1 for none; the row's value and the time of its version. */
  private groupOf = new Int32Array(16).fill(-1);
  private timeOf = new Float64Array(16).fill(-1);
  private readonly valueOf: Value[] = [];
  private groups: Group[] = [];
  /** What each group has said last. */
  private emitted: (Group | null)[] = [];
  private readonly buffer: SuppressBuffer | null;
  private ids = new Int32Array(0);
  private groupIds = new Int32Array(0);

  constructor(
    [key, value]: readonly [Field, Field],
    private readonly settings: RegroupSettings,
    private readonly context: Context,
  ) {
    const by = settings.groupBy === 'key' ? key : value;
    this.title = `${settings.aggregate} by ${by.name}`;
    this.keys = new KeyTable([key]);
    this.groupKeys = new KeyTable([by]);
    const { groupBy, aggregate, suppress } = settings;
    this.out = makeBatch([
      { ...by, name: groupBy === 'key' ? key.name : value.name },
      aggregate === 'count' ? field('count', BIGINT) : field('log', STRING),
    ]);
    const text = (group: number): string => String(readValue(this.groupKeys.table.columns[0], group));
    this.buffer = suppress && new SuppressBuffer(suppress, (a, b) => compareTexts(text(a), text(b)));
    const all = (): Group[] => this.groups;
    this.state = {
      keys: this.groupKeys.table,
      schema: [field('n', BIGINT)],
      get rows() {
        return all().length;
      },
      each: (visit) => all().forEach(({ count }, group) => visit(group, 0, 0, [count])),
    };
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    if (this.ids.length < to) {
      this.ids = new Int32Array(Math.max(to, batch.length, this.ids.length * 2));
      this.groupIds = new Int32Array(this.ids.length);
    }
    for (let row = from; row < to; row += 1) {
      // The row that an update replaces is known here; what counts is the one that replaces it.
      if (batch.kind[row] !== UPDATE_BEFORE) this.take(batch, row);
    }
  }

  private take(batch: ColumnBatch, row: number): void {
    const { settings, context } = this;
    const [keyColumn, valueColumn] = batch.columns;
    const time = batch.time[row];
    const key = this.keyOf(batch, row);
    if (settings.versioned && time < this.timeOf[key]) {
      context.drop(batch, row, key, time, time);
      return;
    }
    const gone = batch.kind[row] === DELETE || isNull(valueColumn, row);
    const old = this.groupOf[key];
    const oldValue = this.valueOf[key];
    let group = -1;
    if (!gone) {
      this.groupKeys.intern([settings.groupBy === 'key' ? keyColumn : valueColumn], row, row + 1, this.groupIds);
      group = this.groupIds[row];
      this.groups[group] ??= { count: 0, log: [], time: -1 };
    }
    this.groupOf[key] = group;
    this.timeOf[key] = time;
    this.valueOf[key] = gone ? null : readValue(valueColumn, row);
    if (old >= 0) this.change(old, -1, oldValue, time);
    if (old >= 0 && old !== group) this.emitOrBuffer(batch, row, old);
    if (group < 0) return;
    this.change(group, 1, this.valueOf[key], time);
    this.emitOrBuffer(batch, row, group);
  }

  private keyOf(batch: ColumnBatch, row: number): number {
    this.keys.intern([batch.columns[0]], row, row + 1, this.ids);
    const key = this.ids[row];
    if (key >= this.groupOf.length) {
      const groupOf = new Int32Array(2 * key).fill(-1);
      groupOf.set(this.groupOf);
      this.groupOf = groupOf;
      const timeOf = new Float64Array(2 * key).fill(-1);
      timeOf.set(this.timeOf);
      this.timeOf = timeOf;
    }
    return key;
  }

  private change(id: number, sign: 1 | -1, value: Value, time: number): void {
    const group = this.groups[id];
    group.count += sign;
    if (this.settings.aggregate === 'log') group.log.push(`${sign > 0 ? '+' : '-'}${String(value)}`);
    group.time = Math.max(group.time, time);
  }

  private emitOrBuffer(batch: ColumnBatch, row: number, group: number): void {
    const { context, buffer } = this;
    const { count, time } = this.groups[group];
    context.trace?.add('state written', context.number, batch.input[row], group, 0, 0, -1, [count]);
    if (buffer) buffer.put(group, time, (one) => this.emit(batch, row, one));
    else this.emit(batch, row, group);
  }

  private emit(batch: ColumnBatch, row: number, id: number): void {
    const now = this.groups[id];
    const before = this.emitted[id] ?? null;
    if (before && this.settings.retract) this.write(batch, row, id, before, UPDATE_BEFORE);
    this.write(batch, row, id, now, before ? UPDATE_AFTER : INSERT);
    this.emitted[id] = { ...now, log: [...now.log] };
  }

  private write(batch: ColumnBatch, row: number, id: number, { count, log, time }: Group, kind: number): void {
    const { out } = this;
    const at = out.length;
    if (at === out.time.length) reserveBatch(out, 2 * at);
    writeValue(out.columns[0], at, readValue(this.groupKeys.table.columns[0], id));
    writeValue(out.columns[1], at, this.settings.aggregate === 'count' ? count : JSON.stringify(log));
    out.time[at] = time;
    out.watermark[at] = batch.watermark[row];
    out.input[at] = batch.input[row];
    out.kind[at] = kind;
    out.id0[at] = id;
    out.id1[at] = 0;
    out.id2[at] = 0;
    out.length = at + 1;
  }

  /** A table is as its records say; a watermark says nothing of it. */
  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  save(writer: StateWriter): void {
    saveKeys(writer, this.keys);
    saveKeys(writer, this.groupKeys);
    writer.ints(this.groupOf, this.keys.size);
    writer.floats(this.timeOf, this.keys.size);
    writer.text(JSON.stringify({ values: this.valueOf, groups: this.groups, emitted: this.emitted }));
    this.buffer?.save(writer);
  }

  restore(reader: StateReader): void {
    restoreKeys(reader, this.keys);
    restoreKeys(reader, this.groupKeys);
    const groupOf = reader.ints();
    const timeOf = reader.floats();
    this.groupOf = new Int32Array(Math.max(16, groupOf.length)).fill(-1);
    this.groupOf.set(groupOf);
    this.timeOf = new Float64Array(this.groupOf.length).fill(-1);
    this.timeOf.set(timeOf);
    const saved = JSON.parse(reader.text()) as { values: Value[]; groups: Group[]; emitted: (Group | null)[] };
    this.valueOf.splice(0, this.valueOf.length, ...saved.values);
    this.groups = saved.groups;
    this.emitted = saved.emitted;
    this.buffer?.restore(reader);
  }
}
