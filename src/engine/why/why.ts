import {
  adds,
  appendRow,
  BIGINT,
  columnIndex,
  field,
  makeTable,
  namedValues,
  readValue,
  TidemarkError,
  TIMESTAMP,
  type Because,
  type BecauseSubject,
  type Step,
  type Table,
  type Value,
} from '../../model';
import { kindOf } from '../nodes';
import { type Pieces } from '../pieces';
import { resultNode } from '../run/graph';
import { eventsTable } from '../snapshot/tables';
import { stateValue } from '../state/keyedState';
import { factsOf } from './facts';
import { Lineage } from './lineage';
import { outputHistoryOf } from './outputHistory';
import { inputOf, keyId, keyValues, lastFiring, type Subject } from './subject';

/** What is asked about: a row of the current result, a window of a key, or a row of keyed state. Times in ms. */
export type WhyQuestion =
  | { of: 'row'; row: Record<string, Value> }
  | { of: 'window'; key: Record<string, Value>; start: number; end: number }
  /** `operator`: its number in plan order; null: the last one with state. */
  | { of: 'state'; operator: number | null; key: Record<string, Value>; start: number; end: number };

/** State rows that an answer holds at most: the last ones. */
const MOST_STATES = 200;

/** Throws a TidemarkError for a row that the result does not have, or a key that the state does not know, by that step. */
export function why(subject: Subject, step: number, question: WhyQuestion): Pieces<Because> {
  return question.of === 'row' ? whyRow(subject, step, question.row) : whyState(subject, step, question);
}

function* whyRow(subject: Subject, step: number, row: Record<string, Value>): Pieces<Because> {
  const { run } = subject;
  const { rows } = run.engine.results;
  const wanted = Object.entries(row).map(([name, value]) => [columnIndex(rows.schema, name), value] as const);
  const isIt = (at: number): boolean =>
    adds(rows.kind[at]) &&
    wanted.every(([column, value]) => column < 0 || readValue(rows.columns[column], at) === value);
  let found: Extract<Step, { kind: 'row out' }> | null = null;
  for (const out of run.stepsOf(['row out'], { until: step })) if (isIt(out.row)) found = out;
  if (found) {
    const { result: root } = run.engine.graph;
    const lineage = new Lineage(subject, found.input, yield* outputHistoryOf(subject, found.input));
    // Row n of the result is row n of the root.
    lineage.follow(root, found.row);
    const place = stateBehind(subject, found.row);
    const state = place && stateOf(subject, place, found.step);
    return because(subject, lineage, found.step, state, { kind: 'row', published: found.processingTime });
  }
  throw new TidemarkError({
    what: 'the result has no such row at this step',
    where: 'why',
    found: Object.entries(row)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', '),
  });
}

interface Place {
  nodeIndex: number;
  key: number;
  /** null: any namespace. */
  span: [start: number, end: number] | null;
}

/** The keyed state that a row of the result was read from, where its identity names it. */
function stateBehind(subject: Subject, row: number): Place | null {
  const { engine } = subject.run;
  const { id0, id1, id2 } = engine.results.rows;
  const nodeIndex = resultNode(engine.graph);
  if (nodeIndex < 0) return null;
  const { node, operator } = engine.operators[nodeIndex];
  if (!operator.state || !kindOf(node.plan).grouping) return null;
  return { nodeIndex, key: id0[row], span: operator.windows ? [id1[row], id2[row]] : null };
}

function* whyState(subject: Subject, step: number, question: Exclude<WhyQuestion, { of: 'row' }>): Pieces<Because> {
  const { run } = subject;
  const { operators } = run.engine;
  const nodeIndex = nodeIndexOf(subject, question);
  const { node, operator } = operators[nodeIndex];
  const { keys } = operator.state!;
  const key = keyValues(keys, question.key);
  const id = keyId(keys, key);
  const { start, end } = question;
  if (id < 0) {
    throw new TidemarkError({
      what: 'the state has no such key',
      where: 'why',
      found: Object.values(question.key).join(', '),
    });
  }
  const input = inputOf(subject, step);
  const lineage = new Lineage(subject, input, yield* outputHistoryOf(subject, input));
  const keysOf = kindOf(node.plan).keys(node.plan) ?? [];
  const span: Place['span'] = start === end ? null : [start, end];
  const isWindow = question.of === 'window' && operator.windows;
  const held = isWindow
    ? factsOf(subject, { nodeIndex, key, start, end }, step).rows
    : writesOf(subject, { nodeIndex, key: id, span }, step).map((one) => one.input);
  const inputs = new Set(held);
  node.inputs.forEach((port, side) => {
    if (keysOf[side]) lineage.followKey(port, keysOf[side], key, (_, from) => inputs.has(from));
  });
  const fired = isWindow && lastFiring(run, { operator: nodeIndex + 1, key: id, until: step }, { start, end });
  const state = stateOf(subject, { nodeIndex, key: id, span: isWindow || span ? [start, end] : null }, step);
  const place = { key: namedValues(keys.schema, key), start, end };
  const of: BecauseSubject = isWindow
    ? {
        ...place,
        kind: 'window',
        published: fired ? run.engine.inputs.processing(fired.input) : null,
      }
    : { ...place, kind: 'state', writes: state.length };
  return because(subject, lineage, fired ? fired.step : -1, state, of);
}

function nodeIndexOf(subject: Subject, question: Exclude<WhyQuestion, { of: 'row' }>): number {
  const { operators } = subject.run.engine;
  const asked = question.of === 'state' && question.operator !== null ? question.operator - 1 : -1;
  const found = operators.findLastIndex(
    ({ operator }, nodeIndex) =>
      operator.state && (question.of === 'state' || operator.windows) && (asked < 0 || asked === nodeIndex),
  );
  if (found >= 0) return found;
  throw new TidemarkError({
    what: question.of === 'window' ? 'this run has no windows' : 'this operator keeps no state',
    where: 'why',
    expected: 'an operator with state',
  });
}

type Write = Extract<Step, { kind: 'state written' }>;

function writesOf({ run }: Subject, { nodeIndex, key, span }: Place, until: number): Write[] {
  const { windows } = run.engine.operators[nodeIndex].operator;
  const isOf = ({ start, end }: Write): boolean =>
    span === null ||
    (start === span[0] && end === span[1]) ||
    (windows?.windowsOf(start, end).some(([from, to]) => from === span[0] && to === span[1]) ?? false);
  return [...run.stepsOf(['state written'], { operator: nodeIndex + 1, key, until })].filter(isOf);
}

function stateOf(subject: Subject, place: Place, until: number): Table {
  const keyed = subject.run.engine.operators[place.nodeIndex].operator.state!;
  const table = makeTable([
    field('#step', BIGINT),
    ...['#processing', '#start', '#end'].map((name) => field(name, TIMESTAMP)),
    ...keyed.schema.map((one) => ({ ...one, nullable: true })),
  ]);
  for (const { step, processingTime, start, end, values } of writesOf(subject, place, until).slice(-MOST_STATES)) {
    const known = keyed.schema.map((_, i) => stateValue(keyed, i, values[i]));
    appendRow(table, [step, processingTime, start, end, ...known]);
  }
  return table;
}

function because(
  subject: Subject,
  { events }: Lineage,
  step: number,
  state: Table | null,
  of: BecauseSubject,
): Because {
  const { inputs } = subject.run.engine;
  const tables = inputs.topics.flatMap((topic, place) => {
    const numbers = [...events].filter((input) => inputs.topic(input) === place).sort((a, b) => a - b);
    if (numbers.length === 0) return [];
    const rows = numbers.map((input) => inputs.row(input));
    return [{ stream: topic.name, table: eventsTable(topic, rows, numbers) }];
  });
  return { of, step, events: tables, state };
}
