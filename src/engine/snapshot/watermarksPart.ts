import { BIGINT, BOOLEAN, field, MAX_TIME, MIN_TIME, tableOf, TIMESTAMP, type SnapshotPart } from '../../model';
import { EVENT } from '../run/inputLog';
import { type Source } from '../run/source';
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

export function partitionsPart({ run, input }: Moment, stream: string | undefined): SnapshotPart {
  const { engine } = run;
  const only = stream === undefined ? -1 : engine.sources.list.indexOf(engine.sources.find(stream));
  const rows = engine.sources.history.moves
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
