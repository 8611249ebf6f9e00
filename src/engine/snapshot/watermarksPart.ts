import { BIGINT, BOOLEAN, field, MAX_TIME, MIN_TIME, tableOf, TIMESTAMP, type SnapshotPart } from '../../model';
import { ACTION, END, EVENT, TICK } from '../run/inputLog';
import { type Source } from '../run/source';
import { Sources } from '../run/sources';
import { type TracedRun } from '../run/tracedRun';
import { emptyExtent } from './extent';
import { type Moment } from './moment';

/** Watermarks have no extent of their own: a picture is framed by its events and windows. */
export function watermarksPart({ run, input }: Moment, stream: string | undefined, ideal: boolean): SnapshotPart {
  const { engine } = run;
  const sources = stream === undefined ? engine.sources.list : [engine.sources.find(stream)];
  const line = ideal ? idealLine(run, sources) : engine.sources.watermarkHistory(sources);
  const moved: [number, number][] = [];
  for (let at = 0; at < Math.min(input + 1, engine.inputs.length); at += 1) {
    if (line[at] === (moved.length === 0 ? MIN_TIME : moved[moved.length - 1][1])) continue;
    moved.push([at, line[at]]);
  }
  const table = tableOf(
    [field('#processing', TIMESTAMP), field('#watermark', TIMESTAMP)],
    moved.map(([at, watermark]) => [engine.inputs.processing(at), watermark]),
  );
  return { table, extent: emptyExtent() };
}

/** After each input, the minimum event time of the events still to come, minus 1 (S20.1). */
function idealLine({ engine }: TracedRun, sources: readonly Source[]): Float64Array {
  const { inputs } = engine;
  const read = new Set(sources.map(({ place }) => place));
  const line = new Float64Array(inputs.length);
  let least = MAX_TIME;
  for (let at = inputs.length - 1; at >= 0; at -= 1) {
    line[at] = least;
    if (inputs.kind(at) !== EVENT || !read.has(inputs.topic(at))) continue;
    least = Math.min(least, inputs.eventTime(at) - 1);
  }
  return line;
}

interface Move {
  input: number;
  source: number;
  partition: number;
  watermark: number;
  idle: boolean;
}

const moves = new WeakMap<TracedRun, Move[]>();

export function partitionsPart({ run, input }: Moment, stream: string | undefined): SnapshotPart {
  const { engine } = run;
  const only = stream === undefined ? -1 : engine.sources.list.indexOf(engine.sources.find(stream));
  let all = moves.get(run);
  if (!all) moves.set(run, (all = movesOf(run)));
  const rows = all
    .filter((move) => move.input <= input && (only < 0 || move.source === only))
    .map((move) => [engine.inputs.processing(move.input), move.source, move.partition, move.watermark, move.idle]);
  const schema = [
    field('#processing', TIMESTAMP),
    field('#source', BIGINT),
    field('#partition', BIGINT),
    field('#watermark', TIMESTAMP),
    field('#idle', BOOLEAN),
  ];
  return { table: tableOf(schema, rows), extent: emptyExtent() };
}

/**
 * The watermark of each partition over the whole run. A run keeps only the combined one, so new sources read the same
 * inputs again, which is cheap because no operator runs.
 */
function movesOf({ engine }: TracedRun): Move[] {
  const { inputs, options } = engine;
  const sources = new Sources(engine.graph.sources, inputs, options);
  const found: Move[] = [];
  const last = sources.list.map(({ topic }) =>
    Array.from({ length: topic.partitions }, () => ({ watermark: MIN_TIME, idle: false })),
  );
  const note = (input: number): void => {
    sources.list.forEach(({ watermarks }, source) => {
      last[source].forEach((before, partition) => {
        const now = { watermark: watermarks.of(partition), idle: watermarks.isIdleAt(partition) };
        if (now.watermark === before.watermark && now.idle === before.idle) return;
        last[source][partition] = now;
        found.push({ input, source, partition, ...now });
      });
    });
  };
  for (let input = 0; input < inputs.length; input += 1) {
    switch (inputs.kind(input)) {
      case EVENT: {
        const source = sources.of[inputs.topic(input)];
        const row = inputs.row(input);
        source?.watermarks.see(source.topic.partition[row], source.topic.time[row], row, input);
        break;
      }
      case TICK:
        for (const { place, watermarks } of sources.list)
          watermarks.tick(inputs.processing(input), (partition) => sources.isPausedByAlignment(place, partition));
        break;
      case ACTION: {
        const { wait } = options.changes[inputs.topic(input)];
        if (wait !== undefined) for (const { watermarks } of sources.list) watermarks.wait = wait;
        break;
      }
      case END:
        for (const { watermarks } of sources.list) watermarks.finish();
    }
    note(input);
  }
  return found;
}
