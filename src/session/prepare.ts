import type { World } from '../data';
import { type StreamSpec } from '../data/scenario';
import { feedOf } from '../engine/stream/feed';
import { type LocalOptions } from '../engine/stream/local';
import { topicOf, type Topic } from '../engine/log/topic';
import { formatDuration, TidemarkError } from '../model';
import { type ExactOptions, type RunSpec } from '../notebook/run';
import { type Plan } from '../sql/plan';
import { batch, catalogOf, data, sql } from './lazy';
import { type Feed } from '../engine/stream/feed';

/** Rows that an untraced range may have. */
const RANGE_ROWS = 1_024;
/** A scheduled job that would run more often than this in one scenario is refused. */
const MOST_TICKS = 2_000;

export interface Prepared {
  plan: Plan;
  feed: Feed;
  options: LocalOptions;
}

/** Everything that a run needs, from its spec and a world that has been made. */
export async function prepare(spec: RunSpec, world: World): Promise<Prepared> {
  const { scenario, options } = spec;
  const { plan, explainNode } = await sql();
  const program = plan(spec.sql, await catalogOf(scenario));
  const topics = await topicsOf(await withInjected(spec, world), world);
  const requests = options.lookup === null ? null : topics.find(({ name }) => name === options.lookup);
  if (requests === undefined) {
    throw new TidemarkError({
      what: `no stream ${options.lookup} to answer requests of`,
      expected: topics.map(({ name }) => name).join(', '),
      found: String(options.lookup),
    });
  }
  const actions = spec.forks.flatMap(({ at, action }, index) =>
    action.do === 'set' ? [{ at: Math.max(0, at), index }] : [],
  );
  const isJob = options.mode === 'batch';
  const feed = feedOf(topics, {
    end: isJob ? options.every === null : options.end === 'flush',
    actions,
    ticks: isJob && options.every !== null ? ticksOf(topics, options.every) : [],
  });
  return {
    plan: program.query,
    feed,
    options: {
      ...streamOptions(options),
      lookup: requests ? { requests, answer: options.answer } : null,
      explain: explainNode,
      job: isJob ? (await batch()).runBatch : null,
      changes: spec.forks.map(({ action }) =>
        action.do === 'set' ? { wait: action.wait, lateness: action.lateness } : {},
      ),
      rangeRows: RANGE_ROWS,
    },
  };
}

/** What of a run's options the operators are told. */
function streamOptions({
  mode: _mode,
  answer: _answer,
  every: _every,
  end: _end,
  lookup: _lookup,
  ...rest
}: ExactOptions) {
  return rest;
}

export async function topicFor(name: string, spec: StreamSpec, world: World): Promise<Topic> {
  const { streamOf } = await data();
  return topicOf(streamOf(name, spec, world), spec.partitions);
}

const topicsOf = (streams: Record<string, StreamSpec>, world: World): Promise<Topic[]> =>
  Promise.all(Object.entries(streams).map(([name, stream]) => topicFor(name, stream, world)));

/** Streams with the events that forks plant: each arrives when the input arrives that it was planted before. */
async function withInjected({ scenario, forks }: RunSpec, world: World): Promise<Record<string, StreamSpec>> {
  let streams = scenario.streams;
  for (const { at, action } of forks) {
    if (action.do !== 'inject') continue;
    const spec = Object.hasOwn(streams, action.stream) ? streams[action.stream] : null;
    if (!spec)
      throw new TidemarkError({
        what: `no stream ${action.stream} to add an event to`,
        expected: Object.keys(streams).join(', '),
      });
    const topics = await topicsOf(streams, world);
    const { processing, length } = feedOf(topics, { end: false });
    const arrives = length === 0 ? action.eventTime : processing[Math.min(Math.max(0, at), length - 1)];
    const planted = {
      at: action.eventTime,
      arrives: Math.max(arrives, action.eventTime),
      partition: null,
      values: action.values,
    };
    streams = { ...streams, [action.stream]: { ...spec, planted: [...spec.planted, planted] } };
  }
  return streams;
}

/** Multiples of `every` from the first arrival to the first one behind the last. */
function ticksOf(topics: Topic[], every: number): number[] {
  if (!(every > 0))
    throw new TidemarkError({ what: 'a job needs a period above zero', where: 'every', found: formatDuration(every) });
  let first = Infinity;
  let last = -Infinity;
  for (const { append, table } of topics) {
    if (table.length === 0) continue;
    first = Math.min(first, append[0]);
    last = Math.max(last, append[table.length - 1]);
  }
  if (first > last) return [];
  const begin = Math.ceil(first / every) * every;
  const count = Math.ceil((last - begin) / every) + 1;
  if (count > MOST_TICKS) {
    throw new TidemarkError({
      what: 'the job would run too often',
      where: 'every',
      found: `${count} times`,
      expected: `at most ${MOST_TICKS} runs`,
      hint: 'Take a longer period or a shorter span of time.',
    });
  }
  return Array.from({ length: count }, (_, i) => begin + i * every);
}
