import { type Duration, formatDuration, type TextPlace } from '../model';
import { type Ast, type Name, type Select, type Source, type WindowArgument } from './ast';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { REFUSED_FUNCTIONS, WINDOW_FUNCTIONS, type WindowParameter } from './functions';
import { intervalMs } from './parse-expression';
import { type Plan, type WindowShape } from './plan';
import { sameName, type Scope, scopeOf } from './scope';
import { didYouMean, nearest } from './suggest';
import { whyNoTime } from './time-column';
import { JOINS } from './words';

/** What a SELECT can read. */
export interface Relations {
  /** The plan of a table or view; throws where there is none. */
  table: (name: Name) => Plan;
  query: (select: Select) => Plan;
}

export interface BoundSource {
  plan: Plan;
  scope: Scope;
  /** Not null: FROM is a window table function, and GROUP BY must say so. */
  window: WindowShape | null;
  /** Name of the columns' table, if it has one. */
  table: string | null;
}

export function bindSource(source: Source, relations: Relations): BoundSource {
  switch (source.source) {
    case 'table':
      return bound(relations.table(source.name), source.alias ?? source.name);
    case 'query':
      return bound(relations.query(source.query), source.alias);
    case 'window': {
      const { input, window } = bindWindowFunction(source, relations);
      return { ...bound(input, source.alias), window };
    }
    case 'join': {
      const place = source.right.place;
      return fail(place, { ...JOINS, expected: 'one table, stream, view or subquery', found: `${source.kind} JOIN` });
    }
  }
}

function bound(plan: Plan, name: Name | null): BoundSource {
  const table = name?.text ?? null;
  return { plan, scope: scopeOf(plan.schema, table), window: null, table };
}

type WindowSource = Source & { source: 'window' };

function bindWindowFunction(source: WindowSource, relations: Relations): { input: Plan; window: WindowShape } {
  const name = source.function.text;
  const known = WINDOW_FUNCTIONS.get(name);
  if (!known) {
    const names = [...WINDOW_FUNCTIONS.keys()];
    const refused = REFUSED_FUNCTIONS.get(name);
    return fail(source.function.place, {
      what: refused?.what ?? `there is no window function ${name}`,
      expected: nearest(name, names) ?? 'TUMBLE or HOP',
      found: name,
      hint: refused?.hint ?? didYouMean(name, names, 'window functions'),
    });
  }
  const given = sortArguments(source, known.parameters, known.detail);
  const input = bindData(given.get('DATA')!, relations, known.detail);
  checkTime(given.get('TIMECOL')!, input, known.detail);
  const span = (parameter: WindowParameter): Duration => {
    const argument = given.get(parameter);
    return argument ? readSpan(argument, parameter) : 0;
  };
  const [size, slide, offset] = [span('SIZE'), span('SLIDE'), span('OFFSET')];
  const grid = name === 'HOP' ? slide : size;
  if (Math.abs(offset) >= grid) {
    const least = formatDuration(grid);
    const hint = 'An offset moves the grid of windows by less than one of its steps.';
    spanError(
      given.get('OFFSET')!.place,
      'the offset is too large',
      `less than ${least}`,
      formatDuration(offset),
      hint,
    );
  }
  if (name === 'TUMBLE') return { input, window: { kind: 'tumble', size, offset } };
  return { input, window: { kind: 'hop', size, slide, offset } };
}

function spanError(place: TextPlace, what: string, expected: string, found: string, hint: string): never {
  fail(place, { what, expected, found, hint });
}

/** Arguments by parameter, whether they were given in order or by name. */
function sortArguments(
  source: WindowSource,
  parameters: readonly WindowParameter[],
  detail: string,
): Map<WindowParameter, WindowArgument> {
  const given = new Map<WindowParameter, WindowArgument>();
  const usage = `Write ${detail.replace(/:.*/, '')}.`;
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

function bindData(argument: WindowArgument, relations: Relations, detail: string): Plan {
  if (argument.argument === 'table') return bindSource(argument.input, relations).plan;
  const name =
    argument.argument === 'expression' && argument.expression.ast === 'column' ? argument.expression.name.text : 'name';
  return fail(argument.place, {
    what: 'a window table function reads a table',
    expected: `TABLE ${name}`,
    found: argument.argument === 'expression' ? shorten(formatExpression(argument.expression)) : 'DESCRIPTOR',
    hint: `Write ${detail.replace(/:.*/, '')}.`,
  });
}

function checkTime(argument: WindowArgument, input: Plan, detail: string): void {
  const time = input.schema[input.timeColumn]?.name;
  if (argument.argument !== 'descriptor') {
    fail(argument.place, {
      what: 'the event-time column is named by DESCRIPTOR',
      expected: `DESCRIPTOR(${time ?? 'ts'})`,
      found: argument.argument === 'table' ? 'TABLE' : shorten(formatExpression(argument.expression)),
      hint: `Write ${detail.replace(/:.*/, '')}.`,
    });
  }
  const { text, place } = argument.column;
  if (time && sameName(time, text)) return;
  const names = input.schema.map((one) => one.name);
  const exists = names.some((one) => sameName(one, text));
  fail(place, {
    what: exists ? `${text} does not carry event time` : `there is no column ${text} here`,
    expected: time ?? 'a column that carries event time',
    found: text,
    hint: time ? `Write DESCRIPTOR(${time}).` : exists ? whyNoTime(input) : didYouMean(text, names, 'columns'),
  });
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
