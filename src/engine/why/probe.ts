import { adds, MAX_TIME, readRow, reserve, takeRows, writeValue, type ColumnBatch, type Value } from '../../model';
import { type Topic } from '../log/topic';
import { EVENT, Agenda, grow as growFeed, TICK, type InputLog } from '../stream/agenda';
import { LocalRun } from '../stream/local';
import { type ResultLog } from '../stream/results';
import { clockAt, isRow, type Subject } from './subject';

/** An event that has not come. Times in ms. */
export interface PlantedEvent {
  stream: string;
  partition: number;
  time: number;
  /** When it arrives, by the clock; not before the moment that is asked about. */
  arrives: number;
  /** In the order of the stream's columns. */
  values: Value[];
}

/** What could happen next: events, and then nothing more until the clock shows `until` (null: no waiting). */
export interface Change {
  events: PlantedEvent[];
  until: number | null;
}

/** A window of a key that is asked about; `nodeIndex` is that of its operator. */
export interface Target {
  nodeIndex: number;
  key: Value[];
  start: number;
  end: number;
}

/** Whether an operator puts out a row that `isIt`. */
export const emitsRow =
  (nodeIndex: number, isIt: (out: ColumnBatch, row: number) => boolean) =>
  ({ dataflow }: LocalRun): boolean => {
    const { out, begin = 0 } = dataflow.nodes[nodeIndex].operator;
    for (let row = begin; row < out.length; row += 1) if (adds(out.kind[row]) && isIt(out, row)) return true;
    return false;
  };

/** Whether a window of a key speaks. */
export const emitsWindow = ({ nodeIndex, key, start, end }: Target): ((run: LocalRun) => boolean) =>
  emitsRow(nodeIndex, (out, row) => out.id1[row] === start && out.id2[row] === end && isRow(out, row, key));

/** Rows that may be planted in one probe. */
const ROOM = 64;
/** A clock that would tick more often than this is not waited for. */
const MOST_TICKS = 10_000;
const RANGE_ROWS = 1_024;

/**
 * Tries what would happen: the run as it was up to an input, and then a change in place of what came. It goes on until
 * the window speaks, or the change is over. Each probe is a new run without a trace; the run asked about is not touched.
 */
export class Probe {
  /** Runs so far. */
  count = 0;
  readonly now: number;
  /** The run as it stands behind the input. Its result log is written over by what is tried. */
  readonly runAtInput: LocalRun;
  private readonly topics: Topic[];
  private readonly rows: number[];
  private readonly past: Uint8Array;

  constructor(
    private readonly subject: Subject,
    private readonly input: number,
    /** Whether what is asked about has come, with the last input of a run. */
    private readonly isDone: (run: LocalRun) => boolean,
  ) {
    const { inputLog } = subject.run.engine;
    this.now = clockAt(subject, input);
    this.rows = inputLog.topics.map(({ batch }) => {
      let rows = 0;
      while (rows < batch.length && batch.input[rows] <= input) rows += 1;
      return rows;
    });
    this.topics = inputLog.topics.map(({ topic }, i) => withRoom(topic, this.rows[i]));
    this.runAtInput = this.replayed();
    this.past = this.runAtInput.save();
  }

  /** The part of the change that was needed until the window spoke, or null where it never does. */
  try(change: Change): Change | null {
    this.count += 1;
    const run = this.planted(change.events);
    const { inputLog } = run;
    let now = this.now;
    /** One more input; whether the window speaks. */
    const handle = (kind: number, topic: number, row: number): boolean => {
      if (inputLog.length === inputLog.kind.length) growFeed(inputLog);
      inputLog.kind[inputLog.length] = kind;
      inputLog.topic[inputLog.length] = topic;
      inputLog.row[inputLog.length] = row;
      inputLog.processing[inputLog.length] = now;
      if (kind === EVENT) inputLog.topics[topic].batch.input[row] = inputLog.length;
      inputLog.length += 1;
      run.advance(() => true);
      return this.isDone(run);
    };
    let ticks = 0;
    /** The clock goes on to the next time that something waits for, by `until` at the latest; false where nothing does. */
    const tick = (until: number): boolean => {
      const alarm = run.needsClock ? run.alarm() : MAX_TIME;
      if (alarm === MAX_TIME || alarm > until || ticks === MOST_TICKS) return false;
      ticks += 1;
      now = Math.max(now, alarm);
      return true;
    };
    const left = this.placed(change.events);
    const handled: PlantedEvent[] = [];
    while (left.length > 0) {
      // A partition that is held back is not read before the others have caught up, or have fallen idle (S20.2).
      const next = left.findIndex(({ topic, event }) => !run.isPausedByAlignment(topic, event.partition));
      const arrival = next < 0 ? MAX_TIME : Math.max(now, left[next].event.arrives);
      if (tick(arrival)) {
        if (handle(TICK, 0, 0)) return { events: handled, until: now };
        continue;
      }
      if (next < 0) return null;
      const [{ topic, row, event }] = left.splice(next, 1);
      now = arrival;
      ticks = 0;
      handled.push(event);
      if (handle(EVENT, topic, row)) return { events: handled, until: null };
    }
    if (change.until === null) return null;
    while (tick(change.until)) if (handle(TICK, 0, 0)) return { events: handled, until: now };
    return null;
  }

  private replayed(): LocalRun {
    const { inputLog } = this.subject.run.engine;
    const copy = new Agenda(
      inputLog.topics.map(({ topic }) => topic),
      { end: false },
    ).inputLog;
    copy.topics.forEach(({ batch }, i) => batch.input.set(inputLog.topics[i].batch.input));
    const run = this.runOf({ ...inputLog, topics: copy.topics });
    run.advance(() => true, this.input + 1);
    return run;
  }

  /**
   * The run as it stands, with other events to come. It is not run anew: who takes part in an alignment depends on who has
   * more to come (S20.2), and what comes must not change what has been.
   */
  private planted(events: PlantedEvent[]): LocalRun {
    const run = this.runOf(this.inputLogOf(events), this.runAtInput.results);
    run.restore(this.past);
    return run;
  }

  private runOf(inputLog: InputLog, results?: ResultLog): LocalRun {
    const { plan, options } = this.subject;
    return new LocalRun(plan, inputLog, { ...options, rangeRows: RANGE_ROWS, results }, null);
  }

  /** Topics and rows of planted events, as `feedOf` puts them. */
  private placed(events: PlantedEvent[]): { topic: number; row: number; event: PlantedEvent }[] {
    const next = [...this.rows];
    return events.map((event) => {
      const topic = this.topics.findIndex(({ name }) => name === event.stream);
      return { topic, row: next[topic]++, event };
    });
  }

  /** What has come, and room for what may: planted rows stand behind the others. */
  private inputLogOf(events: PlantedEvent[]): InputLog {
    const { topics, rows, input } = this;
    const { inputLog: before } = this.subject.run.engine;
    topics.forEach((topic, i) => {
      topic.table.length = rows[i];
    });
    for (const { topic, row, event } of this.placed(events)) plant(topics[topic], row, event);
    const made = new Agenda(topics, { end: false }).inputLog;
    const prefix = input + 1;
    const size = prefix + events.length + 16;
    const kept = <A extends Uint8Array | Int32Array | Float64Array>(array: A): A => {
      const copy = new (array.constructor as new (n: number) => A)(size);
      copy.set(array.subarray(0, prefix));
      return copy;
    };
    made.topics.forEach(({ batch }, i) => batch.input.set(before.topics[i].batch.input.subarray(0, rows[i])));
    return {
      topics: made.topics,
      length: prefix,
      kind: kept(before.kind),
      topic: kept(before.topic),
      row: kept(before.row),
      processing: kept(before.processing),
    };
  }
}

function withRoom(topic: Topic, rows: number): Topic {
  const table = takeRows(
    topic.table,
    Int32Array.from({ length: rows }, (_, row) => row),
  );
  reserve(table, rows + ROOM);
  const copy = <A extends Int32Array | Float64Array>(array: A): A => {
    const grown = new (array.constructor as new (n: number) => A)(rows + ROOM);
    grown.set(array.subarray(0, rows));
    return grown;
  };
  return {
    ...topic,
    table,
    time: copy(topic.time),
    append: copy(topic.append),
    partition: copy(topic.partition),
    offset: copy(topic.offset),
  };
}

function plant(topic: Topic, row: number, { time, arrives, partition, values }: PlantedEvent): void {
  if (row >= topic.time.length) grow(topic);
  topic.table.columns.forEach((column, i) => writeValue(column, row, values[i]));
  topic.table.length = row + 1;
  topic.time[row] = time;
  topic.append[row] = arrives;
  topic.partition[row] = partition;
  topic.offset[row] = 0;
  for (let before = row - 1; before >= 0; before -= 1) {
    if (topic.partition[before] !== partition) continue;
    topic.offset[row] = topic.offset[before] + 1;
    break;
  }
}

function grow(topic: Topic): void {
  const size = topic.time.length * 2;
  reserve(topic.table, size);
  for (const name of ['time', 'append'] as const) {
    const grown = new Float64Array(size);
    grown.set(topic[name]);
    topic[name] = grown;
  }
  for (const name of ['partition', 'offset'] as const) {
    const grown = new Int32Array(size);
    grown.set(topic[name]);
    topic[name] = grown;
  }
}

/** Values of an event of the run, to make another like it. */
export const valuesOf = (topic: Topic, row: number): Value[] => readRow(topic.table, row);

export const sameEvent = (a: PlantedEvent, b: PlantedEvent): boolean =>
  a.stream === b.stream &&
  a.partition === b.partition &&
  a.time === b.time &&
  a.arrives === b.arrives &&
  a.values.every((value, i) => value === b.values[i]);
