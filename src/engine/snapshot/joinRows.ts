import { adds, type JOIN_FATES, MAX_TIME, MIN_TIME, PURGES, stepCode } from '../../model';
import { topicsUpstream } from '../run/graph';
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
  /** The last step that said something of it. */
  step: number;
}

export interface JoinPair {
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

const WRITTEN = stepCode('state written');
const PAIRED = stepCode('pair joined');
const PADDED = stepCode('row padded');
const PURGED = stepCode('row purged');
const DROPPED = stepCode('row dropped');
const TAKEN_BACK = PURGES.indexOf('taken back');

/** Number of the last operator that pairs rows of two inputs, or -1. */
export const joinOperator = ({ engine }: TracedRun): number =>
  engine.operators.findLastIndex(({ pairing }) => pairing) + 1 || -1;

/** Every row and pair of a run's join by step `until`, told from its steps alone; null where the run has none. */
export function joinedBy(run: TracedRun, until: number): Joined | null {
  const number = joinOperator(run);
  const pairing = number < 0 ? undefined : run.engine.operators[number - 1].pairing;
  if (!pairing) return null;
  const found = new Found(run, number, pairing);
  const { log } = run.trace;
  for (let at = 0; at <= Math.min(until, log.length - 1); at += 1) if (log.operator[at] === number) found.read(at);
  if (pairing.kind === 'version') found.answer(until);
  return { number, pairing, rows: found.rows, pairs: found.pairs };
}

/** Puts rows together from what steps say of them. */
class Found {
  readonly rows: JoinRow[] = [];
  pairs: JoinPair[] = [];
  /** Rows of each side by number. */
  private readonly named = [new Map<number, JoinRow>(), new Map<number, JoinRow>()];
  private readonly arrivals: [number, number] = [0, 0];
  private readonly sides: Set<number>[];

  constructor(
    private readonly run: TracedRun,
    number: number,
    private readonly pairing: Pairing,
  ) {
    const { operators } = run.engine.graph;
    const upstream = topicsUpstream(operators);
    this.sides = operators[number - 1].inputs.map(({ nodeIndex, topic }) =>
      nodeIndex < 0 ? new Set([topic]) : upstream[nodeIndex],
    );
  }

  read(at: number): void {
    const { log } = this.run.trace;
    const [kind, key, input] = [log.kind[at], log.key[at], log.input[at]];
    if (this.pairing.kind === 'ever' && (kind === WRITTEN || kind === PURGED)) this.readNumbered(at, this.pairing);
    else if (kind === WRITTEN && this.pairing.kind === 'version') {
      if (log.row[at] >= 0) this.arrive(log.row[at], key, this.timeOf(input), input, at);
    } else if (kind === WRITTEN) {
      const side = Number.isNaN(log.values(at)[0]) ? 1 : 0;
      const time = log.a[at];
      const paired = this.rows.find((row) => row.input === input && row.side === side && row.fate === 'not kept');
      if (paired) this.tell(paired, at, { fate: 'kept' });
      else this.add({ side, key, time, input, step: at, fate: 'kept' });
    } else if (kind === PAIRED) {
      const [left, right] = log.values(at);
      const ends = [this.rowOf(0, left, key, log.a[at], input, at), this.rowOf(1, right, key, log.b[at], input, at)];
      const together = this.pairing.kind === 'ever' ? { padded: false } : {};
      for (const row of ends) this.tell(row, at, { ...together, partners: row.partners + 1 });
      this.pairs.push({ left: ends[0].place, right: ends[1].place, input, step: at });
    } else if (kind === PADDED || kind === PURGED) {
      const side = log.row[at];
      const isOne = (row: JoinRow): boolean => row.side === side && row.key === key && row.time === log.a[at];
      const row =
        kind === PADDED
          ? this.rows.find((one) => isOne(one) && !one.padded && one.partners === 0)
          : this.rows.find((one) => isOne(one) && one.fate === 'kept');
      if (kind === PURGED && row) this.tell(row, at, { fate: 'forgotten' });
      else if (kind === PADDED)
        this.tell(row ?? this.add({ side, key, time: log.a[at], input, step: at, fate: 'not kept' }), at, {
          padded: true,
        });
    } else if (kind === DROPPED) {
      const side = this.sideOf(input);
      this.add({ side: Math.max(side, 0), key, time: this.timeOf(input), input, step: at, fate: 'too late' });
    }
  }

  /** Steps of a regular join say which row they are about. What its stream takes back leaves the rows that are still held. */
  private readNumbered(at: number, { alone }: Extract<Pairing, { kind: 'ever' }>): void {
    const { log } = this.run.trace;
    const side = log.row[at];
    if (side < 0) return;
    const values = log.values(at);
    if (log.kind[at] === WRITTEN) {
      const [, , time, number] = values;
      const row = this.add({ side, key: log.key[at], time, input: log.input[at], step: at, fate: 'kept' });
      this.tell(row, at, { number, padded: alone[side] });
      this.named[side].set(number, row);
      return;
    }
    const row = this.named[side].get(values[0])!;
    const isBack = values[1] === TAKEN_BACK;
    this.tell(row, at, { fate: isBack ? 'taken back' : 'forgotten' });
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

  /** Rows of a join with versions: which one each left row saw stands in the result. */
  answer(until: number): void {
    const { engine } = this.run;
    const number = joinOperator(this.run);
    if (resultOperator(this.run) === number) {
      const { rows } = engine.results;
      for (let row = 0; row < rows.length; row += 1) {
        const left = this.named[0].get(rows.id0[row]);
        if (!left || !adds(rows.kind[row])) continue;
        const right = this.named[1].get(rows.id1[row]);
        this.tell(left, left.step, { fate: 'forgotten', padded: right === undefined, partners: right ? 1 : 0 });
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

  private arrive(side: number, key: number, time: number, input: number, step: number): void {
    const row = this.add({ side, key, time, input, step, fate: 'kept' });
    row.number = this.arrivals[side];
    this.named[side].set(row.number, row);
    this.arrivals[side] += 1;
  }

  /** The row that a pair names: known by its number, or by when it came. */
  private rowOf(side: number, number: number, key: number, time: number, input: number, step: number): JoinRow {
    const known = this.named[side].get(number);
    if (known) return known;
    const comes = this.pairing.kind === 'interval' && this.sideOf(input) === side;
    const kept = comes
      ? undefined
      : this.rows.find((row) => row.side === side && row.number < 0 && row.key === key && row.time === time);
    const row = kept ?? this.add({ side, key, time, input, step, fate: 'not kept' });
    row.number = number;
    this.named[side].set(number, row);
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

  private tell(row: JoinRow, step: number, what: Partial<JoinRow>): void {
    Object.assign(row, what, { step });
  }
}

/** The version that takes over from this one, by time or by arrival. */
export function versionAfter(rows: readonly JoinRow[], own: JoinRow, byTime: boolean): JoinRow | undefined {
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
