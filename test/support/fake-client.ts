import { BIGINT, field, tableOf, type Snapshot } from '../../src/model';
import { type SessionClient } from '../../src/session/client';
import { type RunSpec, type RunSummary } from '../../src/session/protocol';

export interface FakeClient extends SessionClient {
  /** Steps that were asked for, in order. */
  readonly asked: number[];
  /** Lets the oldest waiting question about a step be answered. */
  answer(): Promise<void>;
}

/** A client of a run with `steps` steps and a moment at each tenth; `state` answers when the test says so. */
export function fakeClient({ steps = 100, hash = 'h' } = {}): FakeClient {
  const asked: number[] = [];
  const waiting: (() => void)[] = [];
  const marks = tableOf(
    [field('step', BIGINT), field('mark', BIGINT)],
    [10, 20, 30].map((step) => [step, 0]),
  );
  const summary = (spec: RunSpec) =>
    ({ id: spec.sql, steps, hash, marks, processing: [0, steps] }) as unknown as RunSummary;
  const fake = {
    asked,
    async answer() {
      waiting.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    run: async (spec: RunSpec) => {
      if (spec.sql === 'cancelled') return { cancelled: true };
      return spec.sql === 'wrong'
        ? { failed: { what: 'this does not fit here', where: 'run' } }
        : { ok: summary(spec) };
    },
    async state(_id: string, step: number) {
      asked.push(step);
      await new Promise<void>((resolve) => waiting.push(resolve));
      const clocks = { processingTime: step, newestEventTime: step, watermark: step, knownAt: step };
      return {
        ok: {
          step,
          input: step,
          clocks,
          parts: {},
          stepFacts: { kind: 'job ended', rowsRead: step, published: 0, processingTime: 0 },
        } as unknown as Snapshot,
      };
    },
    stepAt: async (_id: string, input: number, ordinal: number) => ({ ok: input + ordinal }),
    seekTime: async (_id: string, _clock: string, time: number) => ({ ok: time }),
  };
  return fake as unknown as FakeClient;
}
