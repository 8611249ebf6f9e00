import { type Duration, formatDuration, type TextPlace } from '../model';
import { type Ast, type Source, type WindowArgument } from './ast';
import { bindExpression, contextOf } from './bind-expression';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { REFUSED_FUNCTIONS, WINDOW_FUNCTIONS, type WindowParameter } from './functions';
import { intervalMs } from './parse-interval';
import { type Expression, type Plan, type WindowShape } from './plan';
import { plainRows, type Relation, relationOf, type Relations } from './relation';
import { sameName, scopeOf, WINDOW_FIELDS } from './scope';
import { didYouMean, nearest } from './suggest';
import { carry, times, whyNoTime } from './time-column';

/** A row that falls into more windows than this costs more than anybody meant. */
const MAX_WINDOWS = 20_000;

type WindowSource = Source & { source: 'window' };

/** Rows in windows: the columns of the input, then `window_start`, `window_end` and `window_time`. */
export function bindWindowFunction(source: WindowSource, relations: Relations): Relation {
  const name = source.function.text;
  const known = WINDOW_FUNCTIONS.get(name);
  if (!known) {
    const names = [...WINDOW_FUNCTIONS.keys()];
    const refused = REFUSED_FUNCTIONS.get(name);
    return fail(source.function.place, {
      what: refused?.what ?? `there is no window function ${name}`,
      expected: nearest(name, names) ?? 'TUMBLE, HOP, CUMULATE or SESSION',
      found: name,
      hint: refused?.hint ?? didYouMean(name, names, 'window functions'),
    });
  }
  const usage = `Write ${known.detail.replace(/:.*/, '')}.`;
  const given = sortArguments(source, known.parameters, usage);
  const data = given.get('DATA')!;
  const input = followTime(given.get('TIMECOL')!, bindData(data, relations, usage), usage);
  const shape = shapeOf(name, given);
  const partitionBy = data.argument === 'table' ? bindPartition(data.partitionBy, name, input, usage) : [];
  const relation = relationOf(input);
  const scope = [...relation.scope, ...scopeOf(WINDOW_FIELDS, null, relation.scope.length)];
  return { ...relation, scope, windows: { shape, partitionBy, place: source.place } };
}

function shapeOf(name: string, given: ReadonlyMap<WindowParameter, WindowArgument>): WindowShape {
  const span = (parameter: WindowParameter): Duration => {
    const argument = given.get(parameter);
    return argument ? readSpan(argument, parameter) : 0;
  };
  if (name === 'SESSION') return { kind: 'session', gap: span('GAP') };
  const [size, slide, step, offset] = [span('SIZE'), span('SLIDE'), span('STEP'), span('OFFSET')];
  const grid = name === 'HOP' ? slide : size;
  if (Math.abs(offset) >= grid) {
    fail(given.get('OFFSET')!.place, {
      what: 'the offset is too large',
      expected: `less than ${formatDuration(grid)}`,
      found: formatDuration(offset),
      hint: 'An offset moves the grid of windows by less than one of its steps.',
    });
  }
  if (name === 'TUMBLE') return { kind: 'tumble', size, offset };
  const parameter = name === 'HOP' ? 'SLIDE' : 'STEP';
  checkCount(given.get(parameter)!.place, parameter, name === 'HOP' ? slide : step, size);
  if (name === 'HOP') return { kind: 'hop', size, slide, offset };
  if (size % step !== 0) {
    fail(given.get('STEP')!.place, {
      what: 'the steps of CUMULATE must fill its longest window',
      expected: `a span of which ${formatDuration(size)} is a multiple`,
      found: formatDuration(step),
      hint: 'Write a step that divides the size, such as 10 minutes in an hour.',
    });
  }
  return { kind: 'cumulate', size, step, offset };
}

function checkCount(place: TextPlace, parameter: string, step: Duration, size: Duration): void {
  const windows = Math.ceil(size / step);
  if (windows <= MAX_WINDOWS) return;
  fail(place, {
    what: 'every row would fall into too many windows',
    expected: `at most ${MAX_WINDOWS} windows per row`,
    found: `${windows}, of ${formatDuration(size)} every ${formatDuration(step)}`,
    hint: `Write a longer ${parameter}, or OVER (ORDER BY … RANGE …) for one result with every row.`,
  });
}

/** Arguments by parameter, whether they were given in order or by name. */
function sortArguments(
  source: WindowSource,
  parameters: readonly WindowParameter[],
  usage: string,
): Map<WindowParameter, WindowArgument> {
  const given = new Map<WindowParameter, WindowArgument>();
  source.arguments.forEach((argument, i) => {
    const parameter = argument.name ? parameters.find((one) => sameName(one, argument.name!.text)) : parameters[i];
    if (parameter && !given.has(parameter)) {
      given.set(parameter, argument);
      return;
    }
    const found = argument.name?.text ?? `argument ${i + 1}`;
    const hint = argument.name ? didYouMean(argument.name.text, parameters, 'parameters') : usage;
    const what = parameter ? `${parameter} is given twice` : `${source.function.text} has no such argument`;
    fail(argument.name?.place ?? argument.place, { what, expected: parameters.join(', '), found, hint });
  });
  const missing = parameters.find((one) => one !== 'OFFSET' && !given.has(one));
  if (!missing) return given;
  return fail(source.function.place, {
    what: `${source.function.text} lacks its ${missing}`,
    expected: parameters.filter((one) => one !== 'OFFSET').join(', '),
    found: `${source.arguments.length} ${source.arguments.length === 1 ? 'argument' : 'arguments'}`,
    hint: usage,
  });
}

function bindData(argument: WindowArgument, relations: Relations, usage: string): Plan {
  if (argument.argument === 'table') {
    const { input } = argument;
    const relation = input.source === 'table' ? relations.table(input.name) : relations.query(input.query);
    return plainRows(relation, 'a window in a window');
  }
  const name =
    argument.argument === 'expression' && argument.expression.ast === 'column' ? argument.expression.name.text : 'name';
  return fail(argument.place, {
    what: 'a window table function reads a table',
    expected: `TABLE ${name}`,
    found: argument.argument === 'expression' ? shorten(formatExpression(argument.expression)) : 'DESCRIPTOR',
    hint: usage,
  });
}

/** The input with event time in the column that DESCRIPTOR names. */
function followTime(argument: WindowArgument, input: Plan, usage: string): Plan {
  const [time] = times(input).map((one) => input.schema[one].name);
  if (argument.argument !== 'descriptor') {
    return fail(argument.place, {
      what: 'the event-time column is named by DESCRIPTOR',
      expected: `DESCRIPTOR(${time ?? 'ts'})`,
      found: argument.argument === 'table' ? 'TABLE' : shorten(formatExpression(argument.expression)),
      hint: usage,
    });
  }
  const { text, place } = argument.column;
  const names = input.schema.map((one) => one.name);
  const index = names.findIndex((one) => sameName(one, text));
  const exists = index >= 0;
  const carried = exists ? carry(input, index) : null;
  if (carried) return carried;
  return fail(place, {
    what: exists ? `${text} does not carry event time` : `there is no column ${text} here`,
    expected: time ?? 'a column that carries event time',
    found: text,
    hint: time ? `Write DESCRIPTOR(${time}).` : exists ? whyNoTime(input) : didYouMean(text, names, 'columns'),
  });
}

/** Sessions are per key, and SQL says so beside the table; windows on a grid are the same for all keys. */
function bindPartition(partitionBy: readonly Ast[], name: string, input: Plan, usage: string): Expression[] {
  if (partitionBy.length && name !== 'SESSION') {
    fail(partitionBy[0].place, {
      what: `the windows of ${name} are the same for every key`,
      expected: 'no PARTITION BY',
      found: shorten(partitionBy.map(formatExpression).join(', ')),
      hint: `Name the keys in GROUP BY. ${usage}`,
    });
  }
  const scope = scopeOf(input.schema, null);
  const context = contextOf(scope, 'PARTITION BY', 'Aggregate in a subquery in FROM, and read from that.');
  return partitionBy.map((one) => bindExpression(one, context));
}

/** A constant span of time; only OFFSET may be zero or negative. */
function readSpan(argument: WindowArgument, parameter: WindowParameter): Duration {
  const ms = argument.argument === 'expression' ? constantSpan(argument.expression) : null;
  if (ms !== null && (ms > 0 || parameter === 'OFFSET')) return ms;
  return fail(argument.place, {
    what: ms === null ? `${parameter} is a constant span of time` : `${parameter} must be longer than nothing`,
    expected: "an INTERVAL such as INTERVAL '5' MINUTE",
    found: argument.argument === 'expression' ? shorten(formatExpression(argument.expression)) : argument.argument,
    hint: "Write INTERVAL '5' MINUTE, with DAY, HOUR, MINUTE or SECOND.",
  });
}

function constantSpan(ast: Ast): Duration | null {
  if (ast.ast === 'interval') return intervalMs(ast.amount, ast.unit);
  if (ast.ast !== 'unary' || ast.operator !== '-') return null;
  const inner = constantSpan(ast.input);
  return inner === null ? null : -inner;
}
