import { tableOf, type Duration, type Schema, type Timestamp, type Value } from '../../model';
import { topicOf, type Topic } from '../log/topic';

/** A stream of a small world. */
export interface SmallStream {
  name: string;
  schema: Schema;
  /** Index of the event-time column in `schema`. */
  time: number;
  partitions: number;
}

/** An event with its place in a log: all that a run needs to know. */
export interface PlacedEvent {
  /** Index of the stream. */
  stream: number;
  partition: number;
  /** Event time. */
  at: Timestamp;
  /** Append time; never before `at`. */
  arrives: Timestamp;
  /** Values in the order of the schema; the one of the time column is `at`. */
  values: readonly Value[];
}

/** What an event may be besides its times: simplest first. */
export interface Shape {
  stream: number;
  partition: number;
  values: readonly Value[];
}

/** The logs that are tried: every event has one of these shapes, event times and delays, each list simplest first. */
export interface SmallWorld {
  streams: readonly SmallStream[];
  shapes: readonly Shape[];
  times: readonly Timestamp[];
  delays: readonly Duration[];
}

/** An event of a small world, as places in its lists. */
export interface SmallEvent {
  shape: number;
  time: number;
  delay: number;
}

export type SmallLog = readonly SmallEvent[];

/** A log's events in their arrival order: by append time, then stream and partition, as every log of ours (S19.1). */
export function place({ streams, shapes, times, delays }: SmallWorld, log: SmallLog): PlacedEvent[] {
  return inArrivalOrder(
    log.map(({ shape, time, delay }) => {
      const { stream, partition, values } = shapes[shape];
      const at = times[time];
      const whole = [...values];
      whole[streams[stream].time] = at;
      return { stream, partition, at, arrives: at + delays[delay], values: whole };
    }),
  );
}

/** Whether no two events arrive at the same moment: what comes first is then seen, and not only agreed on. */
export const arrivesApart = ({ times, delays }: SmallWorld, log: SmallLog): boolean =>
  new Set(log.map(({ time, delay }) => times[time] + delays[delay])).size === log.length;

export const inArrivalOrder = (events: readonly PlacedEvent[]): PlacedEvent[] =>
  [...events].sort((a, b) => a.arrives - b.arrives || a.stream - b.stream || a.partition - b.partition);

/** The topics of events that are in arrival order. */
export function topicsOf(streams: readonly SmallStream[], events: readonly PlacedEvent[]): Topic[] {
  return streams.map(({ name, schema, partitions }, stream) => {
    const own = events.filter((event) => event.stream === stream);
    return topicOf(
      {
        name,
        table: tableOf(
          schema,
          own.map(({ values }) => values),
        ),
        time: Float64Array.from(own, ({ at }) => at),
        append: Float64Array.from(own, ({ arrives }) => arrives),
        partition: Int32Array.from(own, ({ partition }) => partition),
      },
      partitions,
    );
  });
}

/** The same events as if each had arrived when it happened. */
export const inOrder = (events: readonly PlacedEvent[]): PlacedEvent[] =>
  inArrivalOrder([...events].sort((a, b) => a.at - b.at).map((event) => ({ ...event, arrives: event.at })));

/** The same world without its empty partitions; a stream without any event keeps one. */
export function withoutSilent(
  streams: readonly SmallStream[],
  events: readonly PlacedEvent[],
): { streams: SmallStream[]; events: PlacedEvent[] } {
  const active = streams.map((_, stream) =>
    [...new Set(events.flatMap((event) => (event.stream === stream ? [event.partition] : [])))].sort((a, b) => a - b),
  );
  return {
    streams: streams.map((stream, i) => ({ ...stream, partitions: Math.max(1, active[i].length) })),
    events: events.map((event) => ({ ...event, partition: active[event.stream].indexOf(event.partition) })),
  };
}

/** How many partitions have no event. */
export const silentPartitions = (streams: readonly SmallStream[], events: readonly PlacedEvent[]): number =>
  streams.reduce(
    (silent, { partitions }, stream) =>
      silent + partitions - new Set(events.filter((one) => one.stream === stream).map((one) => one.partition)).size,
    0,
  );
