import { makeBatch, MAX_TIME, type ColumnBatch } from '../../model';
import { type Topic } from '../log/topic';

export const EVENT = 0;
export const ACTION = 1;
export const TICK = 2;
export const END = 3;

/**
 * Everything that enters a run, in agenda order: by processing time, then topic, partition and offset (S19). The place
 * in this list is the input number. An event's processing time is its append time: the local engine reads at once, unless
 * its partition is held back (S20.2).
 */
export interface InputLog {
  topics: SourceTopic[];
  length: number;
  kind: Uint8Array;
  /** Topic of an event; place in the fork list of an action. */
  topic: Int32Array;
  /** Row of the topic's batch, for an event. */
  row: Int32Array;
  processing: Float64Array;
}

export interface SourceTopic {
  topic: Topic;
  /** The topic's rows with hidden columns; `watermark` is filled while the run goes on. */
  batch: ColumnBatch;
}

export interface AgendaExtras {
  /** Processing times at which scheduled jobs run, ascending: behind the events of the same time. */
  ticks?: number[];
  /** Actions by the input number that they come before. */
  actions?: { at: number; index: number }[];
  /** Whether the input ends after its last event. */
  end: boolean;
}

/** Everything that enters a run, where nobody in it needs to be told the time (else: `clock.ts`). */
export function inputLogOf(topics: Topic[], extras: AgendaExtras): InputLog {
  const agenda = new Agenda(topics, extras);
  while (agenda.push());
  return agenda.inputLog;
}

/** Whether a partition of a topic must not be read now (S20.2). */
export type IsPaused = (topic: number, partition: number) => boolean;

/** Puts the inputs of a run in order, one at a time; `inputLog` grows with each. */
export class Agenda {
  readonly inputLog: InputLog;
  /** Whether all events are in. */
  get isRead(): boolean {
    return this.left === 0;
  }

  private left: number;
  private scheduled = 0;
  private hasEnded = false;
  private now: number;
  private readonly actions: { at: number; index: number }[];
  private readonly queues: Queues;

  constructor(
    topics: Topic[],
    private readonly extras: AgendaExtras,
    isPaused: IsPaused | null = null,
  ) {
    this.left = topics.reduce((sum, topic) => sum + topic.table.length, 0);
    this.now = Math.min(0, ...topics.filter(({ table }) => table.length > 0).map(({ append }) => append[0]));
    const capacity = this.left + (extras.ticks?.length ?? 0) + (extras.actions?.length ?? 0) + 1;
    this.inputLog = {
      topics: topics.map((topic, i) => ({ topic, batch: sourceBatch(topic, i) })),
      length: 0,
      kind: new Uint8Array(capacity),
      topic: new Int32Array(capacity),
      row: new Int32Array(capacity),
      processing: new Float64Array(capacity),
    };
    this.actions = [...(extras.actions ?? [])].sort((a, b) => a.at - b.at);
    this.queues = isPaused ? new PartitionQueues(topics, isPaused) : new TopicQueues(topics);
  }

  /**
   * Puts in the next input; false where there is none. The clock has something to do at `alarm` (MAX_TIME: nothing); its
   * tick comes before the events of its time. Behind the last event it goes on only where the input does not end.
   */
  push(alarm = MAX_TIME): boolean {
    const { inputLog, actions, extras, queues } = this;
    const isEvent = this.left > 0 && queues.pick(this.now);
    const arrival = isEvent ? Math.max(this.now, queues.arrival) : MAX_TIME;
    const scheduled = extras.ticks && this.scheduled < extras.ticks.length ? extras.ticks[this.scheduled] : MAX_TIME;
    const waits = isEvent || scheduled < MAX_TIME || !extras.end;
    const isClock = alarm < MAX_TIME && alarm <= arrival && alarm <= scheduled && waits;
    const isTick = isClock || scheduled < arrival;
    const isOver = !isEvent && !isTick;
    if (!isOver) this.now = isTick ? Math.max(this.now, isClock ? alarm : scheduled) : arrival;
    if (actions.length > 0 && (actions[0].at <= inputLog.length || isOver)) this.add(ACTION, actions.shift()!.index, 0);
    else if (isTick) {
      if (!isClock) this.scheduled += 1;
      this.add(TICK, 0, 0);
    } else if (isEvent) {
      const { topic, row } = queues;
      queues.take();
      this.left -= 1;
      inputLog.topics[topic].batch.input[row] = inputLog.length;
      this.add(EVENT, topic, row);
    } else if (extras.end && !this.hasEnded) {
      this.hasEnded = true;
      this.add(END, 0, 0);
    } else return false;
    return true;
  }

  private add(kind: number, topic: number, row: number): void {
    const { inputLog } = this;
    const at = inputLog.length;
    if (at === inputLog.kind.length) grow(inputLog);
    inputLog.kind[at] = kind;
    inputLog.topic[at] = topic;
    inputLog.row[at] = row;
    inputLog.processing[at] = this.now;
    inputLog.length = at + 1;
  }
}

/** Makes room for more inputs. */
export function grow(inputLog: InputLog): void {
  const size = Math.max(16, inputLog.kind.length * 2);
  const bigger = <A extends Uint8Array | Int32Array | Float64Array>(array: A): A => {
    const grown = new (array.constructor as new (n: number) => A)(size);
    grown.set(array);
    return grown;
  };
  inputLog.kind = bigger(inputLog.kind);
  inputLog.topic = bigger(inputLog.topic);
  inputLog.row = bigger(inputLog.row);
  inputLog.processing = bigger(inputLog.processing);
}

/** What waits to be read. */
interface Queues {
  /** What `pick` has found. */
  topic: number;
  row: number;
  arrival: number;
  /** Finds what is to be read next, as of `now`; false where there is nothing. */
  pick(now: number): boolean;
  /** Takes it away. */
  take(): void;
}

/** Topics are read in arrival order. */
class TopicQueues implements Queues {
  topic = -1;
  row = 0;
  arrival = 0;
  private readonly next: Int32Array;

  constructor(private readonly topics: Topic[]) {
    this.next = new Int32Array(topics.length);
  }

  pick(): boolean {
    const { topics, next } = this;
    let best = -1;
    for (let i = 0; i < topics.length; i += 1) {
      if (next[i] === topics[i].table.length) continue;
      if (best < 0 || topics[i].append[next[i]] < topics[best].append[next[best]]) best = i;
    }
    if (best < 0) return false;
    this.topic = best;
    this.row = next[best];
    this.arrival = topics[best].append[this.row];
    return true;
  }

  take(): void {
    this.next[this.topic] += 1;
  }
}

/**
 * Each partition is read in its order, unless it is held (S20.2). What had to wait is read as soon as it may be, the
 * earliest arrival first.
 */
class PartitionQueues implements Queues {
  topic = -1;
  row = 0;
  arrival = 0;
  private partition = 0;
  /** Rows of each partition of each topic that have not been read, the next one last. */
  private readonly rows: number[][][];

  constructor(
    private readonly topics: Topic[],
    private readonly isPaused: IsPaused,
  ) {
    this.rows = topics.map(({ partitions }) => Array.from({ length: partitions }, () => []));
    topics.forEach(({ table, partition }, topic) => {
      for (let row = table.length - 1; row >= 0; row -= 1) this.rows[topic][partition[row]].push(row);
    });
  }

  pick(now: number): boolean {
    let least = MAX_TIME;
    let found = false;
    this.rows.forEach((ofTopic, topic) => {
      ofTopic.forEach((rows, partition) => {
        const row = rows.at(-1);
        if (row === undefined) return;
        const arrival = this.topics[topic].append[row];
        // Of events that are there already, the one that came first; of one time, the first topic's first row.
        const isFirst = arrival < least || (found && arrival === least && topic === this.topic && row < this.row);
        if (!isFirst || this.isPaused(topic, partition)) return;
        found = true;
        least = arrival;
        Object.assign(this, { topic, partition, row });
      });
    });
    this.arrival = Math.max(now, least);
    return found;
  }

  take(): void {
    this.rows[this.topic][this.partition].pop();
  }
}

function sourceBatch(topic: Topic, index: number): ColumnBatch {
  const rows = topic.table.length;
  const batch = makeBatch([], 0);
  batch.schema = topic.table.schema;
  batch.columns = topic.table.columns;
  batch.length = rows;
  batch.time = topic.time;
  batch.watermark = new Float64Array(rows);
  batch.input = new Int32Array(rows);
  batch.kind = new Uint8Array(rows);
  batch.id0 = new Float64Array(rows);
  if (index > 0) batch.id0.fill(index);
  batch.id1 = Float64Array.from(topic.partition.subarray(0, rows));
  batch.id2 = Float64Array.from(topic.offset.subarray(0, rows));
  return batch;
}
