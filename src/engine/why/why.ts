import {
  adds,
  appendRow,
  BIGINT,
  columnIndex,
  field,
  makeTable,
  readRow,
  readValue,
  stepCode,
  TidemarkError,
  TIMESTAMP,
  type Because,
  type BecauseSubject,
  type Table,
  type Value,
} from '../../model';
import { type Expression } from '../../sql/plan';
import { explanationOf } from '../nodes/why';
import { Lineage } from './lineage';
import { inputOf, keyId, keyValues, nodesOf, type Subject } from './subject';

/** What is asked about: a row of the result as it stands, a window of a key, or a row of keyed state. Times in ms. */
export type WhyQuestion =
  | { of: 'row'; row: Record<string, Value> }
  | { of: 'window'; key: Record<string, Value>; start: number; end: number }
  /** `operator`: its number in plan order; null: the last one with state. */
  | { of: 'state'; operator: number | null; key: Record<string, Value>; start: number; end: number };

const WRITTEN = stepCode('state written');
const OUT = stepCode('row out');
/** State rows that are told at most: the last ones. */
const MOST_STATES = 200;

/** Throws a TidemarkError for a row that the result does not have, or a key that the state does not know, by that step. */
export function why(subject: Subject, step: number, question: WhyQuestion): Because {
  return question.of === 'row' ? whyRow(subject, step, question.row) : whyState(subject, step, question);
}

function whyRow(subject: Subject, step: number, row: Record<string, Value>): Because {
  const { run } = subject;
  const { log } = run.trace;
  const { rows } = run.engine.results;
  const wanted = Object.entries(row).map(([name, value]) => [columnIndex(rows.schema, name), value] as const);
  const isIt = (at: number): boolean =>
    adds(rows.kind[at]) &&
    wanted.every(([column, value]) => column < 0 || readValue(rows.columns[column], at) === value);
  for (let at = Math.min(step, run.steps - 1); at >= 0; at -= 1) {
    if (log.kind[at] !== OUT || !isIt(log.row[at])) continue;
    const [root] = run.engine.graph.sink.inputs;
    const lineage = new Lineage(subject, log.input[at]);
    // The result is what the root gives, row by row.
    lineage.follow(root, log.row[at]);
    const place = stateBehind(subject, log.row[at]);
    const state = place && stateOf(subject, place, at);
    const published = run.engine.inputs.processing(log.input[at]);
    return because(subject, lineage, at, state, { kind: 'row', published });
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
  /** null: whatever the namespace. */
  span: [start: number, end: number] | null;
}

/** The keyed state that a row of the result was read from, where its identity names it. */
function stateBehind(subject: Subject, row: number): Place | null {
  const { engine } = subject.run;
  const { id0, id1, id2 } = engine.results.rows;
  const nodes = nodesOf(subject);
  let nodeIndex = engine.graph.sink.inputs[0].nodeIndex;
  while (nodeIndex >= 0 && explanationOf(nodes[nodeIndex]).stateOf === 'input')
    nodeIndex = engine.graph.operators[nodeIndex].inputs[0].nodeIndex;
  const operator = nodeIndex < 0 ? null : engine.operators[nodeIndex];
  if (!operator?.state || explanationOf(nodes[nodeIndex]).stateOf !== 'key') return null;
  return { nodeIndex, key: id0[row], span: operator.windows ? [id1[row], id2[row]] : null };
}

function whyState(subject: Subject, step: number, question: Exclude<WhyQuestion, { of: 'row' }>): Because {
  const { run } = subject;
  const { graph, operators } = run.engine;
  const { log } = run.trace;
  const nodeIndex = nodeIndexOf(subject, question);
  const operator = operators[nodeIndex];
  const { inputs } = graph.operators[nodeIndex];
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
  const node = nodesOf(subject)[nodeIndex];
  const lineage = new Lineage(subject, input);
  const keysOf: Expression[] = 'keys' in node ? node.keys : 'partitionBy' in node ? node.partitionBy : [];
  const span: Place['span'] = start === end ? null : [start, end];
  const isWindow = question.of === 'window' && operator.windows;
  if (isWindow) lineage.followWindow(nodeIndex, keysOf, key, start, end, step);
  else {
    const written = new Set<number>();
    for (let at = 0; at <= step; at += 1)
      if (isWrite(subject, at, { nodeIndex, key: id, span })) written.add(log.input[at]);
    for (const port of inputs) {
      const { schema } = lineage.outputs.rowsOf(port).rows;
      // The keys of a join's sides are its own; what it has written says which rows they were.
      const own =
        keysOf.every(({ op }) => op !== 'column') || port === inputs[0]
          ? keysOf.filter((one) => one.op !== 'column' || one.index < schema.length)
          : [];
      lineage.followKey(port, own, key, (_, from) => written.has(from));
    }
  }
  let published = -1;
  if (isWindow) {
    for (let at = step; at >= 0 && published < 0; at -= 1) {
      const fired = log.kind[at] === stepCode('window fired') && log.operator[at] === nodeIndex + 1;
      if (fired && log.key[at] === id && log.a[at] === start && log.b[at] === end) published = at;
    }
  }
  const state = stateOf(subject, { nodeIndex, key: id, span: isWindow || span ? [start, end] : null }, step);
  const place = { key: keys.schema.map(({ name, type }, i) => ({ name, value: key[i], type })), start, end };
  const of: BecauseSubject = isWindow
    ? {
        ...place,
        kind: 'window',
        published: published < 0 ? null : run.engine.inputs.processing(log.input[published]),
      }
    : { ...place, kind: 'state', writes: state.length };
  return because(subject, lineage, published, state, of);
}

function nodeIndexOf(subject: Subject, question: Exclude<WhyQuestion, { of: 'row' }>): number {
  const { operators } = subject.run.engine;
  const asked = question.of === 'state' && question.operator !== null ? question.operator - 1 : -1;
  for (let nodeIndex = operators.length - 1; nodeIndex >= 0; nodeIndex -= 1) {
    const operator = operators[nodeIndex];
    const fits = question.of === 'window' ? operator.windows && operator.state : operator.state;
    if (fits && (asked < 0 || asked === nodeIndex)) return nodeIndex;
  }
  throw new TidemarkError({
    what: question.of === 'window' ? 'this run has no windows' : 'this operator keeps no state',
    where: 'why',
    expected: 'an operator with state',
  });
}

function isWrite({ run }: Subject, at: number, { nodeIndex, key, span }: Place): boolean {
  const { log } = run.trace;
  if (log.kind[at] !== WRITTEN || log.operator[at] !== nodeIndex + 1 || log.key[at] !== key) return false;
  if (span === null || (log.a[at] === span[0] && log.b[at] === span[1])) return true;
  const { windows } = run.engine.operators[nodeIndex];
  return windows?.windowsOf(log.a[at], log.b[at]).some(([start, end]) => start === span[0] && end === span[1]) ?? false;
}

function stateOf(subject: Subject, place: Place, until: number): Table {
  const { run } = subject;
  const { log } = run.trace;
  const { schema } = run.engine.operators[place.nodeIndex].state!;
  const table = makeTable([
    field('#step', BIGINT),
    ...['#processing', '#start', '#end'].map((name) => field(name, TIMESTAMP)),
    ...schema.map((one) => ({ ...one, nullable: true })),
  ]);
  const steps: number[] = [];
  for (let at = Math.min(until, log.length - 1); at >= 0 && steps.length < MOST_STATES; at -= 1)
    if (isWrite(subject, at, place)) steps.unshift(at);
  for (const at of steps) {
    const values = log.values(at).map((one) => (one !== one ? null : one));
    appendRow(table, [
      at,
      run.engine.inputs.processing(log.input[at]),
      log.a[at],
      log.b[at],
      ...values.slice(0, schema.length),
    ]);
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
    const table = makeTable([
      ...topic.table.schema,
      field('#time', TIMESTAMP),
      field('#append', TIMESTAMP),
      ...['#partition', '#offset', '#input'].map((name) => field(name, BIGINT)),
    ]);
    for (const input of numbers) {
      const row = inputs.row(input);
      appendRow(table, [
        ...readRow(topic.table, row),
        topic.time[row],
        topic.append[row],
        topic.partition[row],
        topic.offset[row],
        input,
      ]);
    }
    return [{ stream: topic.name, table }];
  });
  return { of, step, events: tables, state };
}
