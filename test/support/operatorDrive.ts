import {
  CHANGE_SIGNS,
  INSERT,
  makeBatch,
  MAX_TIME,
  MIN_TIME,
  readValue,
  reserveBatch,
  writeValue,
  type ColumnBatch,
  type Counters,
  type Schema,
  type Value,
} from '../../src/model';
import { StateReader, StateWriter } from '../../src/sim/bytes';
import { type StateBackend } from '../../src/engine/state/backend';
import { type Identities } from '../../src/engine/state/identities';
import { makeContext } from '../../src/engine/run/runOperator';
import { type Context, type Operator } from '../../src/engine/stream/operator';
import { entryOf } from '../../src/engine/nodes/entry';
import { type MakeOperator } from '../../src/engine/nodes/kind';
import { modeOf } from '../../src/engine/stream/changes';
import { OPERATORS } from '../../src/engine/nodes/stream';
import { DEFAULTS, type StreamOptions } from '../../src/engine/stream/options';
import { inputsOf, type Plan } from '../../src/sql/plan';

/** A row that an operator has emitted, with the hidden facts that are worth looking at. */
export interface Emission {
  /** `+I`, `−U`, `+U` or `−D`. */
  change: (typeof CHANGE_SIGNS)[number];
  /** Event time of the row. */
  time: number;
  ids: [number, number, number];
  /** By column name. */
  row: Record<string, Value>;
}

/** A row that an operator has refused; `from..to` is the window that it was meant for. */
export interface Drop {
  row: Record<string, Value>;
  time: number;
  key: number;
  from: number;
  to: number;
}

export interface Given {
  port?: number;
  /** Event time; null for a row that carries none. Default: 0. */
  time?: number;
  /** Change kind. Default: INSERT. */
  kind?: number;
  /** Identity, for a row that changes another. Default: its place in the log of the port. */
  ids?: readonly [number, number, number];
  /** The watermark in force when the row was read. Default: that of the drive. */
  watermark?: number;
}

/**
 * Drives one operator by hand, one row at a time: rows, watermarks and the clock go in, what it emits comes back.
 * It keeps the contract of `operator.ts` as the runtime does: a row
 * carries the watermark in force, a watermark never falls, and the clock calls `tick` exactly when the operator's
 * alarm is due.
 */
export class OperatorDrive {
  operator: Operator;
  /** What the operator has borrowed. */
  state: StateBackend;
  readonly counters: Counters = {
    rowsIn: 0,
    late: 0,
    dropped: 0,
    rowsOut: 0,
    rowsRead: 0,
    stateRows: 0,
    stateRowsMax: 0,
  };
  watermark = MIN_TIME;
  /** What the clock shows. */
  now = MIN_TIME;
  /** Rows refused so far, in order. */
  readonly drops: Drop[] = [];
  /** Rows of each port. */
  readonly batches: ColumnBatch[];
  private input = -1;

  /** `inputs`: the schema of each port; `identities`: those of the node, where it has other subtasks too. What `make` throws, such as a TidemarkError for bad settings, is thrown here. */
  constructor(
    private readonly make: (context: Context) => Operator,
    inputs: readonly Schema[],
    private readonly identities?: Identities,
  ) {
    this.batches = inputs.map((schema) => makeBatch(schema, 16));
    [this.operator, this.state] = this.start();
  }

  private start(): [Operator, StateBackend] {
    const context = this.context();
    const operator = this.make(context);
    return [operator, context.state];
  }

  /** One row, its values in the order of the port's schema. */
  row(values: readonly Value[], { port = 0, ...given }: Given = {}): Emission[] {
    return this.rows([{ values, ...given }], port);
  }

  /** Rows of one port as one range, as the runtime would hand them on together. */
  rows(given: readonly (Given & { values: readonly Value[] })[], port = 0): Emission[] {
    const batch = this.batches[port];
    const from = batch.length;
    for (const { values, time = 0, kind = INSERT, ids, watermark = this.watermark } of given) {
      this.input += 1;
      const row = batch.length;
      reserveBatch(batch, row + 1);
      batch.columns.forEach((column, i) => writeValue(column, row, values[i]));
      batch.time[row] = time;
      batch.watermark[row] = watermark;
      batch.input[row] = this.input;
      batch.kind[row] = kind;
      // An event's identity is its place in the log: this port's is the topic.
      [batch.id0[row], batch.id1[row], batch.id2[row]] = ids ?? [port, 0, row];
      batch.length += 1;
      this.counters.rowsIn += 1;
      if (time <= watermark) this.counters.late += 1;
    }
    return this.collect(() => this.operator.process(batch, from, batch.length, port));
  }

  /** The watermark of all inputs is `watermark` now: no row at or before it any more. One that falls is ignored. */
  advance(watermark: number): Emission[] {
    this.input += 1;
    if (watermark <= this.watermark) return [];
    this.watermark = watermark;
    return this.collect(() => this.operator.advance(watermark, this.input));
  }

  /** What only this operator can be asked to do, such as to end a bundle, as one more input. */
  call(work: (input: number) => void): Emission[] {
    this.input += 1;
    return this.collect(() => work(this.input));
  }

  /** The clock shows `now`: everything that was due until then happens, in order. */
  clock(now: number): Emission[] {
    const found: Emission[] = [];
    for (let due = this.due(); due <= now; due = this.due()) {
      this.now = Math.max(this.now, due);
      this.input += 1;
      found.push(
        ...this.collect(() => {
          this.state.expire(this.now, this.input);
          this.operator.tick?.(this.now, this.input);
        }),
      );
      if (this.due() === due) throw new RangeError(`${this.operator.name} is due at ${due} for ever`);
    }
    this.now = Math.max(this.now, now);
    return found;
  }

  /** The input has ended: the last watermark, then the end of the clock. */
  end(): Emission[] {
    const fired = this.advance(MAX_TIME);
    this.input += 1;
    return [...fired, ...this.collect(() => this.operator.tick?.(MAX_TIME, this.input))];
  }

  /** Takes a snapshot of the state, throws the operator away, and goes on with a new one that starts from it. */
  snapshotRestore(): void {
    const checkpoint = this.state.checkpoint();
    const identities = this.state.identities.checkpoint();
    [this.operator, this.state] = this.start();
    this.counters.stateRows = 0;
    this.state.identities.restore(identities);
    this.state.restore([checkpoint]);
  }

  /** The same by a keyframe, where keys keep their ids. */
  keyframeRestore(): void {
    const writer = new StateWriter();
    this.state.writeFrame(writer);
    [this.operator, this.state] = this.start();
    this.state.readFrame(new StateReader(writer.finish()));
  }

  private due(): number {
    const { operator, state } = this;
    const alarm = Math.min(state.alarm(), operator.tick && operator.alarm ? operator.alarm() : MAX_TIME);
    return alarm === MAX_TIME ? Infinity : alarm;
  }

  private context(): Context {
    const context = makeContext(1, null, this.counters, () => this.now, null, this.identities);
    return {
      ...context,
      drop: (batch, row, key, from, to) => {
        context.drop(batch, row, key, from, to);
        this.drops.push({ row: rowOf(batch, row), time: batch.time[row], key, from, to });
      },
    };
  }

  private collect(work: () => void): Emission[] {
    const { operator } = this;
    operator.out.length = 0;
    operator.begin = 0;
    work();
    this.state.count();
    const { out } = operator;
    const found: Emission[] = [];
    for (let row = operator.begin; row < out.length; row += 1) {
      found.push({
        change: CHANGE_SIGNS[out.kind[row]],
        time: out.time[row],
        ids: [out.id0[row], out.id1[row], out.id2[row]],
        row: rowOf(out, row),
      });
    }
    this.counters.rowsOut += found.length;
    return found;
  }
}

const rowOf = (batch: ColumnBatch, row: number): Record<string, Value> =>
  Object.fromEntries(batch.schema.map(({ name }, i) => [name, readValue(batch.columns[i], row)]));

/**
 * Drives the operator that runs one node of a plan by hand. Its ports take rows of the node's inputs, in order. Throws
 * the operator's own TidemarkError for options that it refuses.
 */
export function driveNode(node: Plan, options: Partial<StreamOptions> = {}): OperatorDrive {
  const make = entryOf<MakeOperator<Plan['node']>>(OPERATORS, node, 'stream operator');
  const settled: StreamOptions = { ...DEFAULTS, job: null, lookup: null, ...options };
  return new OperatorDrive(
    (context) => make(node, settled, context, modeOf(node, settled)),
    inputsOf(node).map(({ schema }) => schema),
  );
}
