import { grown, withRoom } from './grown';

/**
 * Steps: what happened in a run, one small thing at a time.
 *
 * In the worker steps are typed columns (`StepLog`); one step is decoded to a `Step` only when it is looked at.
 * The order of steps is by key (input number, operator number, ordinal), so it does not depend on how rows were cut
 * into ranges. To add a kind: one case in `Step`, one code in `STEP_KINDS`; the compiler lists every switch to extend.
 */

export const STEP_KINDS = [
  'row in',
  'row dropped',
  'state written',
  'state read',
  'window fired',
  'window purged',
  'watermark advanced',
  'row out',
  'job ended',
  'action applied',
  'input ended',
  'window emptied',
  'windows merged',
  'pair joined',
  'row padded',
  'row purged',
  'status changed',
] as const;

export type StepKind = (typeof STEP_KINDS)[number];

export const stepCode = (kind: StepKind): number => STEP_KINDS.indexOf(kind);

interface At {
  /** Number of the step in its run, from 0. */
  step: number;
  /** Input number that caused it. */
  input: number;
  /** Operator in plan order; 0 is the source. */
  operator: number;
  /** Processing time, ms. */
  processingTime: number;
}

/** A key and a window (or other namespace) of keyed state. `start === end` where the state has no window. */
interface Place {
  /** Key id, dense per operator, from 0; -1 where there is no key. */
  key: number;
  start: number;
  end: number;
}

/** When a pane is emitted: at the end of its window, after that, or before (S4.10). The codes are what steps hold. */
export const TIMINGS = ['on time', 'late', 'early'] as const;
export type Timing = (typeof TIMINGS)[number];

/**
 * Why a join forgets a row: nothing that is still to come could meet it, its time to live is over, or its stream has
 * taken it back. The codes are what steps hold.
 */
export const PURGES = ['passed', 'expired', 'taken back'] as const;
export type Purge = (typeof PURGES)[number];

export type Side = 'left' | 'right';

export type Step =
  /** The source hands on the event in row `row` of its topic. `late`: at or behind the watermark (S1.10). */
  | (At & { kind: 'row in'; row: number; eventTime: number; late: boolean })
  /** An operator refuses the row of this input: every window it belongs to has expired, or its frame was already answered. */
  | (At & Place & { kind: 'row dropped' })
  /** The state of a key and namespace is now `values`, in the operator's state columns; `side`: of a join's row, or null. */
  | (At & Place & { kind: 'state written'; values: number[]; side: Side | null })
  /** The state of a key was read to answer a request; `touched` rows were read for it. */
  | (At & Place & { kind: 'state read'; row: number; touched: number })
  /** A window emits. `pane` counts its emissions from 0. */
  | (At & Place & { kind: 'window fired'; pane: number; timing: Timing })
  /** A pane has been emitted, and its contents are not kept for the next one. */
  | (At & Place & { kind: 'window emptied' })
  /** A session is gone: it is part of [into.start, into.end) now. */
  | (At & Place & { kind: 'windows merged'; into: { start: number; end: number } })
  /** The state of a window is thrown away: the watermark passed its end and the allowed lateness. */
  | (At & Place & { kind: 'window purged' })
  /** A join finds that the left and the right row with these numbers (as they came, from 0) belong together. */
  | (At & { kind: 'pair joined'; key: number; left: number; right: number; leftTime: number; rightTime: number })
  /** A join emits a row of one side alone: no partner for it can come any more. */
  | (At & Place & { kind: 'row padded'; side: Side })
  /** A join forgets a row of one side; `row`: its number among the rows of its side, where its steps carry one. */
  | (At & Place & { kind: 'row purged'; side: Side; row: number | null; because: Purge })
  /**
   * The watermark of a stream moves `from` → `to`, because partition `partition` moved (-1: the clock, or the end of the
   * input). `source`: the stream's place among those that the run reads.
   */
  | (At & { kind: 'watermark advanced'; from: number; to: number; partition: number; source: number })
  /** A partition becomes idle, and the watermark does not wait for it any more; or it becomes active again (S1.8). */
  | (At & { kind: 'status changed'; partition: number; source: number; idle: boolean })
  /** Row `row` of the result log is emitted. */
  | (At & { kind: 'row out'; row: number })
  /** A scheduled batch job read `rowsRead` rows and published a new result. */
  | (At & { kind: 'job ended'; rowsRead: number; published: number })
  /** A reader's action (a fork) takes effect; `action` is its place in the run's fork list. */
  | (At & { kind: 'action applied'; action: number })
  | (At & { kind: 'input ended' });

/**
 * Growing typed columns of steps. What `key`, `a`, `b`, `row` and the payload mean is decided by the kind, see
 * `readStep`.
 */
export class StepLog {
  length = 0;
  kind: Uint8Array;
  operator: Uint8Array;
  input: Int32Array;
  key: Int32Array;
  row: Int32Array;
  a: Float64Array;
  b: Float64Array;
  /** Payload of step i: `payload[payloadEnd[i-1]] … payload[payloadEnd[i]]`. */
  payloadEnd: Int32Array;
  payload: Float64Array;

  /** `room`: steps to expect; there may be more. */
  constructor(room = 0) {
    const size = Math.max(1024, room);
    this.kind = new Uint8Array(size);
    this.operator = new Uint8Array(size);
    this.input = new Int32Array(size);
    this.key = new Int32Array(size);
    this.row = new Int32Array(size);
    this.a = new Float64Array(size);
    this.b = new Float64Array(size);
    this.payloadEnd = new Int32Array(size);
    this.payload = new Float64Array(size);
  }

  /** The next step makes it grow. */
  get isFull(): boolean {
    return this.length === this.kind.length;
  }

  add(
    kind: number,
    operator: number,
    input: number,
    key: number,
    a: number,
    b: number,
    row: number,
    values: ArrayLike<number> | null = null,
    from = 0,
    to = values ? values.length : 0,
  ): void {
    if (this.length === this.kind.length) this.grow();
    const at = this.length;
    const start = at === 0 ? 0 : this.payloadEnd[at - 1];
    const size = values ? to - from : 0;
    if (start + size > this.payload.length) this.reservePayload(start + size);
    for (let i = 0; i < size; i += 1) this.payload[start + i] = values![from + i];
    this.kind[at] = kind;
    this.operator[at] = operator;
    this.input[at] = input;
    this.key[at] = key;
    this.a[at] = a;
    this.b[at] = b;
    this.row[at] = row;
    this.payloadEnd[at] = start + size;
    this.length = at + 1;
  }

  /** Takes over steps `order[0 … count)` of another log, in that order. */
  appendRows(other: StepLog, order: Int32Array, count: number): void {
    while (this.length + count > this.kind.length) this.grow();
    const { kind, operator, input, key, row, a, b, payloadEnd } = this;
    let end = this.length === 0 ? 0 : payloadEnd[this.length - 1];
    this.reservePayload(end + (other.length === 0 ? 0 : other.payloadEnd[other.length - 1]));
    const { payload } = this;
    for (let i = 0, to = this.length; i < count; i += 1, to += 1) {
      const at = order[i];
      kind[to] = other.kind[at];
      operator[to] = other.operator[at];
      input[to] = other.input[at];
      key[to] = other.key[at];
      row[to] = other.row[at];
      a[to] = other.a[at];
      b[to] = other.b[at];
      for (let from = at === 0 ? 0 : other.payloadEnd[at - 1]; from < other.payloadEnd[at]; from += 1, end += 1)
        payload[end] = other.payload[from];
      payloadEnd[to] = end;
    }
    this.length += count;
  }

  values(at: number): number[] {
    const found: number[] = [];
    for (let i = at === 0 ? 0 : this.payloadEnd[at - 1]; i < this.payloadEnd[at]; i += 1) found.push(this.payload[i]);
    return found;
  }

  clear(): void {
    this.length = 0;
  }

  private reservePayload(size: number): void {
    this.payload = withRoom(this.payload, size);
  }

  private grow(): void {
    const size = this.kind.length * 2;
    this.kind = grown(this.kind, size);
    this.operator = grown(this.operator, size);
    this.input = grown(this.input, size);
    this.key = grown(this.key, size);
    this.row = grown(this.row, size);
    this.a = grown(this.a, size);
    this.b = grown(this.b, size);
    this.payloadEnd = grown(this.payloadEnd, size);
  }
}

/** Decodes step `at`. `processingTimeOf` gives the processing time of an input number. */
export function readStep(log: StepLog, at: number, processingTimeOf: (input: number) => number): Step {
  const input = log.input[at];
  // Assigned, not spread: a spread costs a microsecond, and pictures decode every step of a run.
  const where = { step: at, input, operator: log.operator[at], processingTime: processingTimeOf(input) };
  const place = { key: log.key[at], start: log.a[at], end: log.b[at] };
  const kind = STEP_KINDS[log.kind[at]];
  switch (kind) {
    case 'row in':
      return Object.assign(where, { kind, row: log.row[at], eventTime: log.a[at], late: log.b[at] === 1 });
    case 'row dropped':
      return Object.assign(where, place, { kind });
    case 'state written':
      return Object.assign(where, place, {
        kind,
        values: log.values(at),
        side: log.row[at] < 0 ? null : sideOf(log.row[at]),
      });
    case 'state read':
      return Object.assign(where, place, { kind, row: log.row[at], touched: log.values(at)[0] });
    case 'window fired':
      return Object.assign(where, place, { kind, pane: log.row[at], timing: TIMINGS[log.values(at)[0]] });
    case 'window purged':
    case 'window emptied':
      return Object.assign(where, place, { kind });
    case 'windows merged': {
      const [start, end] = log.values(at);
      return Object.assign(where, place, { kind, into: { start, end } });
    }
    case 'pair joined': {
      const [left, right] = log.values(at);
      return Object.assign(where, { kind, key: log.key[at], left, right, leftTime: log.a[at], rightTime: log.b[at] });
    }
    case 'row padded':
      return Object.assign(where, place, { kind, side: sideOf(log.row[at]) });
    case 'row purged': {
      const [row = null, because = 0] = log.values(at);
      return Object.assign(where, place, { kind, side: sideOf(log.row[at]), row, because: PURGES[because] });
    }
    case 'watermark advanced':
      return Object.assign(where, {
        kind,
        from: log.b[at],
        to: log.a[at],
        partition: log.key[at],
        source: log.row[at] + 1,
      });
    case 'status changed':
      return Object.assign(where, { kind, partition: log.key[at], source: log.row[at], idle: log.a[at] === 1 });
    case 'row out':
      return Object.assign(where, { kind, row: log.row[at] });
    case 'job ended':
      return Object.assign(where, { kind, rowsRead: log.a[at], published: log.b[at] });
    case 'action applied':
      return Object.assign(where, { kind, action: log.row[at] });
    case 'input ended':
      return Object.assign(where, { kind });
  }
}

const sideOf = (port: number): Side => (port === 0 ? 'left' : 'right');
