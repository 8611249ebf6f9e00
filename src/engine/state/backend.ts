import { makeTable, MAX_TIME, reserve, type Counters, type Field, type Schema, type Table } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type Expression } from '../../sql/plan';
import { type AggregateLayout } from '../aggregates';
import { compareBytes, KEY_GROUPS, keyBytes, keyGroupOf, type Checkpoint } from './checkpoint';
import { EntryReader, EntryWriter } from '../../sim/entries';
import { keyFields, KeyIds, type KeyTable } from './keys';
import { type KeyedState } from './keyedState';
import { Identities, type Numbers } from './identities';
import { StateTtl } from './stateTtl';
import { KeyedRows, RowLists } from './rows';
import { KeyedSlots } from './slots';
import { type Merge, type StateValue, type Store } from './store';
import { Timers } from './timers';

/**
 * The state of one operator, or of one subtask of it: it lends stores (`store.ts`), and the runtime writes, restores
 * and counts them through it. An operator asks for its state when it is made, always in the same order.
 */
export class StateBackend {
  private readonly stores: Store[] = [];
  private readonly values: { state: StateValue; merge: Merge }[] = [];
  private readonly rebuilds: (() => void)[] = [];
  private readonly lifetimes: StateTtl[] = [];
  /** How many `numbers` have been asked for. */
  private numbered = 0;
  /** Rows of this operator that are in the counters. */
  private counted = 0;

  constructor(
    private readonly counters: Pick<Counters, 'stateRows' | 'stateRowsMax'>,
    /** Those of the operator, all of its subtasks together. */
    readonly identities = new Identities(),
  ) {}

  /** The operator's keys, see `Identities`. */
  keyTable(fields: Field[], keepsIds = false): KeyTable {
    return this.identities.keyTable(fields, keepsIds);
  }

  private get table(): Table | null {
    return this.identities.keys?.table ?? null;
  }

  /** The same for keys that are expressions over rows of the input. `fields`: the columns of the key table. */
  keys(keys: Expression[], input: Schema, keepsIds = false, fields = keyFields(keys)): KeyIds {
    return new KeyIds(keys, input, this.keyTable(fields, keepsIds));
  }

  add<S extends Store>(store: S): S {
    this.stores.push(store);
    return store;
  }

  /** Accumulators by key. `isCounted`: each group with rows is one row of state. */
  slots(layout: AggregateLayout, { links = 0, isCounted = false } = {}): KeyedSlots {
    return this.add(new KeyedSlots(layout, links, isCounted));
  }

  /** Rows by key in chains: by time, or as they came. */
  keyedRows(schema: Schema): KeyedRows {
    return this.add(new KeyedRows(schema));
  }

  /** Rows by key in an order of the operator's own. `names`: how many of the last columns are names. */
  rowLists(schema: Schema, names = 0): RowLists {
    return this.add(new RowLists(schema, undefined, names));
  }

  timers(): Timers {
    return this.add(new Timers());
  }

  /** Lifetimes of keys, or of rows, by the processing clock; `forget` ends the state of one that has expired. */
  ttl(span: number | null, forget: (id: number, input: number) => void, rows: KeyedRows | null = null): StateTtl {
    const ttl = this.add(new StateTtl(span, forget, rows));
    this.lifetimes.push(ttl);
    return ttl;
  }

  /** How long state lives that is not written again, by the processing clock; MAX_TIME where it does not expire. */
  get shortestLifetime(): number {
    return this.lifetimes.reduce((least, { span }) => (span < least ? span : least), MAX_TIME);
  }

  /** When the first state expires; MAX_TIME for never. */
  alarm(): number {
    return this.lifetimes.reduce((least, { due }) => (due < least ? due : least), MAX_TIME);
  }

  /** The processing clock shows `now`, at a tick with this input number. */
  expire(now: number, input: number): void {
    for (const ttl of this.lifetimes) ttl.pass(now, input);
  }

  /** A number that belongs to no key. */
  value(initial: number, merge: Merge): StateValue {
    const state = { value: initial };
    this.values.push({ state, merge });
    return state;
  }

  /** Identities for rows that have no key. */
  numbers(): Numbers {
    this.numbered += 1;
    return this.identities.numbersAt(this.numbered - 1);
  }

  /** `rebuild` works out again what an operator derives from its state: called whenever the state has been replaced. */
  derived(rebuild: () => void): void {
    this.rebuilds.push(rebuild);
  }

  /** What pictures see: rows with the columns of `schema`. */
  show(schema: Schema, each: KeyedState['each'], texts: KeyedState['texts'] = null): KeyedState {
    const rows = (): number => this.rows;
    return {
      keys: this.table!,
      schema,
      texts,
      get rows() {
        return rows();
      },
      each,
    };
  }

  /** Live rows of all stores. */
  get rows(): number {
    return this.stores.reduce((sum, store) => sum + store.rows, 0);
  }

  /** Brings the run's counters up to date: `stateRows` is the sum over all operators. */
  count(): void {
    const { counters, rows } = this;
    counters.stateRows += rows - this.counted;
    this.counted = rows;
    if (counters.stateRows > counters.stateRowsMax) counters.stateRowsMax = counters.stateRows;
  }

  writeFrame(writer: StateWriter): void {
    this.identities.writeFrame(writer);
    for (const { state } of this.values) writer.number(state.value);
    for (const store of this.stores) store.writeFrame(writer);
  }

  readFrame(reader: StateReader): void {
    this.identities.readFrame(reader);
    for (const { state } of this.values) state.value = reader.number();
    for (const store of this.stores) store.readFrame(reader);
    for (const rebuild of this.rebuilds) rebuild();
    // The counters are part of the keyframe.
    this.counted = this.rows;
  }

  checkpoint(): Checkpoint {
    const values = new EntryWriter();
    for (const { state } of this.values) values.number(state.value);
    const groups = new GroupWriters();
    const names = new GroupWriters();
    for (const { key, bytes, entries } of this.entriesByKey()) {
      const writer = groups.of(bytes);
      for (const column of this.table?.columns ?? []) writer.key(column, key);
      for (const entry of entries) {
        writer.block(entry?.values.finish() ?? NOTHING);
        names.of(bytes).block(entry?.names.finish() ?? NOTHING);
      }
    }
    return { groups: groups.finish(), values: values.finish(), names: names.finish() };
  }

  /** Keys that hold anything, in the order of their bytes, with what each store has of them. */
  private entriesByKey(): { key: number; bytes: Uint8Array; entries: (Entry | undefined)[] }[] {
    const found = new Map<number, (Entry | undefined)[]>();
    const entryOf = (key: number, store: number): Entry => {
      let entries = found.get(key);
      if (!entries) found.set(key, (entries = new Array<undefined>(this.stores.length).fill(undefined)));
      return (entries[store] ??= { values: new EntryWriter(), names: new EntryWriter() });
    };
    this.stores.forEach((store, i) => {
      store.writeEntries(
        (key) => entryOf(key, i).values,
        (key) => entryOf(key, i).names,
      );
    });
    const columns = this.table?.columns ?? [];
    return [...found]
      .map(([key, entries]) => ({ key, bytes: keyBytes(columns, key), entries }))
      .sort((a, b) => compareBytes(a.bytes, b.bytes));
  }

  /** Adds the key groups that `owns` says to the state of a new operator. */
  restore(checkpoints: readonly Checkpoint[], owns: (group: number) => boolean = () => true): void {
    const keys = makeTable(this.table?.schema ?? []);
    const blocks: [values: EntryReader, names: EntryReader][][] = [];
    for (const { groups, names } of checkpoints) {
      groups.forEach((bytes, group) => {
        if (bytes === null || !owns(group)) return;
        const named = new EntryReader(names[group]!);
        for (const reader = new EntryReader(bytes); !reader.finished; keys.length += 1) {
          reserve(keys, keys.length + 1);
          for (const column of keys.columns) reader.value(column, keys.length);
          blocks.push(this.stores.map(() => [new EntryReader(reader.block()), new EntryReader(named.block())]));
        }
      });
    }
    const ids = new Int32Array(keys.length);
    this.identities.keys?.intern(keys.columns, 0, keys.length, ids);
    blocks.forEach((entries, i) => {
      entries.forEach(([values, names], store) => {
        if (!values.finished) this.stores[store].readEntry(ids[i], values, names);
      });
    });
    this.mergeValues(checkpoints);
    for (const store of this.stores) store.settle?.();
    for (const rebuild of this.rebuilds) rebuild();
    this.count();
  }

  private mergeValues(checkpoints: readonly Checkpoint[]): void {
    checkpoints.forEach(({ values }, i) => {
      const reader = new EntryReader(values);
      for (const { state, merge } of this.values) {
        const value = reader.number();
        const isNext = i === 0 || (merge === 'min' ? value < state.value : value > state.value);
        if (isNext) state.value = value;
      }
    });
  }
}

/** What one store has of one key. */
interface Entry {
  values: EntryWriter;
  names: EntryWriter;
}

/** A writer for each key group that has any keys. */
class GroupWriters {
  private readonly writers = new Map<number, EntryWriter>();

  of(key: Uint8Array): EntryWriter {
    const group = keyGroupOf(key);
    let writer = this.writers.get(group);
    if (!writer) this.writers.set(group, (writer = new EntryWriter()));
    return writer;
  }

  finish(): Checkpoint['groups'] {
    return Array.from({ length: KEY_GROUPS }, (_, group) => this.writers.get(group)?.finish() ?? null);
  }
}

const NOTHING = new Uint8Array(0);
