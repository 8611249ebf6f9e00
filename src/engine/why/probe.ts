import { adds, appendRow, MIN_TIME, takeRows, withRoom, type ColumnBatch, type Value } from '../../model';
import { type Topic } from '../log/topic';
import { type Pieces } from '../pieces';
import { driven } from '../run/driven';
import { type PlannedEvent } from '../run/eventQueue';
import { EVENT } from '../run/inputLog';
import { openRun } from '../run/openRun';
import { type Run } from '../run/run';
import { type LocalOptions } from '../stream/options';
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

/** What could happen next: events, then no more of them until the clock shows `until` (null: no waiting). */
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

/** Whether an operator emits a row that `isIt`. */
export const emitsRow =
  (nodeIndex: number, isIt: (out: ColumnBatch, row: number) => boolean) =>
  (run: Run): boolean => {
    const { batch, from, to } = run.rangeOf({ nodeIndex, topic: -1 });
    for (let row = from; row < to; row += 1) if (adds(batch.kind[row]) && isIt(batch, row)) return true;
    return false;
  };

/** Whether a window of a key emits. */
export const emitsWindow = ({ nodeIndex, key, start, end }: Target): ((run: Run) => boolean) =>
  emitsRow(nodeIndex, (out, row) => out.id1[row] === start && out.id2[row] === end && isRow(out, row, key));

/** A clock that would tick more often than this between two events is not waited for. */
const MOST_TICKS = 10_000;
const RANGE_ROWS = 1_024;

/**
 * Tries what would happen: the run as it was up to an input, and then a change in place of what came. It goes on until
 * the window fires, or the change is over. Each probe is a new run without a trace; the run asked about is not touched.
 */
export class Probe {
  /** Runs so far. */
  count = 0;
  /** Whether the last input of a run produced what is asked about. */
  isDone: (run: Run) => boolean = () => false;
  readonly now: number;
  /** The run after the input. Each attempt overwrites its result log. */
  readonly runAtInput: Run;
  private readonly topics: Topic[];
  /** How many rows of each topic had been read. */
  private readonly rows: number[];
  private past: Uint8Array = new Uint8Array(0);

  private constructor(
    private readonly subject: Subject,
    private readonly input: number,
  ) {
    const { inputs, setup } = subject.run.engine;
    this.now = clockAt(subject, input);
    const read = inputs.topics.map((_, place) => inputs.readOf(place, input).rows);
    this.rows = read.map((rows) => rows.length);
    this.topics = inputs.topics.map((topic, place) => topicOfRows(topic, read[place]));
    this.runAtInput = openRun({ ...setup, options: this.options() });
  }

  /** For the moment behind an input. */
  static *after(subject: Subject, input: number): Pieces<Probe> {
    const probe = new Probe(subject, input);
    yield* driven(probe.runAtInput, input + 1);
    probe.past = probe.runAtInput.save();
    return probe;
  }

  private options(results?: ResultLog): LocalOptions {
    return { ...this.subject.options, rangeRows: RANGE_ROWS, results };
  }

  /** The part of the change that was needed until the window fired, or null where it never does. */
  *try(change: Change): Pieces<Change | null> {
    this.count += 1;
    const events = this.placed(change.events);
    const run = this.planted(events);
    const handled: PlantedEvent[] = [];
    let ticks = 0;
    for (let next = run.nextInput; next !== null && ticks < MOST_TICKS; next = run.nextInput) {
      const isEvent = next.kind === EVENT;
      // The passage of time counts only while events are to come, or during the wait after them.
      if (handled.length === events.length && next.time > (change.until ?? MIN_TIME)) return null;
      yield* driven(run, run.next + 1);
      yield;
      ticks = isEvent ? 0 : ticks + 1;
      if (isEvent) {
        const [topic, row] = [run.inputs.topic(run.next - 1), run.inputs.row(run.next - 1)];
        handled.push(events.find((one) => one.topic === topic && one.row === row)!.event);
      }
      if (this.isDone(run)) return { events: handled, until: isEvent ? null : next.time };
    }
    return null;
  }

  /**
   * The run after the input, with other events to come. It is not run again: which partitions take part in an alignment
   * depends on which have more to come (S20.2), and new events must not change the past.
   */
  private planted(events: readonly Placed[]): Run {
    const { topics, rows, input } = this;
    topics.forEach((topic, i) => {
      topic.table.length = rows[i];
    });
    for (const { topic, row, event } of events) plant(topics[topic], row, event);
    const { setup, inputs } = this.subject.run.engine;
    const run = openRun({
      plan: setup.plan,
      topics,
      end: false,
      options: this.options(this.runAtInput.results),
      continues: { inputs: inputs.prefix(input + 1, topics), events },
    });
    run.restore(this.past);
    return run;
  }

  /** Planted events, placed after the rows of their topics. */
  private placed(events: readonly PlantedEvent[]): Placed[] {
    const next = [...this.rows];
    return events.map((event) => {
      const topic = this.topics.findIndex(({ name }) => name === event.stream);
      const { partition, arrives } = event;
      return { topic, row: next[topic]++, partition, arrives, event };
    });
  }
}

interface Placed extends PlannedEvent {
  event: PlantedEvent;
}

const COLUMNS = ['time', 'append', 'partition', 'offset'] as const;

/** A topic of these rows. */
function topicOfRows(topic: Topic, rows: Int32Array): Topic {
  const copy = { ...topic, table: takeRows(topic.table, rows) };
  for (const name of COLUMNS) copy[name] = Float64Array.from(rows, (row) => topic[name][row]);
  return copy;
}

function plant(topic: Topic, row: number, { time, arrives, partition, values }: PlantedEvent): void {
  for (const name of COLUMNS) topic[name] = withRoom(topic[name], row + 1);
  appendRow(topic.table, values);
  topic.time[row] = time;
  topic.append[row] = arrives;
  topic.partition[row] = partition;
  const before = row === 0 ? -1 : topic.partition.lastIndexOf(partition, row - 1);
  topic.offset[row] = before < 0 ? 0 : topic.offset[before] + 1;
}

export const sameEvent = (a: PlantedEvent, b: PlantedEvent): boolean =>
  a.stream === b.stream &&
  a.partition === b.partition &&
  a.time === b.time &&
  a.arrives === b.arrives &&
  a.values.every((value, i) => value === b.values[i]);
