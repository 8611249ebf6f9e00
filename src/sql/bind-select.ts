import { type Field, TIMESTAMP } from '../model';
import { type Select } from './ast';
import { bindAggregate, collect } from './bind-aggregate';
import { type AggregateAst, bindCondition, bindExpression, type Context, noAggregates, plain } from './bind-expression';
import { groupPlan, type Item } from './bind-group';
import { bindWindow, type BoundWindow, findWindow, overPlan } from './bind-over';
import { bindSource, type BoundSource, type Relations } from './bind-source';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { inputsOf, type AggregateCall, type Expression, type Plan, type Project } from './plan';
import { columnsOf, type Origins, type Scope, scopeOf, uniqueNames, WINDOW_COLUMNS } from './scope';
import { isNullable, sameExpression } from './walk';

/** Views can multiply columns (`SELECT *, *`); a plan stays of a size that can be shown. */
const MAX_COLUMNS = 1_000;
/** Views can stand on views; what walks over a plan does so by recursion. */
const MAX_NODES = 500;

/**
 * Settles a SELECT: FROM, WHERE, then one of GROUP BY, OVER or neither, then the SELECT list.
 *
 * The SELECT list and HAVING are bound once, over a row that has the columns of the input, then those of the window
 * table function, if there is one, then one column per aggregate. What comes of GROUP BY is then a matter of
 * renumbering (`groupPlan`); after OVER the numbers are right as they are.
 */
export function bindSelect(select: Select, relations: Relations): Plan {
  const plan = bindClauses(select, relations);
  const count = (one: Plan): number => inputsOf(one).reduce((sum, input) => sum + count(input), 1);
  const nodes = count(plan);
  if (nodes <= MAX_NODES) return plan;
  return fail(select.place, {
    what: 'the plan is too deep',
    expected: `at most ${MAX_NODES} views, subqueries and clauses on top of each other`,
    found: String(nodes),
    hint: 'Let fewer views stand on each other.',
  });
}

function bindClauses(select: Select, relations: Relations): Plan {
  const source = bindSource(select.from, relations);
  const origins: Origins = new WeakMap();
  const rows = { scope: source.scope, origins };
  let input = source.plan;
  if (select.where) {
    const instead =
      'A condition on results stands in HAVING, behind GROUP BY; one on OVER in the WHERE of an outer SELECT.';
    const predicate = bindCondition(select.where, { ...rows, aggregate: noAggregates('WHERE', instead) });
    input = { node: 'filter', input, predicate, schema: input.schema, timeColumn: input.timeColumn };
  }

  const calls = new Calls(select, input, rows, source);
  const context: Context = { scope: calls.scope, origins, aggregate: (call) => calls.take(call) };
  const items = bindItems(select, context);
  const having = select.having && bindCondition(select.having, context);
  const grouped = select.groupBy.length > 0 || having !== null || calls.aggregates.length > 0 || source.window !== null;
  if (calls.window) {
    if (grouped) mixed(select, calls);
    return project(overPlan(input, calls.window, calls.rolling), items);
  }
  if (!grouped) return project(input, items);
  const group = groupPlan({
    select,
    input,
    source,
    aggregates: calls.aggregates,
    origins,
    scope: calls.scope,
    items,
    having,
  });
  return project(group.plan, group.items);
}

/** The aggregate calls of one SELECT, in the order in which they are met. */
class Calls {
  readonly aggregates: AggregateCall[] = [];
  readonly rolling: AggregateCall[] = [];
  window: BoundWindow | null = null;
  firstRolling: AggregateAst | null = null;
  /** The input's columns, then those of the window table function. */
  readonly scope: Scope;

  constructor(
    private readonly select: Select,
    private readonly input: Plan,
    private readonly rows: Omit<Context, 'aggregate'>,
    source: BoundSource,
  ) {
    const windowColumns = source.window ? WINDOW_FIELDS : [];
    this.scope = [...source.scope, ...scopeOf(windowColumns, source.table, source.scope.length)];
  }

  take(ast: AggregateAst): Expression {
    const call = bindAggregate(ast, this.rows);
    if (ast.over) this.checkWindow(ast, ast.over);
    const calls = ast.over ? this.rolling : this.aggregates;
    const column: Expression = {
      op: 'column',
      index: this.scope.length + collect(calls, call),
      name: call.text,
      type: call.type,
    };
    this.rows.origins.set(column, ast.place);
    return column;
  }

  private checkWindow(ast: AggregateAst, over: NonNullable<AggregateAst['over']>): void {
    const window = bindWindow(findWindow(over, this.select), this.input, this.rows);
    if (!this.window) {
      this.window = window;
      this.firstRolling = ast;
      return;
    }
    const { partitionBy, frame } = this.window;
    const same =
      partitionBy.length === window.partitionBy.length &&
      partitionBy.every((one, i) => sameExpression(one, window.partitionBy[i])) &&
      JSON.stringify(frame) === JSON.stringify(window.frame);
    if (same) return;
    fail(over.place, {
      what: 'all OVER windows of one SELECT must be equal, as in Flink',
      expected: shorten(formatExpression(this.firstRolling!), 200),
      found: shorten(formatExpression(ast), 200),
      hint: 'Write one CREATE VIEW or one cell per window; WINDOW w AS (…) and OVER w keeps them equal.',
    });
  }
}

const WINDOW_FIELDS: Field[] = WINDOW_COLUMNS.map((name) => ({ name, type: TIMESTAMP, nullable: false }));

function bindItems(select: Select, context: Context): Item[] {
  const items = select.items.flatMap((item): Item[] => {
    if (item.item === 'star') {
      const columns = item.table ? columnsOf(context.scope, item.table) : context.scope;
      return columns.map(({ name, type, index }) => {
        const expression: Expression = { op: 'column', index, name, type };
        context.origins.set(expression, item.place);
        return { expression, name };
      });
    }
    const expression = plain(bindExpression(item.expression, context));
    const own = expression.op === 'column' && item.expression.ast === 'column' ? expression.name : null;
    return [{ expression, name: item.alias?.text ?? own ?? formatExpression(item.expression) }];
  });
  if (items.length > MAX_COLUMNS) {
    fail(select.place, {
      what: 'the result has too many columns',
      expected: `at most ${MAX_COLUMNS}`,
      found: String(items.length),
      hint: 'Write the columns that you need instead of *.',
    });
  }
  return items;
}

function mixed(select: Select, calls: Calls): never {
  const { place } = calls.firstRolling!;
  fail(place, {
    what: 'OVER and GROUP BY do not go together in one SELECT',
    expected: 'either OVER or GROUP BY',
    found: select.groupBy.length ? 'both' : 'OVER beside an aggregate without OVER, HAVING or a window table function',
    hint: 'Group in a subquery in FROM, and write OVER in the outer SELECT.',
  });
}

/** The SELECT list over `input`; it carries event time on where it has the column as it is. */
function project(input: Plan, items: readonly Item[]): Project {
  const names = uniqueNames(items.map((one) => one.name));
  const nullable = (column: number): boolean => input.schema[column].nullable;
  const schema = items.map(({ expression }, i) => ({
    name: names[i],
    type: expression.type,
    nullable: isNullable(expression, nullable),
  }));
  const time = items.findIndex(({ expression }) => expression.op === 'column' && expression.index === input.timeColumn);
  return { node: 'project', input, expressions: items.map((one) => one.expression), schema, timeColumn: time };
}
