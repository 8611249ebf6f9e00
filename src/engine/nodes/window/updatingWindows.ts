import {
  addTime,
  BIGINT,
  field,
  INSERT,
  MAX_TIME,
  STRING,
  TidemarkError,
  TIMESTAMP,
  type ColumnBatch,
  type Duration,
  type Field,
  type Schema,
} from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type Expression, type WindowAggregate } from '../../../sql/plan';
import { layoutOf, type AggregateLayout } from '../../aggregates';
import { checkShape } from '../../grid';
import { compile, type Evaluator } from '../../expression';
import { KeyTable } from '../../state/keys';
import { type Context, type KeyedState, type Operator, type WindowView } from '../../stream/operator';
import { atLeastZero } from '../../stream/spans';
import { firesOnClose, type StreamOptions } from '../../stream/options';
import { KAFKA } from '../../profiles/kafka';
import { explainNode } from '..';
import { listLayout } from './updatingWindowList';
import { learnKeys, saveKeys } from '../../state/savedRows';
import { WindowCells, type Arrival, type Emit } from './updatingWindowCells';
import { rulesOf, type Rules, type UpdatingShape } from './updatingWindowShapes';

export { type Emit, type UpdatingShape };

export interface UpdatingSettings {
  shape: UpdatingShape;
  emit: Emit;
  /** Whether a new value takes the old one back (−U +U), or stands in its place (+U). */
  retract: boolean;
  /** How long a window takes records behind its end, ms of stream time; an allowed lateness elsewhere. */
  grace: Duration;
  clock: 'event' | 'processing';
}

/** What is grouped and worked out, and the columns of the result: keys, start, end, result time, results. */
export interface UpdatingRows {
  keys: Evaluator[];
  layout: AggregateLayout;
  schema: Schema;
}

/**
 * Windows as Kafka Streams has them: a table of (key, window) that every record updates.
 *
 * Time is stream time, the largest record time of all keys so far (S1.1): the operator keeps it itself, and neither
 * the runtime's watermark nor the end of the input moves it. So windows close only when a later record comes, and what
 * has not closed when the input ends is never said by `close`: Kafka Streams leaves it in the store, to go on when the
 * application starts again. A record is first put into its windows, then whatever it made close speaks and goes.
 * Closing is judged with the record's own time in stream time (S5.2).
 */
export class UpdatingWindowOperator implements Operator {
  readonly name = 'window aggregate';
  readonly out: ColumnBatch;
  readonly state: KeyedState;
  private readonly rules: Rules;
  private readonly cells: WindowCells;
  private readonly keyTable: KeyTable;
  private readonly emit: Emit;
  private readonly clock: UpdatingSettings['clock'];
  private grace: Duration;
  private ids = new Int32Array(0);

  constructor(
    private readonly rows: UpdatingRows,
    settings: UpdatingSettings,
    readonly title: string,
    private readonly context: Context,
  ) {
    const { schema, layout, keys } = rows;
    this.keyTable = new KeyTable(schema.slice(0, keys.length).map((one): Field => one));
    this.rules = rulesOf(settings.shape);
    this.grace = settings.grace;
    this.emit = settings.emit;
    this.clock = settings.clock;
    this.cells = new WindowCells(context, layout, schema, this.keyTable.table, settings.emit, settings.retract);
    this.out = this.cells.emitted.out;
    const { store } = this.cells;
    this.state = {
      keys: this.keyTable.table,
      schema: layout.fields,
      get rows() {
        return store.count;
      },
      each(visit) {
        for (const slot of store.inOrder()) {
          const values = layout.stateValues(store.state, slot * layout.stride);
          visit(store.key[slot], store.start[slot], store.end[slot], values);
        }
      },
    };
  }

  /** Each window is one piece of state: a row counts in itself. */
  get windows(): WindowView {
    return { lateness: this.grace, windowsOf: (start, end) => [[start, end]] };
  }

  /** Largest record time so far, −1 before any. */
  get streamTime(): number {
    return this.cells.streamTime;
  }

  set({ lateness }: { lateness?: number }): void {
    if (lateness !== undefined) this.grace = lateness;
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    const keys = this.rows.keys.map((evaluate) => evaluate(batch, from, to));
    if (this.ids.length < to) this.ids = new Int32Array(Math.max(to, batch.length, this.ids.length * 2));
    this.keyTable.intern(keys, from, to, this.ids);
    for (let row = from; row < to; row += 1) {
      const at = this.clock === 'event' ? batch.time[row] : this.context.clock(batch.input[row]);
      this.take({ batch, row, key: this.ids[row], at });
      this.context.state.count();
    }
  }

  private take(arrival: Arrival): void {
    const { cells, rules } = this;
    const { batch, row, key, at } = arrival;
    // No record of Kafka's is older than the epoch, and no window begins before it (S2.5).
    if (at < 0) {
      this.context.drop(batch, row, key, at, at);
      return;
    }
    if (at > cells.streamTime) cells.streamTime = at;
    const closeTime = addTime(cells.streamTime, -this.grace - rules.watermarkDelay);
    const refused: [start: number, end: number][] = [];
    cells.entered = false;
    rules.take(cells, arrival, closeTime, (_, start, end) => refused.push([start, end]));
    for (const [start, end] of refused) this.refuse(arrival, start, end);
    this.closeAll(arrival, closeTime);
  }

  /** Counts a (record, window) pair; the record itself is lost only where it got into no window (S5.4). */
  private refuse({ batch, row, key }: Arrival, start: number, end: number): void {
    const { context } = this;
    if (!this.cells.entered) {
      context.drop(batch, row, key, start, end);
      return;
    }
    context.counters.dropped += 1;
    context.trace?.add('row dropped', context.number, batch.input[row], key, start, end, -1);
  }

  private closeAll(arrival: Arrival, closeTime: number): void {
    const { cells, rules, emit } = this;
    const { store } = cells;
    for (let slot = store.first; slot >= 0 && rules.isClosed(store.end[slot], closeTime); slot = store.first) {
      if (emit === 'close') {
        cells.fire(arrival, slot);
        cells.write(arrival, slot, INSERT);
      }
      if (rules.kept === null) cells.discard(arrival, slot);
      else store.close(slot);
    }
    if (rules.kept === null) return;
    store.forgetClosed(addTime(closeTime, -rules.kept), (slot) => cells.tracePurge(arrival, slot));
  }

  /** Only records move stream time. */
  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  save(writer: StateWriter): void {
    writer.number(this.cells.streamTime);
    writer.number(this.grace);
    saveKeys(writer, this.keyTable);
    this.cells.store.save(writer);
  }

  restore(reader: StateReader): void {
    this.cells.streamTime = reader.number();
    this.grace = reader.number();
    learnKeys(reader, this.keyTable);
    this.cells.store.restore(reader);
  }
}

/** The operator that runs GROUP BY over a window as Kafka Streams would. */
export function updatingWindows(
  plan: WindowAggregate,
  options: StreamOptions,
  context: Context,
): UpdatingWindowOperator {
  const input = plan.input.schema;
  checkShape(plan.window, KAFKA);
  const { trigger, accumulation, lateness, time } = options;
  const rows = {
    keys: plan.keys.map((key) => compile(key, input)),
    layout: layoutOf(plan.aggregates, input, { timeColumn: plan.input.timeColumn }),
    schema: plan.schema,
  };
  const settings: UpdatingSettings = {
    shape: shapeOf(plan.window),
    emit: firesOnClose(trigger) ? 'close' : 'update',
    retract: accumulation !== 'accumulating',
    grace: lateness,
    clock: time,
  };
  return new UpdatingWindowOperator(rows, settings, explainNode(plan), context);
}

function shapeOf(window: WindowAggregate['window']): UpdatingShape {
  switch (window.kind) {
    case 'session':
      return { kind: 'session', gap: window.gap };
    case 'global':
      return { kind: 'unlimited' };
    case 'hop':
      return { kind: 'hop', size: window.size, slide: window.slide };
    default:
      return { kind: 'hop', size: window.size, slide: window.size };
  }
}

/**
 * The same over rows of a key and a value, without a plan. LIST answers the values in the order in which they came, as
 * a JSON list. Result columns: the key, `window_start`, `window_end`, `window_time`, `value`.
 */
export function updatingWindowsOver(
  input: readonly [key: Field, value: Field],
  aggregate: 'COUNT' | 'SUM' | 'LIST',
  settings: UpdatingSettings,
  context: Context,
): UpdatingWindowOperator {
  checkUpdating(settings.shape);
  atLeastZero('the grace', 'grace', settings.grace);
  const [key, value] = input;
  const column = (at: number): Expression => ({ op: 'column', index: at, name: input[at].name, type: input[at].type });
  const argument = aggregate === 'SUM' ? column(1) : null;
  const type = aggregate === 'SUM' ? value.type : aggregate === 'LIST' ? STRING : BIGINT;
  const call = { argument, distinct: false, filter: null, type, text: aggregate };
  const layout = aggregate === 'LIST' ? listLayout(input, 1) : layoutOf([{ ...call, name: aggregate }], input);
  const times = ['window_start', 'window_end', 'window_time'].map((name) => field(name, TIMESTAMP));
  const schema = [key, ...times, field('value', type, aggregate === 'SUM')];
  return new UpdatingWindowOperator(
    { keys: [compile(column(0), input)], layout, schema },
    settings,
    aggregate,
    context,
  );
}

function checkUpdating(shape: UpdatingShape): void {
  if (shape.kind === 'unlimited') return;
  if (shape.kind !== 'sliding') {
    checkShape(shape.kind === 'hop' ? { ...shape, offset: 0 } : shape, KAFKA);
    return;
  }
  if (shape.difference >= 0) return;
  throw new TidemarkError({
    what: 'a sliding window has no length',
    expected: 'a time difference of zero or more',
    found: `${shape.difference} ms`,
  });
}
