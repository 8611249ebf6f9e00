import { BIGINT, BOOLEAN, field, MAX_TIME, MIN_TIME, TIMESTAMP, type SnapshotPart } from '../../model';
import { EVENT } from '../run/inputLog';
import { type Source } from '../run/source';
import { type TracedRun } from '../run/tracedRun';
import { emptyExtent } from './extent';
import { type Moment } from './moment';
import { tableOfColumns } from './tables';

/** Watermarks have no extent of their own: a picture is framed by its events and windows. */
export function watermarksPart({ run, input }: Moment, stream: string | undefined, ideal: boolean): SnapshotPart {
  const { engine } = run;
  const sources = stream === undefined ? engine.sources.list : [engine.sources.find(stream)];
  const line = ideal ? idealLine(run, sources) : engine.sources.watermarkHistory(sources);
  const moved: number[] = [];
  for (let at = 0; at < Math.min(input + 1, engine.inputs.length); at += 1)
    if (line[at] !== (at === 0 ? MIN_TIME : line[at - 1])) moved.push(at);
  const table = tableOfColumns([
    [field('#processing', TIMESTAMP), moved.map((at) => engine.inputs.processing(at))],
    [field('#watermark', TIMESTAMP), moved.map((at) => line[at])],
  ]);
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
  const moves = engine.sources.history.moves.filter(
    (move) => move.input <= input && (only < 0 || move.source === only),
  );
  const table = tableOfColumns([
    [field('#processing', TIMESTAMP), moves.map((move) => engine.inputs.processing(move.input))],
    [field('#source', BIGINT), moves.map(({ source }) => source)],
    [field('#partition', BIGINT), moves.map(({ partition }) => partition)],
    [field('#watermark', TIMESTAMP), moves.map(({ watermark }) => watermark)],
    [field('#idle', BOOLEAN), moves.map(({ idle }) => Number(idle))],
  ]);
  return { table, extent: emptyExtent() };
}
