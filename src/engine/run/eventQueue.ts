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

export interface PlannedEvent {
  topic: number;
  row: number;
  partition: number;
  arrives: number;
}

/**
 * Events in the order of a list, except that a partition waits while alignment pauses it (S20.2). What had to wait is
 * read as soon as it may be, the earliest in the list first.
 */
export class AlignedQueue implements EventQueue {
  topic = -1;
  row = 0;
  arrival = 0;
  /** By partition, the places of its events in the list, and how many of them have been read. */
  private readonly partitions: { topic: number; partition: number; places: number[] }[];
  private readonly read: Float64Array;
  /** The partition of the event found. */
  private found = -1;

  constructor(
    topics: readonly Topic[],
    private readonly events: readonly PlannedEvent[],
    private readonly isPaused: (topic: number, partition: number) => boolean,
  ) {
    const byTopic = topics.map(({ partitions }, topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition, places: [] as number[] })),
    );
    events.forEach(({ topic, partition }, place) => byTopic[topic][partition].places.push(place));
    this.partitions = byTopic.flat();
    this.read = new Float64Array(this.partitions.length);
  }

  /** The events of all topics in the order in which they arrive; of one time, the first topic's first row comes first. */
  static arriving(topics: readonly Topic[]): PlannedEvent[] {
    const events = topics.flatMap(({ table, partition, append }, topic) =>
      Array.from({ length: table.length }, (_, row) => ({
        topic,
        row,
        partition: partition[row],
        arrives: append[row],
      })),
    );
    return events.sort((a, b) => a.arrives - b.arrives);
  }

  pick(now: number): boolean {
    let first = Infinity;
    this.partitions.forEach(({ topic, partition, places }, i) => {
      const place = places[this.read[i]] ?? Infinity;
      if (place >= first || this.isPaused(topic, partition)) return;
      first = place;
      this.found = i;
    });
    if (first === Infinity) return false;
    const { topic, row, arrives } = this.events[first];
    Object.assign(this, { topic, row, arrival: Math.max(now, arrives) });
    return true;
  }

  /** Which partition may be read next is known only when an event has been handled. */
  ahead(): number {
    return 1;
  }

  take(): void {
    this.read[this.found] += 1;
  }

  get isEmpty(): boolean {
    return this.partitions.every(({ places }, i) => this.read[i] === places.length);
  }

  save(): Float64Array {
    return this.read.slice();
  }

  restore(places: Float64Array): void {
    this.read.set(places);
  }
}

/** Events that a restored run goes on with, whatever its topics have: what could come instead of what came. */
export class PlannedQueue extends AlignedQueue {
  /** None of them has been read. */
  override restore(): void {}
}
