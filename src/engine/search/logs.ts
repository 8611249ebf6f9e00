import { Random } from '../../sim/random';
import { type SmallEvent, type SmallLog, type SmallWorld } from './world';

/** Every event that a small world can have, simplest first: by delay, then event time, then shape. */
export function eventsOf({ shapes, times, delays }: SmallWorld): SmallEvent[] {
  const events: SmallEvent[] = [];
  for (let delay = 0; delay < delays.length; delay += 1)
    for (let time = 0; time < times.length; time += 1)
      for (let shape = 0; shape < shapes.length; shape += 1) events.push({ shape, time, delay });
  return events;
}

/**
 * Logs of `size` events in a systematic order. A log is a multiset: the order of its events follows from their times,
 * so each log comes once.
 */
export function* logsOf(events: readonly SmallEvent[], size: number): Generator<SmallLog> {
  const places = Array.from({ length: size }, () => 0);
  for (;;) {
    yield places.map((at) => events[at]);
    let last = size - 1;
    while (last >= 0 && places[last] === events.length - 1) last -= 1;
    if (last < 0) return;
    places.fill(places[last] + 1, last);
  }
}

/** How many logs of `size` events there are: n + size − 1 over size. */
export function countOf(events: number, size: number): number {
  let count = 1;
  for (let k = 1; k <= size; k += 1) count = (count * (events + k - 1)) / k;
  return count;
}

/** Logs of `size` events by chance; the same for the same seed. */
export function* drawnLogs(
  events: readonly SmallEvent[],
  size: number,
  count: number,
  seed: number,
): Generator<SmallLog> {
  const random = Random.of(seed, `logs of ${size}`);
  for (let i = 0; i < count; i += 1) yield Array.from({ length: size }, () => events[random.below(events.length)]);
}

/**
 * Logs that are one step simpler: an event fewer; all event times one place earlier; then one delay, event time or
 * shape that is earlier in its list.
 */
export function* simpler(log: SmallLog): Generator<SmallLog> {
  if (log.length > 1) for (let i = 0; i < log.length; i += 1) yield log.filter((_, at) => at !== i);
  if (log.every(({ time }) => time > 0)) yield log.map((event) => ({ ...event, time: event.time - 1 }));
  for (const name of ['delay', 'time', 'shape'] as const) {
    for (let i = 0; i < log.length; i += 1) {
      for (let value = 0; value < log[i][name]; value += 1) {
        yield log.map((event, at) => (at === i ? { ...event, [name]: value } : event));
      }
    }
  }
}
