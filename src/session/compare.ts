import { difference, type CellDifference, type Facet, type Side } from '../engine/snapshot/difference';
import { FATES, field, makeTable, namedValues, readRow, TidemarkError, TIMESTAMP, BIGINT, type Table } from '../model';
import { type RunSpec } from '../notebook/run';
import { keysOf, nameOf, comparedWindows, type Stood } from './compareCells';
import { type ComparedCell, type Comparison, type EndDifference, type RunSummary } from './protocol';
import { lastBefore } from './summary';

/** Longer than anything in a scenario: a watermark that waits this long lets nothing be late. */
const FOR_EVERYTHING = 3_650 * 86_400_000;
/** Windows of keys that a comparison tells about, and events of each; those that differ come first. */
const MOST_CELLS = 400;
const MOST_EVENTS = 12;

/**
 * The run to compare instead of a run. A batch job keeps no windows with a history; the stream that waits for everything
 * does, and has the same final result (invariant: stream at the end = batch). Throws a TidemarkError for jobs on a
 * schedule and for lookups, whose rows are no windows.
 */
export function asStream(spec: RunSpec): RunSpec {
  const { options } = spec;
  if (options.every !== null || options.lookup !== null)
    throw new TidemarkError({
      what: 'this run has no single result per window',
      expected: 'a stream, or a batch job without a schedule',
      found: options.lookup === null ? 'every' : 'lookup',
      hint: 'Leave it out to compare the run.',
    });
  if (options.mode === 'stream') return spec;
  const stream = { mode: 'stream', profile: 'flink', time: 'event', end: 'flush' } as const;
  const waits = { wait: FOR_EVERYTHING, watermark: null, emitEvery: 0, idle: null, maxDrift: null };
  return { ...spec, options: { ...options, ...stream, ...waits, lateness: 0, trigger: null, accumulation: null } };
}

/** Where the end of each run differs from that of the first. */
function differencesOf([first, ...others]: readonly Side[], by: readonly Facet[]): CellDifference[][] {
  return [
    [],
    ...others.map((other) => {
      // A run is at one step at a time, and does not differ from itself.
      if (other.run === first.run) return [];
      // State and results are the final ones only while the runs are at their ends.
      return first.run.at(first.run.steps - 1, () =>
        other.run.at(other.run.steps - 1, () => difference(first, other, by)),
      );
    }),
  ];
}

/** How many windows of keys have another final value in some run than in the first. */
export function countDifferences(sides: readonly Side[], by: readonly Facet[]): number {
  return compareCells(sides, by).cells.filter(({ differs }) => differs.some((one) => one !== null)).length;
}

/** What the runs emitted, cell by cell, on the clock that they share. `sides` replace `shown` (see `asStream`). */
export function comparisonOf(
  shown: readonly Side[],
  sides: readonly Side[],
  by: readonly Facet[],
  summaries: RunSummary[],
): Comparison {
  const { cells, sessions } = compareCells(sides, by);
  shown.forEach(({ run }, i) => {
    // A batch job emits everything when it ends.
    if (run === sides[i].run) return;
    const [, last] = summaries[i].processing;
    for (const { stands } of cells) stands[i] = stands[i].slice(-1).map((one) => ({ ...one, processing: last }));
  });
  const rank = ({ differs }: ComparedCell): number => (differs.some((one) => one !== null) ? 0 : 1);
  const kept = cells.length > MOST_CELLS ? [...cells].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_CELLS) : cells;
  return {
    runs: summaries,
    clock: clockOf(shown),
    keys: keysOf(sides[0]).schema.map(({ name }) => name),
    sessions,
    cells: kept.sort((a, b) => a.start - b.start),
    more: cells.length - kept.length,
  };
}

function compareCells(sides: readonly Side[], by: readonly Facet[]): { cells: ComparedCell[]; sessions: boolean } {
  const { cells, byName, sessions } = comparedWindows(sides, by.includes('bounds'));
  const compared = new Map<Stood, ComparedCell>();
  for (const cell of cells) {
    const { key, values, start, end, stands } = cell;
    compared.set(cell, { key, values, start, end, stands, differs: sides.map(() => null) });
  }
  const fates = sides.map(({ run }) => run.at(run.steps - 1, () => run.engine.reader.fate.slice()));
  differencesOf(sides, by).forEach((differences, i) => {
    for (const { key, left, right, cause, rule, topic, profiles, inputs } of differences) {
      const { start, end } = left[0] ?? right[0];
      const cell = compared.get(byName.get(nameOf(JSON.stringify(key), start, end))!)!;
      const events = inputs
        .slice(0, MOST_EVENTS)
        .map((input) => eventOf(sides[0], input, [fates[0], fates[i]], sides[i]));
      cell.differs[i] ??= { cause, rule, topic, profiles, events, more: inputs.length - events.length };
    }
  });
  return { cells: [...compared.values()], sessions };
}

/** An event, by its input in the first run, and what became of it in either run. */
function eventOf(
  { run }: Side,
  input: number,
  [here, there]: [Uint8Array, Uint8Array],
  other: Side,
): EndDifference['events'][number] {
  const { inputs } = run.engine;
  const topic = inputs.topics[inputs.topic(input)];
  const row = inputs.row(input);
  // Inputs have other numbers where the clock ticks at other times.
  const same = other.run.engine.inputs.find(inputs.topic(input), topic.partition[row], topic.offset[row]);
  return {
    values: namedValues(topic.table.schema, readRow(topic.table, row)),
    time: topic.time[row],
    processing: inputs.processing(input),
    fates: [FATES[here[input]], FATES[there[same?.input ?? -1]]],
  };
}

/** Every processing time of any run, and the step of each run then. */
function clockOf(sides: readonly Side[]): Table {
  const times = new Set<number>();
  for (const { run } of sides) {
    const { inputs } = run.engine;
    for (let input = 0; input < inputs.length; input += 1) times.add(inputs.processing(input));
  }
  const sorted = Float64Array.from(times).sort();
  const table = makeTable(
    [field('processing', TIMESTAMP), ...sides.map((_, i) => field(`run${i}`, BIGINT))],
    Math.max(1, sorted.length),
  );
  table.length = sorted.length;
  sorted.forEach((time, row) => {
    table.columns[0].data[row] = time;
    sides.forEach(({ run }, i) => (table.columns[i + 1].data[row] = lastBefore(run, time)));
  });
  return table;
}
