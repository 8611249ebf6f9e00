import {
  adds,
  appendRow,
  BIGINT,
  BOOLEAN,
  field,
  makeTable,
  MIN_TIME,
  readRow,
  takeRows,
  TIMESTAMP,
  type SnapshotPart,
  type PartRequest,
  type Schema,
  type Where,
} from '../../model';
import { stateValue } from '../state/keyedState';
import { identityOf } from '../stream/rows';
import { type TracedRun } from '../run/tracedRun';
import { matcher } from '../where';
import { emptyExtent, resultExtent, widen } from './extent';
import { joinPairsPart, joinRowsPart } from './joinPart';
import { type Moment } from './moment';
import { panesPart } from './panesPart';
import { emitsWindows } from './resultOf';
import { eventsTable, withColumns } from './tables';
import { partitionsPart, watermarksPart } from './watermarksPart';
import { windowsPart } from './windowsPart';

/** Makes the part of `state(k)` that a figure asks for; see `PartRequest` for its columns. */
export function partOf(moment: Moment, request: PartRequest): SnapshotPart {
  switch (request.part) {
    case 'events':
      return eventsPart(moment, request, () => true);
    case 'dropped':
      return eventsPart(moment, request, (fate) => fate === 2);
    case 'watermarks':
      return watermarksPart(moment, request.stream, request.ideal ?? false);
    case 'partitions':
      return partitionsPart(moment, request.stream);
    case 'windows':
      return windowsPart(moment, request.where, request.value);
    case 'state':
      return statePart(moment, request.operator, request.where);
    case 'result':
      return resultPart(moment, request.where);
    case 'join rows':
      return joinRowsPart(moment, request.where, request.value);
    case 'join pairs':
      return joinPairsPart(moment);
    case 'panes':
      return panesPart(moment, request.where);
  }
}

function eventsPart(
  { run, input, step, base }: Moment,
  { where, stream }: { where?: Where; stream?: string },
  keep: (fate: number) => boolean,
): SnapshotPart {
  const { inputs, reader } = run.engine;
  const { topic, place } = run.engine.sources.find(stream);
  const matches = matcher(topic.table.schema, where, base);
  const rows: number[] = [];
  const extent = emptyExtent();
  const fates: number[] = [];
  for (let row = 0; row < topic.table.length; row += 1)
    if (matches(topic.table, row)) widen(extent, topic.time[row], topic.append[row]);
  const numbers: number[] = [];
  const read = inputs.readOf(place, input);
  read.rows.forEach((row, i) => {
    if (!matches(topic.table, row)) return;
    const at = read.inputs[i];
    const shown = at === input ? fateNow(run, input, step) : reader.fate[at];
    if (!keep(shown)) return;
    rows.push(row);
    numbers.push(at);
    fates.push(shown);
  });
  return { table: withColumns(eventsTable(topic, rows, numbers), [[field('#fate', BIGINT), fates]]), extent };
}

/** The fate of the event whose input is under way: too late only from the step that drops it. */
function fateNow(run: TracedRun, input: number, step: number): number {
  const { log } = run.trace;
  let late = 0;
  for (let at = step; at >= 0 && log.input[at] === input; at -= 1) {
    const one = run.step(at);
    if (one.kind === 'row dropped') return 2;
    if (one.kind === 'row in' && one.late) late = 1;
  }
  return late;
}

function statePart({ run, step, base }: Moment, operator: number | undefined, where: Where | undefined): SnapshotPart {
  const { operators } = run.engine;
  const number = operator ?? operators.findLastIndex((one) => one.operator.state) + 1;
  const state = number > 0 ? (operators[number - 1]?.operator.state ?? null) : null;
  if (!state)
    return {
      table: makeTable([field('#start', TIMESTAMP), field('#end', TIMESTAMP), field('#changed', BOOLEAN)]),
      extent: emptyExtent(),
    };
  const schema = [
    ...state.keys.schema,
    field('#start', TIMESTAMP),
    field('#end', TIMESTAMP),
    ...state.schema.map((one) => ({ ...one, nullable: true })),
    field('#changed', BOOLEAN),
  ];
  const table = makeTable(schema, 64);
  const extent = emptyExtent();
  const matches = matcher(state.keys.schema, where, base);
  const now = step < 0 ? null : run.step(step);
  const written = now?.kind === 'state written' && now.operator === number ? now : null;
  state.each((key, start, end, values) => {
    if (!matches(state.keys, key)) return;
    widen(extent, start, MIN_TIME);
    const changed = written?.key === key && written.start === start;
    appendRow(table, [
      ...readRow(state.keys, key),
      start,
      end,
      ...values.map((one, i) => stateValue(state, i, one)),
      changed,
    ]);
  });
  return { table, extent };
}

function resultPart({ run, step, base }: Moment, where: Where | undefined): SnapshotPart {
  const result = run.engine.results.rows;
  const live = liveRows(run);
  const matches = matcher(result.schema, where, base);
  const rows = live.filter((row) => matches(result, row));
  const emitted = rows.map((row) => run.engine.inputs.processing(result.input[row]));
  const now = step < 0 ? null : run.step(step);
  const changed = now?.kind === 'row out' ? now.row : -1;
  // The identity of a row under windows holds their bounds.
  const bounds = emitsWindows(run) ? [timesOf('#start', result.id1, rows), timesOf('#end', result.id2, rows)] : [];
  return {
    table: withColumns(takeRows(result, rows), [
      ...bounds,
      [field('#emitted', TIMESTAMP), emitted],
      [field('#changed', BOOLEAN), rows.map((row) => (row === changed ? 1 : 0))],
    ]),
    extent: resultExtent(run),
  };
}

const timesOf = (name: string, times: Float64Array, rows: number[]): [Schema[number], number[]] => [
  field(name, TIMESTAMP),
  rows.map((row) => times[row]),
];

/** Current rows of the result log, in order of first emission: a later version of a row replaces it. */
export function liveRows(run: TracedRun): number[] {
  const result = run.engine.results.rows;
  const live = new Map<string, number>();
  for (let row = 0; row < result.length; row += 1) {
    const id = identityOf(result, row);
    if (adds(result.kind[row])) live.set(id, row);
    // A row that an update retracts keeps its place until the new value arrives.
    else if (row + 1 === result.length || !adds(result.kind[row + 1]) || id !== identityOf(result, row + 1))
      live.delete(id);
  }
  return [...live.values()];
}
