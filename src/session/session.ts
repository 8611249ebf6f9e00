import type { World } from '../data';
import { type Scenario } from '../data/scenario';
import type { Run } from '../engine/run/run';
import type { LocalOptions } from '../engine/stream/options';
import type { TracedRun } from '../engine/run/tracedRun';
import type { Side } from '../engine/snapshot/difference';
import { appendRow, BIGINT, DOUBLE, errorFacts, field, makeTable, TidemarkError, type StepEntry } from '../model';
import { METRICS } from '../notebook/document';
import { type RunSpec } from '../notebook/run';
import { applySetting } from '../notebook/settle';
import { thisThread, type Host } from './host';
import { Kept } from './kept';
import { catalogOf, data, sql } from '../notebook/lazy';
import { type OnProgress, type Outcome, type RunSummary, type SessionApi } from './protocol';

/** One slice of work; then messages get through. */
const SLICE_MS = 16;
/** Bytes of runs and number of worlds that are kept. */
const MOST_BYTES = 256 * 1_048_576;
const MOST_WORLDS = 3;

// Loaded when they are first needed: an idle spare worker stays small.
const engine = (): Promise<typeof import('./engine')> => import('./engine');
const reasons = (): Promise<typeof import('./reasons')> => import('./reasons');
const view = (): Promise<typeof import('./view')> => import('./view');
const searches = (): Promise<typeof import('./search')> => import('./search');

class Cancelled extends Error {}

interface Open extends Side {
  spec: RunSpec;
  run: TracedRun;
  options: LocalOptions;
  summary: RunSummary;
}

interface Slices {
  mayContinue: () => boolean;
  pause(doing: string, done: number, total: number): Promise<void>;
}

/**
 * Opens runs, drives them in slices, and answers questions about them. See `protocol.ts` for what each call does.
 * `mostBytes`: of runs that are kept; the last one is kept anyhow.
 */
export function createSession(host: Host = thisThread(), mostBytes = MOST_BYTES): SessionApi {
  const runs = new Kept<Open>(mostBytes);
  const worlds = new Kept<World>(MOST_WORLDS);
  let cancels = 0;
  /** The last look at a step of a run; it has to come to its end before the next. */
  let looks: Promise<unknown> = Promise.resolve();

  /** Drives `work` until it is done, pausing after each slice. Throws `Cancelled` if `cancel` was called meanwhile. */
  function slices(onProgress: OnProgress | undefined): Slices {
    const begun = cancels;
    let sliceEnd = host.now() + SLICE_MS;
    return {
      mayContinue: () => host.now() < sliceEnd,
      async pause(doing, done, total) {
        onProgress?.({ doing, done, total });
        await host.pause();
        if (cancels !== begun) throw new Cancelled();
        sliceEnd = host.now() + SLICE_MS;
      },
    };
  }

  async function outcome<T>(where: string, work: () => Promise<T> | T): Promise<Outcome<T>> {
    try {
      return { ok: await work() };
    } catch (thrown) {
      if (thrown instanceof Cancelled) return { cancelled: true };
      return { failed: errorFacts(thrown, where) };
    }
  }

  async function exhaust<T>(
    work: Generator<{ doing: string; done: number; total: number }, T>,
    slice: Slices,
  ): Promise<T> {
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      if (!slice.mayContinue()) await slice.pause(value.doing, value.done, value.total);
    }
  }

  async function world(scenario: Scenario, slice: Slices): Promise<World> {
    const key = JSON.stringify(scenario.data);
    const known = worlds.get(key);
    if (known) return known;
    const made = await exhaust((await data()).makeWorld(scenario.data), slice);
    worlds.put(key, made, 1);
    return made;
  }

  async function open(spec: RunSpec, slice: Slices): Promise<Open> {
    const id = idOf(spec);
    const known = runs.get(id);
    if (known) return known;
    const { prepare, summaryOf, openTracedRun } = await engine();
    const prepared = await prepare(spec, await world(spec.scenario, slice), driver(slice));
    const run = openTracedRun(prepared);
    while (!run.advance(slice.mayContinue)) await slice.pause('running', run.engine.next, run.engine.expectedInputs);
    while (!run.trace.hashSome())
      if (!slice.mayContinue()) await slice.pause('running', run.engine.next, run.engine.expectedInputs);
    const { plan, options } = prepared;
    const opened = { spec, run, plan, options, summary: summaryOf(id, run) };
    runs.put(id, opened, run.bytes);
    return opened;
  }

  /** Drives a run up to an input, pausing after each slice. */
  const driver =
    (slice: Slices) =>
    async (run: Run, until: number): Promise<void> => {
      for (;;) {
        run.advance(slice.mayContinue, until, slice.mayContinue);
        if (run.hasReached(until)) return;
        await slice.pause('running', run.next, run.expectedInputs);
      }
    };

  /** The end of a run without a trace, one of the `total` of a sweep; `done` have ended before it. */
  async function finish(spec: RunSpec, slice: Slices, done: number, total: number): Promise<Run> {
    const { openRun, prepare } = await engine();
    const prepared = await prepare(spec, await world(spec.scenario, slice), driver(slice));
    // One event at a time, so that each emission is known at the moment of the event that caused it.
    const run = openRun({ ...prepared, options: { ...prepared.options, rangeRows: 1 } });
    while (!run.finished) {
      run.advance(slice.mayContinue, Infinity, slice.mayContinue);
      if (!run.finished) await slice.pause('sweeping', done, total);
    }
    return run;
  }

  /**
   * Looks at a run, one look after the other: two that go to steps far apart would send each other back. A figure that waits for this is not what `cancel` is about.
   */
  function inTurn<T>(id: string, look: (known: Open) => Generator<void, T>): Promise<T> {
    const seen = looks.then(async () => {
      const looking = look(opened(id));
      let sliceEnd = host.now() + SLICE_MS;
      for (;;) {
        const { done, value } = looking.next();
        if (done) return value;
        if (host.now() < sliceEnd) continue;
        await host.pause();
        sliceEnd = host.now() + SLICE_MS;
      }
    });
    looks = seen.catch(() => undefined);
    return seen;
  }

  function opened(id: string): Open {
    const known = runs.get(id);
    if (!known) throw new TidemarkError({ what: 'this run is not open any more', hint: 'Run the cell again.' });
    return known;
  }

  return {
    ping: async () => host.now(),

    run: (spec, onProgress) => outcome('run', async () => (await open(spec, slices(onProgress))).summary),

    state: (id, step, parts) =>
      outcome('state', async () => {
        const { snapshotPieces } = await view();
        return inTurn(id, ({ run }) => snapshotPieces(run, step, parts));
      }),

    steps: (id, from, to) =>
      outcome('steps', async () => {
        const { stepFactsOf } = await view();
        const { run } = opened(id);
        const { log } = run.trace;
        const entries: StepEntry[] = [];
        for (let at = Math.max(0, from); at < Math.min(to, run.steps); at += 1) {
          const processing = run.engine.inputs.processing(log.input[at]);
          entries.push({ step: at, processing, facts: stepFactsOf(run, at) });
        }
        return entries;
      }),

    stepAt: (id, input, ordinal) => outcome('seek', () => opened(id).run.stepAt(input, ordinal)),

    seekTime: (id, clock, time) =>
      outcome('seek', async () => {
        const { firstWithWatermark, lastBefore, lastKnown } = await engine();
        const { run } = opened(id);
        if (clock === 'known') return lastKnown(run, time);
        return clock === 'event' ? firstWithWatermark(run, time) : lastBefore(run, time);
      }),

    moments: (id, clock) => outcome('clock', async () => (await engine()).momentsOf(opened(id).run, clock)),

    why: (id, step, question) =>
      outcome('why', async () => {
        const { why } = await reasons();
        return inTurn(id, function* (known) {
          yield* known.run.seeing(step, () => null);
          return yield* why(known, step, question);
        });
      }),

    whyNot: (id, step, question) =>
      outcome('why not', async () => {
        const { whyNot } = await reasons();
        return inTurn(id, function* (known) {
          yield* known.run.seeing(step, () => null);
          return yield* whyNot(known, step, question);
        });
      }),

    ask: (query, specs) =>
      outcome('question', async () => {
        const { answerQuery, baseDay } = await view();
        const slice = slices(undefined);
        return answerQuery(query, specs, async (spec) => {
          const { run, plan, options } = await open(spec, slice);
          return { run, plan, options, base: baseDay(run) };
        });
      }),

    sweep: (spec, settings, onProgress) =>
      outcome('sweep', async () => {
        const { metricsOf } = await engine();
        const slice = slices(onProgress);
        const table = makeTable([field('point', BIGINT), ...METRICS.map((name) => field(name, DOUBLE, true))]);
        for (const [point, setting] of settings.entries()) {
          const metrics = metricsOf(await finish(applySetting(spec, setting), slice, point, settings.length));
          appendRow(table, [point, ...METRICS.map((name) => (Number.isNaN(metrics[name]) ? null : metrics[name]))]);
          await slice.pause('sweeping', table.length, settings.length);
        }
        return table;
      }),

    compare: (specs, by, onProgress) =>
      outcome('comparison', async () => {
        const { asStream, comparisonOf } = await view();
        const slice = slices(onProgress);
        const shown: Open[] = [];
        const compared: Open[] = [];
        for (const spec of specs) {
          shown.push(await open(spec, slice));
          compared.push(await open(asStream(spec), slice));
        }
        return comparisonOf(
          shown,
          compared,
          by,
          shown.map(({ summary }) => summary),
        );
      }),

    search: (claim, onProgress) =>
      outcome('claim', async () => {
        const slice = slices(onProgress);
        const { searchClaim } = await searches();
        return exhaust(await searchClaim(claim, await world(claim.spec.scenario, slice)), slice);
      }),

    orders: (spec, onProgress) =>
      outcome('orders', async () => {
        const slice = slices(onProgress);
        const { allOrders } = await searches();
        return exhaust(await allOrders(spec, await world(spec.scenario, slice)), slice);
      }),

    events: (scenario, stream, limit) =>
      outcome('events', async () => {
        if (!Object.hasOwn(scenario.streams, stream)) {
          throw new TidemarkError({ what: `no stream ${stream}`, expected: Object.keys(scenario.streams).join(', ') });
        }
        const { eventsTable, topicFor, withColumns } = await engine();
        const topic = await topicFor(stream, scenario.streams[stream], await world(scenario, slices(undefined)));
        const rows = Array.from({ length: Math.min(limit, topic.table.length) }, (_, row) => row);
        const fates = rows.map(() => 0);
        return withColumns(eventsTable(topic, rows, rows), [[field('#fate', BIGINT), fates]]);
      }),

    generate: (preset, seed, mode, onProgress) =>
      outcome('data', async () => {
        const slice = slices(onProgress);
        const begun = host.now();
        const { makeMart, martSummary } = await data();
        const mart = await exhaust(makeMart({ preset: preset as never, seed, mode: mode as never }), slice);
        return { ...(await exhaust(martSummary(mart), slice)), preset, seed, mode, milliseconds: host.now() - begun };
      }),

    async diagnose(text, scenario, { mode }) {
      try {
        (await sql()).plan(text, await catalogOf(scenario), mode === 'batch' ? 'table' : 'stream');
        return { errors: [] };
      } catch (thrown) {
        return { errors: [errorFacts(thrown)] };
      }
    },

    async complete(text, offset, scenario) {
      return (await sql()).complete(text, offset, await catalogOf(scenario));
    },

    async cancel() {
      cancels += 1;
    },

    async close(id) {
      runs.delete(id);
    },
  };
}

/** Hash of everything that decides a run; two lanes, so that chance collisions do not matter. */
export function idOf(spec: RunSpec): string {
  const text = JSON.stringify(spec);
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul((b ^ text.charCodeAt(i)) + (b >>> 7), 0x85ebca6b);
  }
  return [a, b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
