import { type Field } from '../model';
import { type Ast, type Select } from './ast';
import { aggregateIsNullable } from './bind-aggregate';
import { bindExpression, contextOf } from './bind-expression';
import { explainExpression } from './explain';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { type AggregateCall, type Expression, type Plan } from './plan';
import { filterOf, type Item } from './project';
import { type Relation, type Windows, widthOf } from './relation';
import { aliasesOf, type Origins, uniqueNames, WINDOW_COLUMNS, WINDOW_FIELDS } from './scope';
import { columnAt, isNullable, mapInputs, readsColumn, sameExpression } from './walk';

interface Grouping {
  select: Select;
  /** What FROM and WHERE give. */
  source: Relation;
  aggregates: AggregateCall[];
  origins: Origins;
  items: Item[];
  having: Expression | null;
}

interface Key {
  expression: Expression;
  ast: Ast;
}

/** GROUP BY, with or without windows, and HAVING; and the SELECT list renumbered to read from it. */
export function groupPlan(grouping: Grouping): { plan: Plan; items: Item[] } {
  const { source, aggregates, items, having } = grouping;
  const input = source.plan;
  const width = input.schema.length;
  const all = bindKeys(grouping);
  const isWindow = ({ expression }: Key): boolean => expression.op === 'column' && expression.index >= width;
  const keys = all.filter((one) => !isWindow(one));
  const windows = new Set(
    all.filter(isWindow).map(({ expression }) => (expression as { index: number }).index - width),
  );
  if (source.windows) requireWindows(grouping, source.windows, windows, keys);
  const plan = aggregatePlan(keys);

  // Behind the keys come the window columns and the results, in the order in which the SELECT list knows them.
  const shift = keys.length - width;
  const renumber = (one: Expression): Expression => {
    const key = keys.findIndex(({ expression }) => sameExpression(expression, one));
    if (key >= 0) return columnAt(plan.schema[key], key);
    if (one.op !== 'column') return mapInputs(one, renumber);
    const isMissing = one.index < width || (one.index < widthOf(source) && !windows.has(one.index - width));
    if (isMissing) notGrouped(one, grouping);
    const name = one.index < widthOf(source) ? WINDOW_COLUMNS[one.index - width] : one.name;
    return { ...one, name, index: one.index + shift };
  };
  const renamed = items.map((one) => ({ ...one, expression: renumber(one.expression) }));
  return { plan: filterOf(plan, having && renumber(having)), items: renamed };

  function aggregatePlan(by: Key[]): Plan {
    const nullable = (column: number): boolean => input.schema[column].nullable;
    const expressions = by.map((one) => one.expression);
    const windowed = source.windows !== null;
    const fields: Field[] = [
      ...by.map(({ expression, ast }) => ({
        name: expression.op === 'column' ? expression.name : formatExpression(ast),
        type: expression.type,
        nullable: isNullable(expression, nullable),
      })),
      ...(windowed ? WINDOW_FIELDS : []),
      ...aggregates.map((one) => ({
        name: one.text,
        type: one.type,
        nullable: aggregateIsNullable(one, nullable, by.length === 0 && !windowed),
      })),
    ];
    const names = uniqueNames(fields.map((one) => one.name));
    const schema = fields.map((one, i) => ({ ...one, name: names[i] }));
    if (!source.windows) return { node: 'aggregate', input, keys: expressions, aggregates, schema, timeColumn: -1 };
    const timeColumn = by.length + WINDOW_COLUMNS.indexOf('window_time');
    return {
      node: 'window aggregate',
      input,
      window: source.windows.shape,
      keys: expressions,
      aggregates,
      schema,
      timeColumn,
    };
  }
}

function bindKeys({ select, origins, source }: Grouping): Key[] {
  const instead = 'Aggregate in a subquery in FROM, and group its result.';
  const context = contextOf(source.scope, 'GROUP BY', instead, origins, aliasesOf(select));
  return select.groupBy.map((ast) => {
    const expression = bindExpression(ast, context);
    const refuse = (what: string, expected: string, hint: string): never =>
      fail(ast.place, { what, expected, found: shorten(formatExpression(ast)), hint });
    if (expression.op === 'literal') {
      refuse(
        'a constant groups nothing',
        'a column or an expression',
        'Write the column itself; a number does not stand for its place here.',
      );
    }
    if (expression.op !== 'column' && readsColumn(expression, (index) => index >= source.plan.schema.length)) {
      refuse(
        'windows are grouped by as they are',
        'window_start, window_end',
        'Compute with window_start in the SELECT list.',
      );
    }
    return { expression, ast };
  });
}

/** Flink's rule: both edges name the window; without them each row would be an update of an unbounded group. */
function requireWindows(
  { select }: Grouping,
  { partitionBy, place, shape }: Windows,
  windows: ReadonlySet<number>,
  keys: readonly Key[],
): void {
  const missing = WINDOW_COLUMNS.slice(0, 2).filter((_, i) => !windows.has(i));
  if (missing.length === 0) {
    const partition = partitionBy.map(explainExpression);
    const grouped = keys.map(({ expression }) => explainExpression(expression));
    if (shape.kind !== 'session' || [...new Set(partition)].sort().join() === [...new Set(grouped)].sort().join())
      return;
    const by = grouped.length > 1 ? `(${grouped.join(', ')})` : grouped.join();
    fail(place, {
      what: 'sessions are found per key, so PARTITION BY and GROUP BY must name the same keys',
      expected: grouped.length ? `TABLE … PARTITION BY ${by}` : 'no PARTITION BY',
      found: partition.length ? `PARTITION BY ${partition.join(', ')}` : 'no PARTITION BY',
      hint: grouped.length
        ? `Write SESSION(TABLE t PARTITION BY ${by}, DESCRIPTOR(…), …).`
        : `Add ${partition.join(', ')} to GROUP BY.`,
    });
  }
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
