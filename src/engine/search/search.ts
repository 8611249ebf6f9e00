import { type Facts } from '../../model';
import { type Condition } from './condition';
import { FactFinder, type Compared } from './facts';
import { countOf, drawnLogs, eventsOf, logsOf, simpler } from './logs';
import { arrivesApart, place, type PlacedEvent, type SmallLog, type SmallWorld } from './world';

/** A claim about all logs of a small world, under each of some options. */
export interface Question {
  world: SmallWorld;
  condition: Condition;
  /** One entry per choice of the options that the claim leaves open, simplest first; at least one. */
  variants: readonly Compared[];
  /** Most events in a log. */
  most: number;
  seed: number;
  /** How many logs may be tried, over all sizes. */
  budget: number;
}

export interface Broken {
  events: PlacedEvent[];
  /** Index of the variant under which the claim does not hold. */
  variant: number;
  facts: Facts;
}

export interface SearchResult {
  /** The smallest log found that breaks the claim; null: the claim holds for all that were tried. */
  broken: Broken | null;
  /** Logs tried until it was found, shrinking included; each under one variant. */
  tried: number;
  /** Up to how many events every log of the world was tried. */
  exhaustive: number;
}

export interface SearchProgress {
  doing: string;
  done: number;
  total: number;
}

/** Share of the budget that is kept for logs that are too many to be tried one by one. */
const DRAWN = 0.2;

/**
 * Looks for a log that breaks a claim, small logs first: every log of one event, of two, and so on while the budget
 * lasts; longer ones are drawn by chance from the seed. What is found is made smaller until nothing that is one step
 * simpler breaks the claim: so without any of its events, the claim holds. Yields between runs.
 */
export function* search(question: Question): Generator<SearchProgress, SearchResult> {
  const { world, condition, variants, budget } = question;
  const finders = variants.map((compared) => new FactFinder(compared, condition.facts));
  let tried = 0;
  const breaks = (log: SmallLog, variant: number): boolean => {
    tried += 1;
    return !condition.holds(finders[variant].of(world.streams, place(world, log)));
  };
  const progress = (): SearchProgress => ({ doing: 'searching', done: Math.min(tried, budget), total: budget });

  let exhaustive = 0;
  for (const { logs, size, whole } of sizes(question)) {
    for (const log of logs) {
      if (!arrivesApart(world, log)) continue;
      for (let variant = 0; variant < variants.length; variant += 1) {
        if (breaks(log, variant)) {
          const found = yield* shrink(log, world, (one) => breaks(one, variant), progress);
          const events = place(world, found);
          return { broken: { events, variant, facts: finders[variant].of(world.streams, events) }, tried, exhaustive };
        }
        yield progress();
      }
    }
    if (whole) exhaustive = size;
  }
  return { broken: null, tried, exhaustive };
}

/**
 * What is tried of each size: every log while they fit the budget; of the first size that does not, the simplest; of
 * that and all longer ones, some by chance.
 */
function* sizes({ world, variants, most, seed, budget }: Question) {
  const events = eventsOf(world);
  let left = Math.floor((budget * (1 - DRAWN)) / variants.length);
  let size = 1;
  for (; size <= most; size += 1) {
    const count = countOf(events.length, size);
    yield { logs: take(logsOf(events, size), left), size, whole: count <= left };
    if (count > left) break;
    left -= count;
  }
  const share = Math.ceil((budget * DRAWN) / variants.length / Math.max(1, most - size + 1));
  for (; size <= most; size += 1) yield { logs: drawnLogs(events, size, share, seed), size, whole: false };
}

function* take<T>(from: Iterable<T>, most: number): Generator<T> {
  let left = most;
  for (const one of from) {
    if (left <= 0) return;
    left -= 1;
    yield one;
  }
}

/** The first simpler log that breaks the claim too, and so on until there is none. */
function* shrink(
  first: SmallLog,
  world: SmallWorld,
  breaks: (log: SmallLog) => boolean,
  progress: () => SearchProgress,
): Generator<SearchProgress, SmallLog> {
  let log = first;
  search: for (;;) {
    for (const candidate of simpler(log)) {
      if (!arrivesApart(world, candidate)) continue;
      yield progress();
      if (!breaks(candidate)) continue;
      log = candidate;
      continue search;
    }
    return log;
  }
}
