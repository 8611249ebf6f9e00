import { BIGINT, errorFacts, field, STRING, tableOf, TidemarkError, type Snapshot } from '../../src/model';
import { usually } from '../../src/notebook/options';
import { type RunSpec, type RunSummary, type SessionApi } from '../../src/session/protocol';

/**
 * A session with an engine of one line: it walks through `seed` numbers, in slices, and hashes them. Like the real
 * one it forgets everything when its thread dies, and answers only about runs that are open.
 */
export function fakeSession(slices = 8): SessionApi {
  const runs = new Map<string, RunSummary>();
  let cancelled = 0;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

  function open(id: string): RunSummary {
    const run = runs.get(id);
    if (!run) throw new TidemarkError({ what: 'no such run', found: id });
    return run;
  }

  return {
    ping: async () => runs.size,
    async run(spec, onProgress) {
      const began = cancelled;
      let hash = spec.scenario.data.seed;
      for (let slice = 0; slice < slices; slice += 1) {
        for (let k = 0; k < 1_000; k += 1) hash = (Math.imul(hash, 31) + spec.sql.length + k) | 0;
        onProgress?.({ doing: 'running', done: slice + 1, total: slices });
        await pause();
        if (cancelled !== began) return { cancelled: true };
      }
      const id = `run ${spec.sql} ${spec.scenario.data.seed}`;
      const summary = { id, title: spec.sql, steps: slices, inputs: slices, hash: String(hash) } as RunSummary;
      runs.set(id, summary);
      return { ok: summary };
    },
    async state(runId, step) {
      try {
        const schema = [field('key', STRING), field('n', BIGINT)];
        const table = tableOf(schema, [[open(runId).hash, step]]);
        const extent = { time: [0, 1], processing: [0, 1] };
        return { ok: { step, parts: { result: { table, extent } } } as unknown as Snapshot };
      } catch (thrown) {
        return { failed: errorFacts(thrown) };
      }
    },
    steps: async (runId) => ({ failed: { what: `no steps of ${open(runId).id}` } }),
    moments: async () => ({ cancelled: true }),
    stepAt: async (runId, input, ordinal) => ({ ok: open(runId).steps + input + ordinal }),
    seekTime: async (runId, _clock, time) => ({ ok: open(runId).steps + time }),
    why: async () => ({ cancelled: true }),
    whyNot: async () => ({ cancelled: true }),
    ask: async () => ({ ok: 42 }),
    compare: async () => ({ cancelled: true }),
    sweep: async () => ({ cancelled: true }),
    search: async () => ({ cancelled: true }),
    orders: async () => ({ cancelled: true }),
    events: async (_scenario, stream, limit) => ({
      ok: tableOf(
        [field('n', BIGINT)],
        Array.from({ length: limit }, (_, n) => [n + stream.length]),
      ),
    }),
    generate: async () => {
      throw new Error('a bug in the engine');
    },
    diagnose: async (sql) => ({ errors: [{ what: sql }] }),
    complete: async (sql, offset) => [{ label: sql.slice(0, offset), kind: 'keyword', detail: '' }],
    cancel: async () => void (cancelled += 1),
    close: async (runId) => void runs.delete(runId),
  };
}

export function specOf(sql: string, seed = 7): RunSpec {
  return {
    sql,
    scenario: { data: { preset: 'none', seed, mode: 'realistic' }, streams: {} },
    options: {
      ...usually(),
      mode: 'stream',
      wait: null,
      lateness: 0,
      edge: 'closed',
      lookup: null,
      answer: 'state',
      every: null,
      end: 'flush',
    },
    forks: [],
  };
}
