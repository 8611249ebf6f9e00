import { STEP_KINDS, StepLog, type StepKind } from '../../model';

/** More steps than this and a run is refused: nothing grows without bound. */
export const MOST_STEPS = 4_000_000;

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

  add(
    kind: StepKind,
    operator: number,
    input: number,
    key: number,
    a: number,
    b: number,
    row: number,
    values: ArrayLike<number> | null = null,
  ): void {
    if (this.keep) this.range.add(CODES[kind], operator, input, key, a, b, row, values);
    this.count += 1;
    if (this.onStep !== null) this.onStep(this.count);
  }

  /** Ends a range whose inputs are [from, to]. */
  endRange(from: number, to: number): void {
    const { range } = this;
    this.count = 0;
    if (range.length === 0) return;
    this.sort(from, to);
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
    this.hashSteps();
    return hex(this.high) + hex(this.low);
  }

  /**
   * Takes the steps since the last time into the hash, two words a round: one for each of two multiplicative lanes, of
   * which either changes the other.
   */
  private hashSteps(): void {
    const { kind, operator, input, key, row, a, b, payload, payloadEnd, length } = this.log;
    let { high, low } = this;
    const words = new Int32Array(8);
    const floats = new Float64Array(words.buffer);
    let read = this.hashed === 0 ? 0 : payloadEnd[this.hashed - 1];
    for (let at = this.hashed; at < length; at += 1) {
      words[0] = (operator[at] << 8) | kind[at];
      words[1] = input[at];
      words[2] = key[at];
      words[3] = row[at];
      floats[2] = canonical(a[at]);
      floats[3] = canonical(b[at]);
      for (let word = 0; word < 8; word += 2) {
        high = stir(high ^ words[word], low, HIGH);
        low = stir(low ^ words[word + 1], high, LOW);
      }
      for (; read < payloadEnd[at]; read += 1) {
        floats[0] = canonical(payload[read]);
        high = stir(high ^ words[0], low, HIGH);
        low = stir(low ^ words[1], high, LOW);
      }
    }
    this.high = high;
    this.low = low;
    this.hashed = length;
  }
}

const HIGH = 0x9e3779b1;
const LOW = 0x85ebca77;

function stir(lane: number, other: number, factor: number): number {
  const product = Math.imul(lane, factor) + (other >>> 7);
  return product ^ (product >>> 15);
}

/** Numbers that are equal have the same bytes: one zero, one NaN. */
const canonical = (value: number): number => (value === 0 ? 0 : value === value ? value : NaN);

const CODES = Object.fromEntries(STEP_KINDS.map((kind, code) => [kind, code])) as Record<StepKind, number>;

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
