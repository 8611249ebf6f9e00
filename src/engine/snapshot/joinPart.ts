import {
  appendRow,
  BIGINT,
  BOOLEAN,
  columnNamed,
  field,
  formatValue,
  JOIN_FATES,
  makeTable,
  MIN_TIME,
  readRow,
  readValue,
  STRING,
  TIMESTAMP,
  type SnapshotPart,
  type Schema,
  type Where,
} from '../../model';
import { EVENT } from '../run/inputLog';
import { type Pairing } from '../stream/operator';
import { type TracedRun } from '../run/tracedRun';
import { matcher } from '../where';
import { emptyExtent, widen } from './extent';
import { joinedBy, reachOf, type JoinRow } from './joinRows';
import { type Moment } from './moment';

const ROW_COLUMNS: Schema = [
  field('#row', BIGINT),
  field('#side', BIGINT),
  field('#kind', STRING),
  field('#stream', STRING),
  field('#label', STRING),
  field('#partition', BIGINT),
  field('#offset', BIGINT),
  field('#time', TIMESTAMP),
  field('#from', TIMESTAMP),
  field('#to', TIMESTAMP),
  field('#arrived', TIMESTAMP),
  field('#partners', BIGINT),
  field('#fate', BIGINT),
  field('#padded', BOOLEAN),
  field('#changed', BOOLEAN),
];

export function joinRowsPart(moment: Moment, where: Where | undefined, label: string | undefined): SnapshotPart {
  const { run, step, base } = moment;
  const joined = joinedBy(run, step);
  const extent = emptyExtent();
  if (!joined) return { table: makeTable(ROW_COLUMNS), extent };
  const { keys } = run.engine.operators[joined.number - 1].operator.state!;
  const matches = matcher(keys.schema, where, base);
  const table = makeTable([...keys.schema, ...ROW_COLUMNS], joined.rows.length);
  for (const row of joinedBy(run, run.steps - 1)!.rows) {
    if (row.key >= 0 && !matches(keys, row.key)) continue;
    widen(extent, row.time, run.engine.inputs.processing(row.input));
  }
  joined.rows.forEach((row, place) => {
    if (row.key >= 0 && !matches(keys, row.key)) return;
    const [from, to] = reachOf(joined, row);
    const event = eventOf(run, row, label);
    appendRow(table, [
      ...(row.key < 0 ? keys.schema.map(() => null) : readRow(keys, row.key)),
      place,
      row.side,
      kindOf(joined.pairing),
      event.stream,
      event.label,
      event.partition,
      event.offset,
      row.time,
      from,
      to,
      run.engine.inputs.processing(row.input),
      row.partners,
      JOIN_FATES.indexOf(row.fate),
      row.padded,
      step >= 0 && row.step === step,
    ]);
  });
  return { table, extent };
}

const kindOf = (pairing: Pairing): string =>
  pairing.kind === 'version' && pairing.by === 'arrival' ? 'lookup' : pairing.kind;

interface EventFacts {
  stream: string;
  label: string;
  partition: number;
  offset: number;
}

/** Who a row was when it came in, and the column that it is called by. */
function eventOf({ engine }: TracedRun, { input }: JoinRow, name: string | undefined): EventFacts {
  const { inputs } = engine;
  if (inputs.kind(input) !== EVENT) return { stream: '', label: '', partition: -1, offset: -1 };
  const topic = inputs.topics[inputs.topic(input)];
  const { schema, columns } = topic.table;
  const row = inputs.row(input);
  const column = name === undefined ? -1 : columnNamed(schema, name);
  const label = column < 0 ? '' : formatValue(readValue(columns[column], row), columns[column].type);
  return { stream: topic.name, label, partition: topic.partition[row], offset: topic.offset[row] };
}

export function joinPairsPart({ run, step }: Moment): SnapshotPart {
  const joined = joinedBy(run, step);
  const { inputs } = run.engine;
  const table = makeTable([
    field('#left', BIGINT),
    field('#right', BIGINT),
    field('#processing', TIMESTAMP),
    field('#changed', BOOLEAN),
  ]);
  for (const { left, right, input, step: at } of joined?.pairs ?? [])
    appendRow(table, [left, right, inputs.processing(input), at === step]);
  const extent = emptyExtent();
  if (run.engine.inputs.length > 0) widen(extent, MIN_TIME, inputs.processing(0));
  return { table, extent };
}
