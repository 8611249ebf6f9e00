import { firstWhere, STEP_KINDS, StepLog, TidemarkError, type StepKind } from '../../model';
import { bytesOfSteps } from './budget';

/** More steps than this and a run is refused: nothing grows without bound. */
const MOST_STEPS = 4_000_000;

/** So many steps, or values of them, are hashed in one go. */
const HASHED = 50_000;

/**
 * Records steps. Operators write in the order in which they run, one whole range after another; at the end of a range
 * the recorder sorts by input number, so the log is in key order: (input, operator, ordinal).
 */
export class Trace {
  /** Steps of all finished ranges, in key order. */
  readonly log: StepLog;
  /** Called after each step of the range under way, with how many it has so far. */
  onStep: ((count: number) => void) | null = null;
  /** When false, steps are counted and shown to `onStep`, but not kept: replay for a seek. */
  keep = true;
  private readonly range = new StepLog();
  /** Steps of the range under way, kept or not. */
  private count = 0;
  /** What each operator does, in plan order. */
  private titles: readonly string[] = [];
  /** Scratch of sorting: where the steps of each input go, and the steps in key order. */
  private starts = new Int32Array(1_024);
  private order = new Int32Array(4_096);
  /** How many steps are in the hash. */
  private hashed = 0;
  private high = 0x811c9dc5;
  private low = 0x01000193;

  /** `room`: steps to expect; there may be more. */
  constructor(room = 0) {
    this.log = new StepLog(room);
  }

  /** For what is said of too many steps. */
  nameOperators(titles: readonly string[]): void {
    this.titles = titles;
  }

  get bytes(): number {
    return bytesOfSteps(this.log) + bytesOfSteps(this.range) + this.order.byteLength;
  }

  /** `kind`: by name, or by code (`stepCode`) where many steps are written: looking the name up takes a while. */
  add(
    kind: StepKind | number,
    operator: number,
    input: number,
    key: number,
    a: number,
    b: number,
    row: number,
    values: ArrayLike<number> | null = null,
  ): void {
    // Asked where room is to be made: seldom, and before it is.
    if (this.range.isFull) this.checkRoom(operator);
    if (this.keep)
      this.range.add(typeof kind === 'number' ? kind : CODES[kind], operator, input, key, a, b, row, values);
    if (this.onStep === null) return;
    this.count += 1;
    this.onStep(this.count);
  }

  /** The number of the operator that has written the most steps. */
  get busiest(): number {
    const counts = new Map<number, number>();
    for (const { length, operator } of [this.log, this.range])
      for (let at = 0; at < length; at += 1) counts.set(operator[at], (counts.get(operator[at]) ?? 0) + 1);
    return [...counts].reduce((one, other) => (other[1] > one[1] ? other : one), [0, 0])[0];
  }

  private checkRoom(operator: number): void {
    if (this.log.length + this.range.length < MOST_STEPS) return;
    throw new TidemarkError({
      what: 'the run has too many steps to keep',
      where: this.titles[operator - 1] ?? 'result',
      expected: `at most ${MOST_STEPS}`,
      hint: 'Take a shorter span of time, or fewer keys.',
    });
  }

  /** Whether a listener sees each step as it is recorded: then the state must be as it was right after that step. */
  get isWatched(): boolean {
    return this.onStep !== null;
  }

  /** Ends a range whose inputs are [from, to]. */
  endRange(from: number, to: number): void {
    const { range } = this;
    this.count = 0;
    if (range.length === 0) return;
    this.sort(from, to);
    if (this.log.length + range.length > MOST_STEPS) this.checkRoom(range.operator[range.length - 1]);
    this.log.appendRows(range, this.order, range.length);
    range.clear();
  }

  /** Counts where the steps of each input begin, then puts every step in its place. */
  private sort(from: number, to: number): void {
    const { length, input } = this.range;
    const inputs = to - from + 1;
    if (this.starts.length <= inputs) this.starts = new Int32Array(2 * inputs);
    if (this.order.length < length) this.order = new Int32Array(2 * length);
    const { starts, order } = this;
    starts.fill(0, 0, inputs + 1);
    for (let i = 0; i < length; i += 1) starts[input[i] - from + 1] += 1;
    for (let i = 0; i < inputs; i += 1) starts[i + 1] += starts[i];
    for (let i = 0; i < length; i += 1) {
      const slot = input[i] - from;
      order[starts[slot]] = i;
      starts[slot] += 1;
    }
  }

  /** Hash over the canonical bytes of every step so far, as 16 hexadecimal digits. */
  get hash(): string {
    this.hashUpTo(this.log.length);
    return hex(this.high) + hex(this.low);
  }

  /** Takes some steps more into the hash; true when it has all of them. */
  hashSome(): boolean {
    const { length, payloadEnd } = this.log;
    const from = this.hashed;
    const most = (from === 0 ? 0 : payloadEnd[from - 1]) + HASHED;
    this.hashUpTo(
      firstWhere(Math.min(from + 1, length), Math.min(from + HASHED, length), (at) => payloadEnd[at] > most),
    );
    return this.hashed === length;
  }

  /**
   * Takes the steps since the last time into the hash, up to step `until`: into two multiplicative lanes, of which either
   * changes the other. Half of a step's words go into each, multiplied and added up first: that does not wait for the
   * step before.
   */
  private hashUpTo(until: number): void {
    const { kind, operator, input, key, row, a, b, payload, payloadEnd } = this.log;
    let { high, low } = this;
    const floats = new Float64Array(2);
    const words = new Int32Array(floats.buffer);
    let read = this.hashed === 0 ? 0 : payloadEnd[this.hashed - 1];
    for (let at = this.hashed; at < until; at += 1) {
      floats[0] = canonical(a[at]);
      floats[1] = canonical(b[at]);
      high = stir(high ^ sum((operator[at] << 8) | kind[at], key[at], words[0], words[2]), low, HIGH);
      low = stir(low ^ sum(input[at], row[at], words[1], words[3]), high, LOW);
      for (; read < payloadEnd[at]; read += 1) {
        floats[0] = canonical(payload[read]);
        high = stir(high ^ words[0], low, HIGH);
        low = stir(low ^ words[1], high, LOW);
      }
    }
    this.high = high;
    this.low = low;
    this.hashed = Math.max(this.hashed, until);
  }
}

const HIGH = 0x9e3779b1;
const LOW = 0x85ebca77;

function stir(lane: number, other: number, factor: number): number {
  const product = Math.imul(lane, factor) + (other >>> 7);
  return product ^ (product >>> 15);
}

/** Odd factors: whatever changes in one word changes the sum. */
const sum = (one: number, two: number, three: number, four: number): number =>
  (Math.imul(one, 0xc2b2ae3d) +
    Math.imul(two, 0x27d4eb2f) +
    Math.imul(three, 0x165667b1) +
    Math.imul(four, 0xfd7046c5)) |
  0;

/** Numbers that are equal have the same bytes: one zero, one NaN. */
const canonical = (value: number): number => (value === value ? value + 0 : NaN);

const CODES = Object.fromEntries(STEP_KINDS.map((kind, code) => [kind, code])) as Record<StepKind, number>;

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
