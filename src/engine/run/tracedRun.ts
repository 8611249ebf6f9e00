import { firstWhere, MARKS, readStep, STEP_KINDS, stepCode, type Mark, type Step, type StepKind } from '../../model';
import { History } from '../../sim/history';
import { whole, type Pieces } from '../pieces';
import { driven } from './driven';
import { Run, type RunCheckpoint, type RunSetup } from './run';
import { Trace } from './trace';

const WINDOW_CODES: ReadonlySet<number> = new Set(
  (['state written', 'window fired', 'windows merged'] as const).map(stepCode),
);

/** Steps that an input causes in most runs: what room is made for. */
const STEPS_PER_INPUT = 4;
/** A step takes about 40 bytes of its own; keyframes may take up 8 more. */
const KEYFRAMES = { steps: 2_000, bytesPerStep: 8 };

/**
 * A run that can be looked at: the local engine with a trace and keyframes. It is first run through once; then
 * `at(step, look)` puts the engine right behind any step and calls `look` there.
 */
export class TracedRun {
  readonly trace: Trace;
  readonly engine: Run;
  private readonly history: History;
  private readonly indexes = new Map<number, number[][]>();
  private done = false;
  /** How many have looked at a step. */
  private looks = 0;

  /** `checkpoint`: of a run with the same setup, to go on from; then that is what stands before the first step. */
  constructor(setup: RunSetup, checkpoint?: RunCheckpoint) {
    const events = setup.topics.reduce((sum, { table }) => sum + table.length, 0);
    this.trace = new Trace(STEPS_PER_INPUT * events);
    this.engine = new Run(setup, this.trace, checkpoint);
    this.history = new History(this.engine, KEYFRAMES);
  }

  get steps(): number {
    return this.trace.log.length;
  }

  /** What it has in memory, in bytes; its state as it was when the last keyframe was taken. */
  get bytes(): number {
    const { steps, rows, texts } = this.engine.holds;
    return steps + rows + texts + this.history.size + this.history.lastSize;
  }

  step(at: number): Step {
    return readStep(this.trace.log, at, (input) => this.engine.inputs.processing(input));
  }

  /** The steps of some kinds, in order, up to and with step `until`; those of one operator, or of one of its keys. */
  *stepsOf<K extends StepKind>(
    kinds: readonly K[],
    { operator, key, until = this.steps - 1 }: { operator?: number; key?: number; until?: number },
  ): Generator<Extract<Step, { kind: K }>> {
    const { log } = this.trace;
    const codes = new Set(kinds.map(stepCode));
    const last = Math.min(until, log.length - 1);
    for (let at = 0; at <= last; at += 1) {
      if (!codes.has(log.kind[at]) || (operator !== undefined && log.operator[at] !== operator)) continue;
      if (key === undefined || log.key[at] === key) yield this.step(at) as Extract<Step, { kind: K }>;
    }
  }

  /** Goes on with the first run through; true when it is complete. */
  advance(mayContinue: () => boolean): boolean {
    const afterRange = (): boolean => {
      this.history.note(this.trace.log.length);
      return mayContinue();
    };
    this.engine.advance(afterRange, Infinity, mayContinue);
    this.done ||= this.engine.finished;
    return this.done;
  }

  /**
   * Calls `look` while the engine stands right behind step `step` (-1: before the first), inside its input if need be.
   * Every path there shows the same.
   */
  at<T>(step: number, look: () => T): T {
    return whole(this.seeing(step, look));
  }

  /**
   * The same, to be left before the input of the step and inside it. Whoever looks meanwhile is served first, and then
   * this begins again.
   */
  *seeing<T>(step: number, look: () => T): Pieces<T> {
    if (!this.done) throw new RangeError('the run has not been run through yet');
    const at = Math.min(step, this.trace.log.length - 1);
    for (;;) {
      const begun = this.begin();
      const seen = yield* this.seen(at, look, () => begun === this.looks);
      if (seen) return seen();
    }
  }

  /** The number of a new look; what another one has left inside an input is brought to its end. */
  private begin(): number {
    this.trace.onStep = null;
    this.trace.keep = false;
    this.engine.advance(() => true, 0);
    this.looks += 1;
    return this.looks;
  }

  /** What is seen behind step `at`; null where somebody else has looked meanwhile. */
  private *seen<T>(at: number, look: () => T, isAlone: () => boolean): Pieces<(() => T) | null> {
    const { trace, history } = this;
    let seen: (() => T) | null = null;
    try {
      if (at < 0) {
        history.start();
        return attempt(look);
      }
      const input = trace.log.input[at];
      const first = this.firstStepOf(input);
      history.seek(input);
      if (!(yield* this.forward(input, isAlone))) return null;
      trace.onStep = (count) => {
        if (count === at - first + 1) seen = attempt(look);
      };
      return (yield* this.forward(input + 1, isAlone)) ? seen : null;
    } finally {
      if (isAlone()) {
        trace.onStep = null;
        trace.keep = true;
      }
    }
  }

  /** False where somebody else has looked meanwhile. */
  private *forward(until: number, isAlone: () => boolean): Pieces<boolean> {
    for (const _ of driven(this.engine, until)) {
      yield;
      if (!isAlone()) return false;
    }
    return true;
  }

  /** The first step of an input, or of the next one that has any. */
  firstStepOf(input: number): number {
    const { log } = this.trace;
    return firstWhere(0, log.length, (step) => log.input[step] >= input);
  }

  /** The step with a number among those of an input; the last one before it where there is none. */
  stepAt(input: number, ordinal: number): number {
    return Math.min(this.firstStepOf(input) + ordinal, this.firstStepOf(input + 1) - 1);
  }

  /**
   * By key, the steps of an operator that write state, merge windows or fire one, in order. Listed when they are first
   * asked for, so that a picture of one key need not read the whole log.
   */
  stepsByKey(operator: number): readonly (readonly number[])[] {
    const known = this.indexes.get(operator);
    if (known) return known;
    const { log } = this.trace;
    const { keys } = this.engine.operators[operator - 1].operator.state!;
    const found = Array.from({ length: Math.max(1, keys.length) }, (): number[] => []);
    for (let at = 0; at < log.length; at += 1)
      if (log.operator[at] === operator && WINDOW_CODES.has(log.kind[at])) found[log.key[at]].push(at);
    this.indexes.set(operator, found);
    return found;
  }

  /** The moments of the run: the last step of each input that fired, was late, and so on. */
  marks(): { step: number; mark: number }[] {
    const { log } = this.trace;
    const found: { step: number; mark: number }[] = [];
    /** The marks of the input under way, a bit each. */
    let met = 0;
    for (let at = 0; at < log.length; at += 1) {
      const mark = MARK_BY_CODE[log.kind[at]];
      if (mark >= 0 && (mark !== LATE || log.b[at] === 1)) met |= 1 << mark;
      if (met !== 0 && (at + 1 === log.length || log.input[at + 1] !== log.input[at])) {
        for (let one = 0; one < MARKS.length; one += 1) if (met & (1 << one)) found.push({ step: at, mark: one });
        met = 0;
      }
    }
    return found;
  }
}

/** What `look` gives or throws, later: an input that is under way has to come to its end. */
function attempt<T>(look: () => T): () => T {
  try {
    const value = look();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** A step of this kind makes its moment; a row that comes in only where it is late. */
const MARK_OF: Partial<Record<StepKind, Mark>> = {
  'window fired': 'fired',
  'row in': 'late',
  'row dropped': 'dropped',
  'state read': 'answered',
  'job ended': 'published',
  'action applied': 'action',
  'input ended': 'end',
};
const MARK_BY_CODE = Int8Array.from(STEP_KINDS, (kind) => {
  const mark = MARK_OF[kind];
  return mark === undefined ? -1 : MARKS.indexOf(mark);
});
const LATE = MARKS.indexOf('late');
