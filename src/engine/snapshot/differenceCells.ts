import { adds, DELETE, MIN_TIME, readRow, readValue, UPDATE_AFTER, type Value } from '../../model';
import { type Plan } from '../../sql/plan';
import { findNode } from '../../sql/findNode';
import { EVENT } from '../run/inputLog';
import { type StreamOptions } from '../stream/options';
import { lastOf } from '../stream/windows';
import { cutOf, type Cut } from '../windowing/shapes';
import { POLICIES, type Policies } from '../profiles';
import { type TracedRun } from '../run/tracedRun';

/** A finished run, and what it was run with. */
export interface Side {
  run: TracedRun;
  plan: Plan;
  options: StreamOptions;
}

/** What a run has emitted about one window of one key. */
export interface Cell {
  start: number;
  end: number;
  /** The last time at which an event is in it: sessions of all systems by one measure. */
  last: number;
  isSession: boolean;
  /** The final rows, without times. */
  current: CurrentRows;
  /** Every pane, in order. */
  panes: Value[][];
  /** Result time of the last pane. */
  time: number;
  /** Input that caused its last emission. */
  emittedAt: number;
}

/** What became of an event at the windows. */
export interface Fate {
  input: number;
  /** The event's identity: inputs are numbered anew where the clock ticks at other times, or partitions are held back. */
  event: string;
  /** On the clock that windows are cut by. */
  time: number;
  start: number;
  end: number;
}

/** The current rows of one window, as text, while changes come: more than one where panes add up. */
export class CurrentRows {
  readonly rows: string[] = [];
  private retracted = false;

  change(kind: number, text: string): void {
    if (!adds(kind)) {
      this.rows.splice(this.rows.lastIndexOf(text), 1);
      this.retracted = true;
      return;
    }
    // An update without a retraction replaces what was there.
    if (kind === UPDATE_AFTER && !this.retracted) this.rows.length = 0;
    this.rows.push(text);
    this.retracted = false;
  }
}

/** Everything of one key. */
export interface KeyFacts {
  key: Value[];
  cells: Cell[];
  written: Fate[];
  dropped: Fate[];
  /** Windows (or slices) that are still in the state. */
  held: { start: number; end: number }[];
}

/** A run as facts by key, read from its trace, its results and its state at the end. */
export class RunFacts {
  readonly policies: Policies;
  readonly cut: Cut;
  readonly keys = new Map<string, KeyFacts>();
  /** Stream time after each input. */
  private readonly newest: Float64Array;
  /** The run's watermark after each input. */
  private readonly watermark: Float64Array;
  private inputs: Map<string, number> | null = null;

  constructor(readonly side: Side) {
    const { run, plan, options } = side;
    this.policies = POLICIES[options.profile];
    this.cut = cutOf(findNode(plan, 'window aggregate').window, this.policies);
    this.newest = newestTimes(run);
    this.watermark = run.engine.sources.watermarkHistory();
    this.readSteps();
    this.readResults();
    this.readState();
  }

  /** How far a run's time was when an input met it, as "nothing at or before W" (S1.1); Kafka's includes the record. */
  clockAt(input: number): number {
    if (this.policies.watermark.is === 'none')
      return this.newest[input] === MIN_TIME ? MIN_TIME : this.newest[input] - 1;
    return input === 0 ? MIN_TIME : this.watermark[input - 1];
  }

  timeOf(input: number): number {
    const { inputs } = this.side.run.engine;
    return this.side.options.time === 'processing' ? inputs.processing(input) : inputs.eventTime(input);
  }

  /** Topic, partition and offset; empty for what is no event. */
  eventOf(input: number): string {
    const { inputs } = this.side.run.engine;
    if (inputs.kind(input) !== EVENT) return '';
    const { partition, offset } = inputs.topics[inputs.topic(input)];
    return `${inputs.topic(input)} ${partition[inputs.row(input)]} ${offset[inputs.row(input)]}`;
  }

  /** The input with which an event came, or undefined where this run has no such event. */
  inputOf(event: string): number | undefined {
    if (!this.inputs) {
      this.inputs = new Map();
      for (let input = 0; input < this.side.run.engine.inputs.length; input += 1)
        this.inputs.set(this.eventOf(input), input);
    }
    return this.inputs.get(event);
  }

  private get number(): number {
    return this.side.run.engine.windowOperator;
  }

  private of(id: number): KeyFacts {
    const { keys } = this.side.run.engine.operators[this.number - 1].operator.state!;
    const key = keys.columns.map((column) => readValue(column, id));
    const name = JSON.stringify(key);
    let facts = this.keys.get(name);
    if (!facts) this.keys.set(name, (facts = { key, cells: [], written: [], dropped: [], held: [] }));
    return facts;
  }

  private readSteps(): void {
    const { run } = this.side;
    for (const step of run.stepsOf(['state written', 'row dropped'], { operator: this.number })) {
      const { kind, key, input, start, end } = step;
      const fate = { input, event: this.eventOf(input), time: this.timeOf(input), start, end };
      const facts = this.of(key);
      if (kind === 'state written') facts.written.push(fate);
      else facts.dropped.push(fate);
    }
  }

  private readResults(): void {
    const { rows } = this.side.run.engine.results;
    const plain = rows.schema.map((one, i) => (one.type.name === 'TIMESTAMP' ? -1 : i)).filter((i) => i >= 0);
    for (let row = 0; row < rows.length; row += 1) {
      const all = readRow(rows, row);
      const values = plain.map((i) => all[i]);
      const cell = this.cell(this.of(rows.id0[row]), rows.id1[row], rows.id2[row]);
      cell.time = rows.time[row];
      cell.emittedAt = rows.input[row];
      cell.current.change(rows.kind[row], JSON.stringify(values));
      if (rows.kind[row] === DELETE) cell.panes.length = 0;
      if (adds(rows.kind[row])) cell.panes.push(values);
    }
    for (const facts of this.keys.values()) facts.cells = facts.cells.filter(({ current }) => current.rows.length > 0);
  }

  private cell(facts: KeyFacts, start: number, end: number): Cell {
    const found = facts.cells.find((one) => one.start === start && one.end === end);
    if (found) return found;
    const cell = {
      start,
      end,
      last: this.cut.by === 'rows' ? end - this.cut.tail : lastOf(end),
      isSession: this.cut.by === 'rows',
      current: new CurrentRows(),
      panes: [],
      time: MIN_TIME,
      emittedAt: -1,
    };
    facts.cells.push(cell);
    return cell;
  }

  private readState(): void {
    const { state } = this.side.run.engine.operators[this.number - 1].operator;
    state!.each((key, start, end) => this.of(key).held.push({ start, end }));
  }
}

/** The largest event time up to and with each input. */
function newestTimes({ engine: { inputs } }: TracedRun): Float64Array {
  const newest = new Float64Array(inputs.length);
  let most = MIN_TIME;
  for (let input = 0; input < inputs.length; input += 1) {
    if (inputs.kind(input) === EVENT) {
      most = Math.max(most, inputs.eventTime(input));
    }
    newest[input] = most;
  }
  return newest;
}
