import { difference, type CellDifference, type Facet, type Side } from '../engine/view/difference';
import { type RunSpec } from '../notebook/run';

/** Longer than anything in a scenario: a watermark that waits this long lets nothing be late. */
const FOR_EVERYTHING = 3_650 * 86_400_000;

/**
 * What a run is told apart as. A batch job keeps no windows whose history could be looked at; the stream that waits for
 * everything has, and ends with the same (invariant: stream at the end = batch).
 */
export function asStream(spec: RunSpec): RunSpec {
  const { options } = spec;
  if (options.mode === 'stream') return spec;
  const stream = { mode: 'stream', profile: 'flink', time: 'event', end: 'flush' } as const;
  const waits = { wait: FOR_EVERYTHING, watermark: null, emitEvery: 0, idle: null, maxDrift: null, every: null };
  return { ...spec, options: { ...options, ...stream, ...waits, lateness: 0, trigger: null, accumulation: null } };
}

/** Where the end of each other run differs from that of the first. */
export function differencesOf([first, ...others]: readonly Side[], by: readonly Facet[]): CellDifference[][] {
  return others.map((other) =>
    first.run.at(first.run.steps - 1, () => other.run.at(other.run.steps - 1, () => difference(first, other, by))),
  );
}

/** How many windows of keys some other run says differently from the first. */
export function countDifferences(sides: readonly Side[], by: readonly Facet[]): number {
  const cells = differencesOf(sides, by).flat();
  return new Set(cells.map(({ key, left, right }) => JSON.stringify([key, ...windowOf(left[0] ?? right[0])]))).size;
}

const windowOf = ({ start, end, isSession }: { start: number; end: number; isSession: boolean }): number[] =>
  isSession ? [start] : [start, end];
