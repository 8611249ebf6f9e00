import { TidemarkError } from '../../model';
import { Runner, type Definition, type Ended } from './run';
import { type SearchProgress } from './search';
import { inArrivalOrder, topicsOf, type PlacedEvent, type SmallStream } from './world';

/** More events have too many orders to run each: 6! is 720. */
export const MOST_ORDERED = 6;

/** How outcomes are distinguished. */
export type OrderFacts = Pick<Ended, 'late' | 'dropped' | 'updates' | 'result'>;

/** Runs that end alike. */
export interface OrderOutcome {
  facts: OrderFacts;
  /** In how many orders of arrival. */
  count: number;
  /** The first of these orders, as a log. */
  events: PlacedEvent[];
}

/** Between two arrivals that were at the same time, ms. */
const APART = 1_000;

/**
 * Runs a definition over the same events in every order in which they can arrive, and counts the orders by
 * outcome: the most frequent first, equally frequent ones in the order in which they were met. Event times, values
 * and partitions stay as they are (S19.1); only which event comes at which arrival changes. All arrivals are moved
 * after the newest event time, so that no order has an event arrive before it happened. Yields between runs.
 */
export function* ordersOf(
  definition: Definition,
  streams: readonly SmallStream[],
  events: readonly PlacedEvent[],
): Generator<SearchProgress, { orders: number; outcomes: OrderOutcome[] }> {
  if (events.length === 0 || events.length > MOST_ORDERED)
    throw new TidemarkError({
      what: 'every order of arrival is run, so there must be few events',
      expected: `1 to ${MOST_ORDERED} events`,
      found: String(events.length),
    });
  const given = inArrivalOrder(events);
  const arrivals = arrivalsOf(given);
  const orders = permutations(given.length);
  const met = new Map<string, OrderOutcome>();
  const runner = new Runner(definition);
  for (const [done, order] of orders.entries()) {
    const placed = order.map((event, i) => ({ ...given[event], arrives: arrivals[i] }));
    const { late, dropped, updates, result } = runner.run(topicsOf(streams, placed));
    const facts = { late, dropped, updates, result };
    const outcome = met.get(JSON.stringify(facts));
    if (outcome) outcome.count += 1;
    else met.set(JSON.stringify(facts), { facts, count: 1, events: placed });
    yield { doing: 'running every order', done: done + 1, total: orders.length };
  }
  return { orders: orders.length, outcomes: [...met.values()].sort((a, b) => b.count - a.count) };
}

/** Times for the first, second, … arrival: those of the log, moved after the newest event time and apart. */
function arrivalsOf(given: readonly PlacedEvent[]): number[] {
  const newest = Math.max(...given.map(({ at }) => at));
  const shift = Math.max(0, newest - given[0].arrives);
  const arrivals: number[] = [];
  for (const { arrives } of given) {
    const last = arrivals.at(-1);
    arrivals.push(last === undefined ? arrives + shift : Math.max(arrives + shift, last + APART));
  }
  return arrivals;
}

/** Every order of n things, the given one first, then in the order of a dictionary. */
export function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return Array.from({ length: n }, (_, first) =>
    permutations(n - 1).map((rest) => [first, ...rest.map((one) => (one >= first ? one + 1 : one))]),
  ).flat();
}
