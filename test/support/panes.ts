import { INT, field, TIMESTAMP, type Schema, type Timing, type Value } from '../../src/model';
import { type WindowShape } from '../../src/sql/plan';
import { OperatorDrive, type Emission } from './operatorDrive';
import { LoggedWindows, PaneLog, type Logged } from './paneLog';
import { WINDOW_DEFAULTS } from './windowOver';
import { POLICIES } from '../../src/engine/profiles';
import { assignerOf } from '../../src/engine/windowing/assign';
import { call, column, overWindow, scan } from './plans';

const SCHEMA: Schema = [field('key', INT), field('value', INT, true), field('ts', TIMESTAMP)];

export interface Fired {
  value: Value;
  window: [number, number];
  timing: Timing;
  change: Emission['change'];
  ts: number;
  index: number;
  nonSpeculative: number;
  first: boolean;
  last: boolean;
}

/** A window operator that sums `value` by `key`, driven by hand. */
export class Panes {
  readonly drive: OperatorDrive;
  private readonly log = new PaneLog();

  constructor(shape: WindowShape, settings: Partial<Logged> = {}) {
    const assigner = settings.assigner ?? assignerOf(shape, POLICIES[settings.profile ?? 'flink']);
    const plan = overWindow(scan('t', SCHEMA, 'ts'), shape, ['key'], [call('SUM', column(SCHEMA, 'value'))]);
    const all = { ...WINDOW_DEFAULTS, ...settings, assigner, log: this.log };
    this.drive = new OperatorDrive((context) => new LoggedWindows(plan, all, context), [SCHEMA]);
  }

  get operator(): LoggedWindows {
    return this.drive.operator as LoggedWindows;
  }

  get held(): number {
    return this.operator.state.rows;
  }

  /** One element. */
  put(ts: number, value: number, key = 0): Fired[] {
    return this.fired(this.drive.row([key, value, ts], { time: ts }));
  }

  /** Several, whose triggers are asked at the end. */
  bundle(...elements: [ts: number, value: number][]): Fired[] {
    for (const [ts, value] of elements) this.drive.row([0, value, ts], { time: ts });
    this.operator.out.length = 0;
    this.operator.endBundle(0);
    const { out } = this.operator;
    return Array.from({ length: out.length }, (_, row) => this.one(row));
  }

  watermark(to: number): Fired[] {
    return this.fired(this.drive.advance(to));
  }

  /** The clock; panes of one alarm only. */
  clock(now: number): Fired[] {
    return this.fired(this.drive.clock(now));
  }

  end(): Fired[] {
    return this.fired(this.drive.end());
  }

  private fired(emissions: Emission[]): Fired[] {
    return emissions.map((_, row) => this.one(row));
  }

  private one(row: number): Fired {
    const { out } = this.operator;
    const pane = this.log.of(row);
    return {
      value: out.columns[4].valid?.[row] === 0 ? null : out.columns[4].data[row],
      window: [out.id1[row], out.id2[row]],
      timing: pane.timing,
      change: (['+I', '−U', '+U', '−D'] as const)[out.kind[row]],
      ts: out.time[row],
      index: pane.index,
      nonSpeculative: pane.nonSpeculative,
      first: pane.first,
      last: pane.last,
    };
  }
}

/** Values of panes, in order. */
export const valuesOf = (fired: Fired[]): Value[] => fired.map(({ value }) => value);
/** [value, timing] of panes, in order. */
export const timed = (fired: Fired[]): [Value, Timing][] => fired.map(({ value, timing }) => [value, timing]);

export const tumble = (size: number, offset = 0): WindowShape => ({ kind: 'tumble', size, offset });
export const hop = (size: number, slide: number, offset = 0): WindowShape => ({ kind: 'hop', size, slide, offset });
export const cumulate = (size: number, step: number): WindowShape => ({ kind: 'cumulate', size, step, offset: 0 });
export const session = (gap: number): WindowShape => ({ kind: 'session', gap });
export const whole: WindowShape = { kind: 'global' };
