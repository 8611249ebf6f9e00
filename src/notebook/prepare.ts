import type { World } from '../data';
import { type StreamSpec } from '../data/scenario';
import { checkSql } from '../engine/profiles/checkSql';
import { openRun } from '../engine/run/openRun';
import { type Run, type RunSetup } from '../engine/run/run';
import { needsBatch } from '../engine/stream/changes';
import { type LocalOptions } from '../engine/stream/options';
import { topicOf, type Topic } from '../engine/log/topic';
import { formatDuration, TidemarkError } from '../model';
import { type Fork, type RunSpec } from './run';
import { type ExactOptions } from './runOptions';
import { checkFits } from './fits';
import { checkForks } from './forks';
import { batch, catalogOf, data, sql } from './lazy';

/** Rows that an untraced range may have. */
const RANGE_ROWS = 1_024;
/** A scheduled job that would run more often than this in one scenario is refused. */
const MOST_TICKS = 2_000;

/** Drives a run up to an input. */
type Drive = (run: Run, until: number) => Promise<void>;

const inOneGo: Drive = async (run, until) => run.advance(() => true, until);

/** Everything that a run needs, from its spec and a world that has been made. `drive`: the runs that its forks are counted in. */
export async function prepare(spec: RunSpec, world: World, drive = inOneGo): Promise<RunSetup> {
  const { scenario, options, forks } = spec;
  checkForks(forks);
  const { plan, setOptions } = await sql();
  const isJob = options.mode === 'batch';
  const program = plan(spec.sql, await catalogOf(scenario), isJob ? 'table' : 'stream');
  const { query } = program;
  checkSql(query, options.profile);
  if (!isJob) checkFits(query, options);
  const job = isJob ? (await batch()).batchPieces : null;
  const isRecomputed = !isJob && needsBatch(query, { ...streamOptions(options), job, lookup: null });
  const recompute = isRecomputed ? (await batch()).runBatch : undefined;
  let streams = scenario.streams;
  let topics = await topicsOf(streams, world);
  // A planted event arrives with the input that it was planted before: in the run as it was until then.
  for (const [index, { at, action }] of forks.entries()) {
    if (action.do !== 'inject') continue;
    const moment = await timeOf(setupOf(forks.slice(0, index)), Math.max(0, at), drive);
    streams = withPlanted(streams, action, moment);
    topics = await topicsOf(streams, world);
  }
  return setupOf(forks);

  function setupOf(before: Fork[]): RunSetup {
    const settled: LocalOptions = {
      ...streamOptions(options),
      ...setOptions(program),
      lookup: lookupOf(options, topics),
      job,
      recompute,
      changes: before.map(({ action }) =>
        action.do === 'set' ? { wait: action.wait, lateness: action.lateness } : {},
      ),
      rangeRows: RANGE_ROWS,
    };
    const waits = before.flatMap(({ action }) => (action.do === 'wait' ? [action] : []));
    const jobs = isJob && options.every !== null ? ticksOf(topics, options.every) : [];
    const held = waits.reduce((all, wait) => all.map((topic) => heldUntil(topic, wait)), topics);
    return {
      plan: query,
      topics: held,
      options: settled,
      end: isJob ? options.every === null : options.end === 'flush',
      actions: before.flatMap(({ at, action }, index) => (action.do === 'set' ? [{ at: Math.max(0, at), index }] : [])),
      // Somebody who waits looks at the clock when it is over.
      ticks: [...jobs, ...waits.map(({ until }) => until)].sort((a, b) => a - b),
    };
  }
}

/** Processing time of an input of a run; of its last one where it has fewer, null where it has none. */
async function timeOf(setup: RunSetup, input: number, drive: Drive): Promise<number | null> {
  const run = openRun(setup);
  await drive(run, input);
  if (run.nextInput) return run.nextInput.time;
  return run.next === 0 ? null : run.inputs.processing(run.next - 1);
}

function lookupOf({ lookup, answer }: ExactOptions, topics: Topic[]): LocalOptions['lookup'] {
  if (lookup === null) return null;
  const requests = topics.find(({ name }) => name === lookup);
  if (requests) return { requests, answer };
  throw new TidemarkError({
    what: `no stream ${lookup} to answer requests of`,
    expected: topics.map(({ name }) => name).join(', '),
    found: lookup,
  });
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

/** The streams with an event more, which arrives at `moment` where it does not say when. */
function withPlanted(
  streams: Record<string, StreamSpec>,
  { stream, eventTime, values, partition, arrives }: Extract<Fork['action'], { do: 'inject' }>,
  moment: number | null,
): Record<string, StreamSpec> {
  const spec = Object.hasOwn(streams, stream) ? streams[stream] : null;
  if (!spec) {
    throw new TidemarkError({
      what: `no stream ${stream} to add an event to`,
      expected: Object.keys(streams).join(', '),
    });
  }
  const planted = {
    at: eventTime,
    arrives: Math.max(arrives ?? moment ?? eventTime, eventTime),
    partition: partition ?? null,
    values,
  };
  return { ...streams, [stream]: { ...spec, planted: [...spec.planted, planted] } };
}

/** A log that stores nothing behind `from` and before `until`: what came then is stored at `until`. */
function heldUntil(topic: Topic, { from, until }: { from: number; until: number }): Topic {
  return { ...topic, append: topic.append.map((time) => (time > from && time < until ? until : time)) };
}

/** Multiples of `every` from the first arrival to the first one behind the last. */
export function ticksOf(topics: Topic[], every: number): number[] {
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
