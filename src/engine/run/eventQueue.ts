import { MAX_TIME } from '../../model';
import { type Topic } from '../log/topic';

/** The events of a run that have not been read yet, in the order in which they will be (S19). */
export interface EventQueue {
  /** What `pick` has found: row `row` of topic `topic`, to be read at `arrival` at the earliest. */
  topic: number;
  row: number;
  arrival: number;
  /** Finds what is to be read next, as of `now`; false where there is nothing that may be read. */
  pick(now: number): boolean;
  /** How many rows follow one another from the one found, at most `most`, none of them arriving after `until`. */
  ahead(most: number, until: number): number;
  /** Takes away the one found and the `count` − 1 after it. */
  take(count: number): void;
  /** Whether all events have been read. */
  readonly isEmpty: boolean;
  /** The place in every topic. */
  save(): Float64Array;
  restore(places: Float64Array): void;
}

/** Topics are read in arrival order; of events that arrive together, the first topic's come first. */
export class TopicQueue implements EventQueue {
  topic = -1;
  row = 0;
  arrival = 0;
  /** The next row of each topic, and when it arrives: MAX_TIME where there is none. */
  private readonly next: Int32Array;
  private readonly arrivals: Float64Array;
  /** The topic whose turn is after that of the one found. */
  private second = 0;

  constructor(private readonly topics: readonly Topic[]) {
    this.next = new Int32Array(topics.length);
    this.arrivals = new Float64Array(topics.length);
    topics.forEach((_, topic) => this.arrive(topic));
  }

  private arrive(topic: number): void {
    const { append, table } = this.topics[topic];
    const row = this.next[topic];
    this.arrivals[topic] = row < table.length ? append[row] : MAX_TIME;
  }

  pick(): boolean {
    const { arrivals } = this;
    let first = 0;
    let second = -1;
    for (let i = 1; i < arrivals.length; i += 1) {
      if (arrivals[i] < arrivals[first]) {
        second = first;
        first = i;
      } else if (second < 0 || arrivals[i] < arrivals[second]) second = i;
    }
    this.topic = first;
    this.second = second;
    this.row = this.next[first];
    this.arrival = arrivals[first];
    return this.arrival < MAX_TIME;
  }

  ahead(most: number, until: number): number {
    const { topics, topic, row, second } = this;
    const { append, table } = topics[topic];
    const end = Math.min(table.length, row + most);
    const other = second < 0 ? MAX_TIME : this.arrivals[second];
    const limit = Math.min(until, other);
    if (limit === MAX_TIME) return end - row;
    let to = row + 1;
    while (to < end && append[to] <= limit) to += 1;
    // At the same time a topic before this one is read first.
    if (second < topic) while (to > row + 1 && append[to - 1] === other) to -= 1;
    return to - row;
  }

  take(count: number): void {
    this.next[this.topic] += count;
    this.arrive(this.topic);
  }

  get isEmpty(): boolean {
    return this.arrivals.every((arrival) => arrival === MAX_TIME);
  }

  save(): Float64Array {
    return Float64Array.from(this.next);
  }

  restore(places: Float64Array): void {
    this.next.set(places);
    this.topics.forEach((_, topic) => this.arrive(topic));
  }
}

/**
 * Each partition is read in its order, unless alignment pauses it (S20.2). What had to wait is read as soon as it may be,
 * the earliest arrival first.
 */
export class PartitionQueue implements EventQueue {
  topic = -1;
  row = 0;
  arrival = 0;
  private partition = 0;
  /** Rows of each partition of each topic, and how many of them have been read. */
  private readonly rows: number[][][];
  private readonly read: number[][];

  constructor(
    private readonly topics: readonly Topic[],
    private readonly isPaused: (topic: number, partition: number) => boolean,
  ) {
    this.rows = topics.map(({ partitions }) => Array.from({ length: partitions }, () => []));
    this.read = topics.map(({ partitions }) => new Array<number>(partitions).fill(0));
    topics.forEach(({ table, partition }, topic) => {
      for (let row = 0; row < table.length; row += 1) this.rows[topic][partition[row]].push(row);
    });
  }

  pick(now: number): boolean {
    let least = MAX_TIME;
    let found = false;
    this.rows.forEach((ofTopic, topic) => {
      ofTopic.forEach((rows, partition) => {
        const row = rows[this.read[topic][partition]];
        if (row === undefined) return;
        const arrival = this.topics[topic].append[row];
        // Of events that have arrived already, the one that came first; of one time, the first topic's first row.
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

  /** Which partition may be read next is known only when an event has been handled. */
  ahead(): number {
    return 1;
  }

  take(): void {
    this.read[this.topic][this.partition] += 1;
  }

  get isEmpty(): boolean {
    return this.rows.every((ofTopic, topic) => ofTopic.every((rows, i) => this.read[topic][i] === rows.length));
  }

  save(): Float64Array {
    return Float64Array.from(this.read.flat());
  }

  restore(places: Float64Array): void {
    let at = 0;
    for (const ofTopic of this.read) for (let i = 0; i < ofTopic.length; i += 1) ofTopic[i] = places[at++];
  }
}

/** Events in a given order, whatever the topics have: what could come instead of what came. A paused partition waits. */
export class PlannedQueue implements EventQueue {
  topic = -1;
  row = 0;
  arrival = 0;
  private found = 0;
  private left: readonly PlannedEvent[];

  constructor(
    events: readonly PlannedEvent[],
    private readonly isPaused: (topic: number, partition: number) => boolean,
  ) {
    this.left = events;
  }

  pick(now: number): boolean {
    this.found = this.left.findIndex(({ topic, partition }) => !this.isPaused(topic, partition));
    if (this.found < 0) return false;
    const { topic, row, arrives } = this.left[this.found];
    Object.assign(this, { topic, row, arrival: Math.max(now, arrives) });
    return true;
  }

  ahead(): number {
    return 1;
  }

  take(): void {
    this.left = this.left.filter((_, at) => at !== this.found);
  }

  get isEmpty(): boolean {
    return this.left.length === 0;
  }

  save(): Float64Array {
    return new Float64Array(0);
  }

  /** What the topics had to come is not read. */
  restore(): void {}
}

export interface PlannedEvent {
  topic: number;
  row: number;
  partition: number;
  arrives: number;
}
