import {
  addTime,
  BIGINT,
  BOOLEAN,
  field,
  makeTable,
  MAX_TIME,
  MIN_TIME,
  TIMESTAMP,
  type SnapshotPart,
  type Schema,
} from '../../model';
import { ACTION, END, EVENT, TICK } from '../stream/agenda';
import { Source } from '../stream/source';
import { type TracedRun } from '../stream/tracedRun';
import { emptyExtent } from './extent';
import { type Moment } from './moment';

/** The line has no extent of its own: a picture is framed by the events and windows that it shows. */
export function watermarksPart({ run, input }: Moment, stream: string | undefined, ideal: boolean): SnapshotPart {
  const { engine } = run;
  const sources = stream === undefined ? engine.sources : [engine.source(stream)];
  const line = ideal ? idealLine(run, sources) : engine.watermarkHistory(sources);
  const moved: [number, number][] = [];
  for (let at = 0; at < Math.min(input + 1, engine.inputLog.length); at += 1) {
    if (line[at] === (moved.length === 0 ? MIN_TIME : moved[moved.length - 1][1])) continue;
    moved.push([at, line[at]]);
  }
  return tableOf(
    [field('#processing', TIMESTAMP), field('#watermark', TIMESTAMP)],
    moved.map(([at, watermark]) => [engine.inputLog.processing[at], watermark]),
  );
}

/** Behind each input, the least event time of what has not come yet − 1 (S20.1). */
function idealLine({ engine }: TracedRun, sources: Source[]): Float64Array {
  const { inputLog } = engine;
  const read = new Set(sources.map(({ topic }) => topic));
  const line = new Float64Array(inputLog.length);
  let least = MAX_TIME;
  for (let at = inputLog.length - 1; at >= 0; at -= 1) {
    line[at] = least;
    if (inputLog.kind[at] !== EVENT || !read.has(inputLog.topic[at])) continue;
    least = Math.min(least, inputLog.topics[inputLog.topic[at]].batch.time[inputLog.row[at]] - 1);
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
  const only = stream === undefined ? -1 : engine.sources.indexOf(engine.source(stream));
  let all = moves.get(run);
  if (!all) moves.set(run, (all = movesOf(run)));
  const rows = all
    .filter((move) => move.input <= input && (only < 0 || move.source === only))
    .map((move) => [
      engine.inputLog.processing[move.input],
      move.source,
      move.partition,
      move.watermark,
      move.idle ? 1 : 0,
    ]);
  const schema = [
    field('#processing', TIMESTAMP),
    field('#source', BIGINT),
    field('#partition', BIGINT),
    field('#watermark', TIMESTAMP),
    field('#idle', BOOLEAN),
  ];
  return tableOf(schema, rows);
}

/**
 * What each partition's watermark did in the whole run. A run only keeps the combined line; so fresh sources are led
 * through the same inputs, which is cheap since no row goes on from them.
 */
function movesOf({ engine }: TracedRun): Move[] {
  const { inputLog, options, dataflow } = engine;
  const sources = dataflow.scans.map((scan) => new Source(scan, inputLog, options, false));
  const found: Move[] = [];
  const last = sources.map(({ table }) =>
    Array.from({ length: table.topic.partitions }, () => ({ watermark: MIN_TIME, idle: false })),
  );
  const note = (input: number): void => {
    sources.forEach(({ watermarks }, source) => {
      last[source].forEach((before, partition) => {
        const now = { watermark: watermarks.of(partition), idle: watermarks.isIdleAt(partition) };
        if (now.watermark === before.watermark && now.idle === before.idle) return;
        last[source][partition] = now;
        found.push({ input, source, partition, ...now });
      });
    });
  };
  for (let input = 0; input < inputLog.length; input += 1) {
    switch (inputLog.kind[input]) {
      case EVENT: {
        const { batch } = inputLog.topics[inputLog.topic[input]];
        const row = inputLog.row[input];
        const source = sources.find(({ topic }) => topic === inputLog.topic[input]);
        source?.watermarks.see(batch.id1[row], batch.time[row], row, input);
        break;
      }
      case TICK:
        for (const source of sources)
          source.watermarks.tick(inputLog.processing[input], (partition) =>
            isPausedByAlignment(engine, sources, source, partition),
          );
        break;
      case ACTION: {
        const { wait } = options.changes[inputLog.topic[input]];
        if (wait !== undefined) for (const { watermarks } of sources) watermarks.wait = wait;
        break;
      }
      case END:
        for (const { watermarks } of sources) watermarks.finish();
    }
    note(input);
  }
  return found;
}

/** As in a run (S20.2). */
function isPausedByAlignment(
  { options }: TracedRun['engine'],
  sources: Source[],
  own: Source,
  partition: number,
): boolean {
  if (options.maxDrift === null) return false;
  let least = MAX_TIME;
  for (const source of sources) {
    for (let one = 0; one < source.table.topic.partitions; one += 1) {
      if (source.isInGroup(one)) least = Math.min(least, source.watermarks.of(one));
    }
  }
  return own.watermarks.of(partition) > addTime(least, options.maxDrift);
}

function tableOf(schema: Schema, rows: number[][]): SnapshotPart {
  const table = makeTable(schema, rows.length);
  table.length = rows.length;
  rows.forEach((row, at) => {
    row.forEach((value, column) => {
      table.columns[column].data[at] = value;
    });
  });
  return { table, extent: emptyExtent() };
}
