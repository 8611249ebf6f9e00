import { adds, type JOIN_FATES, MAX_TIME, MIN_TIME, type Step } from '../../model';
import { topicsOf } from '../run/graph';
import { EVENT } from '../run/inputLog';
import { type Pairing } from '../stream/operator';
import { type TracedRun } from '../run/tracedRun';
import { resultOperator } from './resultOf';

type JoinFate = (typeof JOIN_FATES)[number];

/** A row that a join was given. */
export interface JoinRow {
  /** Among all rows, in order of arrival. */
  place: number;
  /** 0 left, 1 right. */
  side: number;
  key: number;
  time: number;
  /** The input with which it came. */
  input: number;
  /** Its number among the rows of its side, as pairs name it; -1 while no pair has. */
  number: number;
  partners: number;
  padded: boolean;
  fate: JoinFate;
  /** The last step about it. */
  step: number;
}

interface JoinPair {
  /** Places of its rows. */
  left: number;
  right: number;
  input: number;
  step: number;
}

export interface Joined {
  number: number;
  pairing: Pairing;
  rows: JoinRow[];
  pairs: JoinPair[];
}

const KINDS = ['state written', 'pair joined', 'row padded', 'row purged', 'row dropped'] as const;
type JoinStep = Extract<Step, { kind: (typeof KINDS)[number] }>;
type StepOf<K extends JoinStep['kind']> = Extract<Step, { kind: K }>;
/** What the rules of `Pairing` need of a step to make a row. */
type Arrival = Pick<JoinRow, 'side' | 'key' | 'time' | 'input' | 'step'>;

/** Number of the last operator that pairs rows of two inputs, or -1. */
const joinOperator = ({ engine }: TracedRun): number =>
  engine.operators.findLastIndex(({ operator }) => operator.pairing) + 1 || -1;

/** Every row and pair of a run's join by step `until`, from its steps alone; null where the run has none. */
export function joinedBy(run: TracedRun, until: number): Joined | null {
  const number = joinOperator(run);
  const pairing = number < 0 ? undefined : run.engine.operators[number - 1].operator.pairing;
  if (!pairing) return null;
  const found = new Found(run, number, pairing);
  for (const step of run.stepsOf(KINDS, { operator: number, until })) found.read(step);
  if (pairing.kind === 'version') found.answer(until);
  return { number, pairing, rows: found.rows, pairs: found.pairs };
}

/** Assembles rows from the steps about them. */
class Found {
  readonly rows: JoinRow[] = [];
  pairs: JoinPair[] = [];
  /** Rows of each side by number. */
  private readonly named = [new Map<number, JoinRow>(), new Map<number, JoinRow>()];
  private readonly arrivals: [number, number] = [0, 0];
  private readonly sides: ReadonlySet<number>[];

  constructor(
    private readonly run: TracedRun,
    number: number,
    private readonly pairing: Pairing,
  ) {
    const { operators } = run.engine.graph;
    this.sides = operators[number - 1].inputs.map((input) => topicsOf(operators, input));
  }

  read(step: JoinStep): void {
    switch (step.kind) {
      case 'state written':
        return this.readWritten(step);
      case 'pair joined':
        return this.readPair(step);
      case 'row padded': {
        const row = this.rows.find((one) => isRowOf(step, one) && !one.padded && one.partners === 0);
        return this.tell(row ?? this.add({ ...arrivalOf(step), fate: 'not kept' }), step, { padded: true });
      }
      case 'row purged': {
        if (this.pairing.kind === 'ever') return this.readPurged(step, this.pairing);
        const row = this.rows.find((one) => isRowOf(step, one) && one.fate === 'kept');
        if (row) this.tell(row, step, { fate: 'forgotten' });
        return;
      }
      case 'row dropped': {
        const side = Math.max(this.sideOf(step.input), 0);
        this.add({ ...arrivalOf(step), side, time: this.timeOf(step.input), fate: 'too late' });
      }
    }
  }

  private readWritten(step: StepOf<'state written'>): void {
    const { key, input, values } = step;
    switch (this.pairing.kind) {
      case 'ever': {
        if (step.side === null) return;
        // After what the key remembers come the time and the number of the row.
        const [, , time, number] = values;
        const row = this.add({ ...arrivalOf(step), time, fate: 'kept' });
        this.tell(row, step, { padded: this.pairing.alone[row.side] });
        return this.name(row, number);
      }
      case 'version': {
        if (step.side === null) return;
        const row = this.add({ ...arrivalOf(step), time: this.timeOf(input), fate: 'kept' });
        return this.name(row, this.arrivals[row.side]++);
      }
      default: {
        const side = Number.isNaN(values[0]) ? 1 : 0;
        const paired = this.rows.find((row) => row.input === input && row.side === side && row.fate === 'not kept');
        if (paired) this.tell(paired, step, { fate: 'kept' });
        else this.add({ side, key, time: step.start, input, step: step.step, fate: 'kept' });
      }
    }
  }

  private readPair({ key, input, step, left, right, leftTime, rightTime }: StepOf<'pair joined'>): void {
    const at = { key, input, step };
    const ends = [
      this.rowOf({ ...at, side: 0, time: leftTime }, left),
      this.rowOf({ ...at, side: 1, time: rightTime }, right),
    ];
    const together = this.pairing.kind === 'ever' ? { padded: false } : {};
    for (const row of ends) this.tell(row, at, { ...together, partners: row.partners + 1 });
    this.pairs.push({ left: ends[0].place, right: ends[1].place, input, step });
  }

  /** What its stream takes back leaves the rows that are still kept. */
  private readPurged(step: StepOf<'row purged'>, { alone }: Extract<Pairing, { kind: 'ever' }>): void {
    const { side } = arrivalOf(step);
    const row = this.named[side].get(step.row!);
    // It came before the checkpoint that the run goes on from.
    if (!row) return;
    const isBack = step.because === 'taken back';
    this.tell(row, step, { fate: isBack ? 'taken back' : 'forgotten' });
    if (!isBack) return;
    this.pairs = this.pairs.filter((pair) => {
      const other = side === 0 ? pair.right : pair.left;
      if ((side === 0 ? pair.left : pair.right) !== row.place || this.rows[other].fate !== 'kept') return true;
      for (const one of [row, this.rows[other]]) one.partners -= 1;
      this.rows[other].padded = alone[1 - side] && this.rows[other].partners === 0;
      return false;
    });
    row.padded = false;
  }

  /** Rows of a join with versions: the result tells which one each left row matched. */
  answer(until: number): void {
    const { engine } = this.run;
    const number = joinOperator(this.run);
    if (resultOperator(this.run) === number) {
      const { rows } = engine.results;
      for (let row = 0; row < rows.length; row += 1) {
        const left = this.named[0].get(rows.id0[row]);
        if (!left || !adds(rows.kind[row])) continue;
        const right = this.named[1].get(rows.id1[row]);
        this.tell(left, left, { fate: 'forgotten', padded: right === undefined, partners: right ? 1 : 0 });
        if (!right) continue;
        right.partners += 1;
        const step = rows.input[row] === this.run.trace.log.input[until] ? until : -1;
        this.pairs.push({
          left: left.place,
          right: right.place,
          input: rows.input[row],
          step,
        });
      }
    }
    this.forgetVersions(engine.operators[number - 1].inputWatermark);
  }

  /** By time a version goes when a newer one is valid at the watermark; by arrival when a newer one comes. */
  private forgetVersions(watermark: number): void {
    if (this.pairing.kind !== 'version') return;
    const byTime = this.pairing.by === 'time';
    for (const row of this.rows) {
      if (row.side === 0 || row.fate !== 'kept') continue;
      const next = versionAfter(this.rows, row, byTime);
      if (next && (!byTime || next.time <= watermark)) row.fate = 'forgotten';
    }
    for (const row of this.rows) if (row.side === 0 && row.time <= watermark) row.fate = 'forgotten';
  }

  private name(row: JoinRow, number: number): void {
    row.number = number;
    this.named[row.side].set(number, row);
  }

  /** The row that a pair names: known by its number, or by when it came. */
  private rowOf(arrival: Arrival, number: number): JoinRow {
    const { side, key, time, input } = arrival;
    const known = this.named[side].get(number);
    if (known) return known;
    const comes = this.pairing.kind === 'interval' && this.sideOf(input) === side;
    const kept = comes
      ? undefined
      : this.rows.find((row) => row.side === side && row.number < 0 && row.key === key && row.time === time);
    const row = kept ?? this.add({ ...arrival, fate: 'not kept' });
    this.name(row, number);
    return row;
  }

  /** The side that the event of an input comes in on; -1 where it is no event, or both. */
  private sideOf(input: number): number {
    const { inputs } = this.run.engine;
    if (inputs.kind(input) !== EVENT) return -1;
    const [left, right] = this.sides.map((topics) => topics.has(inputs.topic(input)));
    return left === right ? -1 : left ? 0 : 1;
  }

  private timeOf(input: number): number {
    const { inputs } = this.run.engine;
    return inputs.kind(input) === EVENT ? inputs.eventTime(input) : MIN_TIME;
  }

  private add(row: Omit<JoinRow, 'place' | 'number' | 'partners' | 'padded'>): JoinRow {
    const added = { ...row, place: this.rows.length, number: -1, partners: 0, padded: false };
    this.rows.push(added);
    return added;
  }

  private tell(row: JoinRow, { step }: { step: number }, what: Partial<JoinRow>): void {
    Object.assign(row, what, { step });
  }
}

const isRowOf = (step: StepOf<'row padded' | 'row purged'>, row: JoinRow): boolean =>
  row.key === step.key && row.time === step.start && row.side === arrivalOf(step).side;

/** A row as a step has it; where the step has no side, the left one. */
const arrivalOf = (at: Exclude<JoinStep, StepOf<'pair joined'>>): Arrival => ({
  side: 'side' in at && at.side === 'right' ? 1 : 0,
  key: at.key,
  time: at.start,
  input: at.input,
  step: at.step,
});

/** The version that takes over from this one, by time or by arrival. */
function versionAfter(rows: readonly JoinRow[], own: JoinRow, byTime: boolean): JoinRow | undefined {
  const at = (row: JoinRow): number => (byTime ? row.time : row.input);
  let next: JoinRow | undefined;
  for (const row of rows) {
    if (row.side !== 1 || row.key !== own.key || at(row) <= at(own)) continue;
    if (!next || at(row) < at(next)) next = row;
  }
  return next;
}

/** The times that a row looks for on the other side (all, where only keys count), or for a version those at which it is valid. */
export function reachOf({ pairing, rows }: Joined, row: JoinRow): [from: number, to: number] {
  switch (pairing.kind) {
    case 'interval':
      return row.side === 0
        ? [row.time + pairing.lower, row.time + pairing.upper]
        : [row.time - pairing.upper, row.time - pairing.lower];
    case 'window': {
      const windows = pairing.windowsOf(row.time);
      return windows.length === 0 ? [row.time, row.time] : [windows[0][0], windows[windows.length - 1][1]];
    }
    case 'ever':
      return [MIN_TIME, MAX_TIME];
    case 'version':
      return row.side === 0 || pairing.by === 'arrival'
        ? [row.time, row.time]
        : [row.time, versionAfter(rows, row, true)?.time ?? MAX_TIME];
  }
}
