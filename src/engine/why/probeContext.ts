import { columnNamed, firstWhere, readRow, tableOf, type Value } from '../../model';
import { inputsOf, type Expression, type Plan, type Scan } from '../../sql/plan';
import { compile } from '../expression';
import { type Topic } from '../log/topic';
import { rowsBelow } from '../nodes';
import { type Policies } from '../profiles';
import { EVENT } from '../run/inputLog';
import { allTriggers, type Trigger } from '../stream/options';
import { type ClockFacts } from './facts';
import { type PlantedEvent, type Target } from './probe';
import { keyId, type optionsAt, type Subject, type Windowed } from './subject';

/** What possible events are made from: one for the window, one for each stream whose time must move. */
export interface ProbeContext {
  subject: Subject;
  target: Target;
  grouping: Windowed['grouping'];
  options: ReturnType<typeof optionsAt>;
  /** Of the profile in force. */
  policies: Policies;
  clocks: ClockFacts;
  now: number;
  ended: boolean;
}

/** What it takes to make an event at a time, or for a watermark. */
export type StreamContext = Pick<ProbeContext, 'subject' | 'options' | 'now'>;

/** An event to make others like. */
interface Example {
  topic: Topic;
  partition: number;
  values: Value[];
}

/** An event of the key that has reached the operator; where there is none, the last one that came, with the key's values. */
export function eventOf({ subject, target, grouping }: ProbeContext, input: number): Example | null {
  const { engine } = subject.run;
  const { inputs } = engine;
  const { keys } = engine.operators[target.nodeIndex].operator.state!;
  const id = keyId(keys, target.key);
  let other = -1;
  for (const written of subject.run.stepsOf(['state written'], { operator: target.nodeIndex + 1 })) {
    if (written.input > input && other >= 0) break;
    if (inputs.kind(written.input) !== EVENT) continue;
    if (written.key === id && written.input <= input) return rowOf(subject, written.input);
    other = written.input;
  }
  for (let at = Math.max(0, input); other < 0 && at < inputs.length; at += 1) if (inputs.kind(at) === EVENT) other = at;
  const found = other < 0 ? null : rowOf(subject, other);
  if (!found) return null;
  const values = [...found.values];
  keys.schema.forEach(({ name }, i) => {
    const column = sourceColumn(grouping.input, grouping.keys[i], found.topic, name);
    if (column >= 0) values[column] = target.key[i];
  });
  return { ...found, values };
}

/** The column of a stream that a key is read from: followed down through projections, else the one of its name. */
export function sourceColumn(plan: Plan, expression: Expression, { table }: Topic, name: string): number {
  const { node, columns } = rowsBelow(plan);
  const column = expression.op === 'column' ? columns[expression.index] : -1;
  return column >= 0 && node.node === 'scan' ? column : columnNamed(table.schema, name);
}

function rowOf({ run }: Subject, input: number): Example {
  const { inputs } = run.engine;
  const topic = inputs.topics[inputs.topic(input)];
  const row = inputs.row(input);
  return { topic, partition: topic.partition[row], values: readRow(topic.table, row) };
}

export function scanOf(plan: Plan, topic: string): Scan | null {
  if (plan.node === 'scan')
    return (plan.options.topic ?? plan.table).toLowerCase() === topic.toLowerCase() ? plan : null;
  for (const input of inputsOf(plan)) {
    const found = scanOf(input, topic);
    if (found) return found;
  }
  return null;
}

/** An event with these values at another time, which its time column holds too. */
export function eventAt(context: StreamContext, from: Example, partition: number, time: number): PlantedEvent {
  const { subject, now } = context;
  const values = [...from.values];
  const scan = scanOf(subject.plan, from.topic.name);
  if (scan && scan.timeColumn >= 0) values[scan.timeColumn] = time;
  return { stream: from.topic.name, partition, time, arrives: Math.max(now, time), values };
}

/** The same event, marked so that it moves a punctuated watermark. */
export function marked({ options, subject }: StreamContext, from: Example): Example {
  const { watermark, changedWait } = options;
  const scan = scanOf(subject.plan, from.topic.name);
  if (watermark?.type !== 'punctuated' || changedWait !== null || !scan) return from;
  const column = columnNamed(scan.schema, watermark.column);
  const { type } = scan.schema[column];
  if (type.name !== 'BOOLEAN' && from.values[column] !== null) return from;
  const mark = type.name === 'BOOLEAN' ? true : type.name === 'STRING' ? '' : 0;
  return { ...from, values: from.values.with(column, mark) };
}

/** The smallest time at which an event with these values moves the watermark of its partition to `goal`; null: none does. */
export function timeFor(context: StreamContext, goal: number, from: Example): number | null {
  const { options, subject } = context;
  const scan = scanOf(subject.plan, from.topic.name);
  const wait = options.changedWait ?? options.wait ?? 0;
  if (options.changedWait !== null) return goal + wait + 1;
  const byClause = options.wait === null && scan?.watermark;
  switch (options.watermark?.type ?? (byClause ? 'declared' : 'bounded')) {
    case 'bounded':
    case 'micro-batch':
      return goal + wait + 1;
    case 'declared':
      return scan?.watermark ? declaredFor(scan, scan.watermark, goal, from.values) : null;
    case 'monotonous':
    case 'punctuated':
      return goal + 1;
    case 'percentile':
      // Its own delay counts towards the percentile.
      return Math.max(goal + largestDelay(from.topic) + 1, Math.ceil((goal + context.now + 1) / 2));
    default:
      return null;
  }
}

/** Solves a WATERMARK clause for the time column, which it never falls with. */
function declaredFor(scan: Scan, claim: Expression, goal: number, values: Value[]): number | null {
  const evaluate = compile(claim, scan.schema);
  const table = tableOf(scan.schema, [values]);
  const claims = (time: number): number => {
    table.columns[scan.timeColumn].data[0] = time;
    return evaluate(table, 0, 1).data[0];
  };
  if (claims(goal + SEARCHED) < goal) return null;
  return firstWhere(goal - SEARCHED, goal + SEARCHED, (time) => claims(time) >= goal);
}

/** A clause whose watermark is further away than this is not solved, ms: a year. */
const SEARCHED = 366 * 86_400_000;

function largestDelay({ append, time, table }: Topic): number {
  let most = 0;
  for (let row = 0; row < table.length; row += 1) most = Math.max(most, append[row] - time[row]);
  return most;
}

/** How many rows a trigger can wait for, all its parts together; and the smallest change of a value that a delta asks for. */
export function countsOf(trigger: Trigger | null): { rows: number; delta: { column: string; by: number } | null } {
  let rows = 0;
  let delta: { column: string; by: number } | null = null;
  for (const part of allTriggers(trigger)) {
    if (part.type === 'count' && part.n > 1) rows += part.n;
    if (part.type !== 'delta') continue;
    rows += 2;
    delta ??= { column: part.column, by: part.delta };
  }
  return { rows: Math.max(1, rows), delta };
}
