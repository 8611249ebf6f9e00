import { type Field, TIMESTAMP } from '../model';
import { type Ast, type Select } from './ast';
import { aggregateIsNullable } from './bind-aggregate';
import { bindExpression, noAggregates } from './bind-expression';
import { type BoundSource } from './bind-source';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { type AggregateCall, type Expression, type Plan } from './plan';
import { type Origins, type Scope, uniqueNames, WINDOW_COLUMNS } from './scope';
import { inputsOf, isNullable, mapInputs, sameExpression } from './walk';

/** One column of the SELECT list. Its expression reads input columns, window columns and results, in this order. */
export interface Item {
  expression: Expression;
  name: string;
}

interface Grouping {
  select: Select;
  input: Plan;
  source: BoundSource;
  aggregates: AggregateCall[];
  origins: Origins;
  /** The input's columns, then those of the window table function. */
  scope: Scope;
  items: Item[];
  having: Expression | null;
}

interface Key {
  expression: Expression;
  ast: Ast;
}

/** GROUP BY, with or without windows, and HAVING; and the SELECT list renumbered to read from it. */
export function groupPlan(grouping: Grouping): { plan: Plan; items: Item[] } {
  const { input, source, aggregates, items, having } = grouping;
  const width = source.scope.length;
  const all = bindKeys(grouping);
  const isWindow = ({ expression }: Key): boolean => expression.op === 'column' && expression.index >= width;
  const keys = all.filter((one) => !isWindow(one));
  const windows = new Set(
    all.filter(isWindow).map(({ expression }) => (expression as { index: number }).index - width),
  );
  if (source.window) requireWindows(grouping, windows);
  const plan = aggregatePlan(grouping, keys);

  // Behind the keys come the window columns and the results, in the order in which the SELECT list knows them.
  const shift = keys.length - width;
  const renumber = (one: Expression): Expression => {
    const key = keys.findIndex(({ expression }) => sameExpression(expression, one));
    if (key >= 0) return { op: 'column', index: key, name: plan.schema[key].name, type: one.type };
    if (one.op !== 'column') return mapInputs(one, renumber);
    const isMissing = one.index < width || (one.index < grouping.scope.length && !windows.has(one.index - width));
    return isMissing ? notGrouped(one, grouping) : { ...one, index: one.index + shift };
  };
  const renamed = items.map((one) => ({ ...one, expression: renumber(one.expression) }));
  if (!having) return { plan, items: renamed };
  const predicate = renumber(having);
  return {
    plan: { node: 'filter', input: plan, predicate, schema: plan.schema, timeColumn: plan.timeColumn },
    items: renamed,
  };

  function aggregatePlan({ scope }: Grouping, by: Key[]): Plan {
    const nullable = (column: number): boolean => input.schema[column].nullable;
    const expressions = by.map((one) => one.expression);
    const windowed = scope.length > width;
    const fields: Field[] = [
      ...by.map(({ expression, ast }) => ({
        name: expression.op === 'column' ? expression.name : formatExpression(ast),
        type: expression.type,
        nullable: isNullable(expression, nullable),
      })),
      ...(windowed ? WINDOW_COLUMNS.map((name) => ({ name, type: TIMESTAMP, nullable: false })) : []),
      ...aggregates.map((one) => ({
        name: one.text,
        type: one.type,
        nullable: aggregateIsNullable(one, nullable, by.length === 0 && !windowed),
      })),
    ];
    const names = uniqueNames(fields.map((one) => one.name));
    const schema = fields.map((one, i) => ({ ...one, name: names[i] }));
    if (!source.window) return { node: 'aggregate', input, keys: expressions, aggregates, schema, timeColumn: -1 };
    const timeColumn = by.length + WINDOW_COLUMNS.indexOf('window_time');
    return {
      node: 'window aggregate',
      input,
      window: source.window,
      keys: expressions,
      aggregates,
      schema,
      timeColumn,
    };
  }
}

function bindKeys({ select, scope, origins, source }: Grouping): Key[] {
  const aggregate = noAggregates('GROUP BY', 'Aggregate in a subquery in FROM, and group its result.');
  return select.groupBy.map((ast) => {
    const expression = bindExpression(ast, { scope, origins, aggregate });
    const refuse = (what: string, expected: string, hint: string): never =>
      fail(ast.place, { what, expected, found: shorten(formatExpression(ast)), hint });
    if (expression.op === 'literal') {
      refuse(
        'a constant groups nothing',
        'a column or an expression',
        'Write the column itself; a number does not stand for its place here.',
      );
    }
    if (expression.op !== 'column' && reads(expression, source.scope.length)) {
      refuse(
        'windows are grouped by as they are',
        'window_start, window_end',
        'Compute with window_start in the SELECT list.',
      );
    }
    return { expression, ast };
  });
}

const reads = (one: Expression, from: number): boolean =>
  one.op === 'column' ? one.index >= from : inputsOf(one).some((input) => reads(input, from));

/** Flink's rule: both edges name the window; without them each row would be an update of an unbounded group. */
function requireWindows({ select }: Grouping, windows: ReadonlySet<number>): void {
  const missing = WINDOW_COLUMNS.slice(0, 2).filter((_, i) => !windows.has(i));
  if (missing.length === 0) return;
  const [first] = select.groupBy;
  const rest = select.groupBy
    .map(formatExpression)
    .filter((text) => !WINDOW_COLUMNS.some((one) => one === text.toLowerCase()));
  fail(first?.place ?? select.from.place, {
    what: 'a window table function puts rows into windows, and only GROUP BY on both of their edges closes them',
    expected: 'GROUP BY with window_start and window_end',
    found: first ? shorten(`GROUP BY ${select.groupBy.map(formatExpression).join(', ')}`) : 'no GROUP BY',
    hint: `Write GROUP BY ${[...rest, 'window_start', 'window_end'].join(', ')}.`,
  });
}

function notGrouped(column: Expression & { op: 'column' }, { origins, select }: Grouping): never {
  const place = origins.get(column) ?? select.place;
  const isWindow = WINDOW_COLUMNS.some((one) => one === column.name);
  return fail(place, {
    what: `${column.name} is neither in GROUP BY nor inside an aggregate`,
    expected: 'a column of GROUP BY, or an aggregate',
    found: column.name,
    hint: isWindow
      ? `Add ${column.name} to GROUP BY.`
      : `Add ${column.name} to GROUP BY, or say which of its values you want: MIN(${column.name}), MAX(${column.name}).`,
  });
}
