import { type Facts } from '../../model';
import { Runner, type Definition, type Ended } from './run';
import { inOrder, silentPartitions, topicsOf, withoutSilent, type PlacedEvent, type SmallStream } from './world';

/** The definitions that a claim compares. */
export interface Compared {
  main: Definition;
  /** The same under other options, for the facts `other_…`; null where the claim names none. */
  other: Definition | null;
  /** The same as a batch job, run once over everything; null where no fact needs it. */
  batch: Definition | null;
}

/** Runs what is needed for some facts of a log, and no more. */
export class FactFinder {
  private readonly runners = new Map<Definition, Runner>();

  constructor(
    private readonly compared: Compared,
    /** The facts that are asked for. */
    private readonly wanted: readonly string[],
  ) {}

  of(streams: readonly SmallStream[], events: readonly PlacedEvent[]): Facts {
    const { main, other, batch } = this.compared;
    const facts: Facts = {
      events: events.length,
      silent: silentPartitions(streams, events),
      newest: Math.max(...events.map(({ at }) => at)),
      clock: Math.max(...events.map(({ arrives }) => arrives)),
    };
    Object.assign(facts, this.counted(main, streams, events, ''));
    if (other && this.wants('other_')) Object.assign(facts, this.counted(other, streams, events, 'other_'));
    if (this.wants('in_order')) facts.in_order = this.run(main, streams, inOrder(events)).result;
    if (this.wants('without_silent')) {
      const awake = withoutSilent(streams, events);
      facts.without_silent = this.run(main, awake.streams, awake.events).result;
    }
    if (batch && (this.wants('batch') || this.wants('overdue'))) {
      const whole = this.run(batch, streams, events);
      facts.batch = whole.result;
      facts.overdue = this.overdue(whole, this.run(main, streams, events), Number(facts.clock));
    }
    return facts;
  }

  private wants(start: string): boolean {
    return this.wanted.some((name) => name.startsWith(start));
  }

  private counted(
    definition: Definition,
    streams: readonly SmallStream[],
    events: readonly PlacedEvent[],
    as: string,
  ): Facts {
    const { late, dropped, rows, updates, total, watermark, result } = this.run(definition, streams, events);
    const counted = { late, dropped, rows, updates, total, watermark, result };
    return Object.fromEntries(Object.entries(counted).map(([name, value]) => [as + name, value]));
  }

  /** Windows whose end the clock has passed without an emission. */
  private overdue(whole: Ended, { ends }: Ended, clock: number): number | null {
    if (!whole.ends || !ends) return null;
    return [...whole.ends].filter((end) => end <= clock && !ends.has(end)).length;
  }

  private run(definition: Definition, streams: readonly SmallStream[], events: readonly PlacedEvent[]): Ended {
    let runner = this.runners.get(definition);
    if (!runner) this.runners.set(definition, (runner = new Runner(definition)));
    return runner.run(topicsOf(streams, events));
  }
}
