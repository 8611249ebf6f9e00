import { type Select } from './ast';
import { bindAggregate, DistinctCalls } from './bind-aggregate';
import {
  type AggregateAst,
  bindCondition,
  bindExpression,
  type Context,
  contextOf,
  plain,
  ROW_NUMBER,
} from './bind-expression';
import { bindSubquery, conjunctsOf, subqueryOf } from './bind-exists';
import { groupPlan } from './bind-group';
import { bindWindow, type BoundWindow, findWindow, overPlan } from './bind-over';
import { bindRowNumber, noRowNumber, numbered, rowNumberCall, type RowNumber, takeFirst } from './bind-rownumber';
import { bindSource } from './bind-source';
import { BIGINT } from '../model';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { literal } from './operators';
import { type AggregateCall, type Expression } from './plan';
import { filterOf, type Item, projectOf } from './project';
import { plainRows, type Relation, relationOf, widthOf, type Relations } from './relation';
import { aliasesOf, columnsOf, type Origins } from './scope';
import { allOf, columnAt, conjuncts, sameExpression } from './walk';
import { windowed } from './windowed';

/** Views can multiply columns (`SELECT *, *`); a plan stays of a size that can be shown. */
const MAX_COLUMNS = 1_000;

/**
 * Settles a SELECT: FROM, WHERE, then one of GROUP BY, OVER, ROW_NUMBER or neither, then the SELECT list.
 *
 * The SELECT list and HAVING are bound once, over a row that has the columns of the input, then those of the window
 * table function, if there is one, then one column per aggregate. What comes of GROUP BY is then a matter of
 * renumbering (`groupPlan`); after OVER the numbers are right as they are.
 */
export function bindSelect(select: Select, relations: Relations): Relation {
  const origins: Origins = new WeakMap();
  const source = bindWhere(select, bindSource(select.from, relations), origins, relations);
  const calls = new Calls(select, source, origins);
  const aliases = aliasesOf(select);
  const context: Context = { scope: source.scope, origins, aliases, aggregate: (call) => calls.take(call) };
  const { items, rowNumber } = bindItems(select, context);
  const having = select.having && bindCondition(select.having, context);
  const grouped = select.groupBy.length > 0 || having !== null || calls.aggregates.length > 0;
  if (rowNumber) {
    if (grouped || calls.window) refuseTogether(select, rowNumber.place);
    return numbered(plainRows(source, 'ROW_NUMBER'), rowNumber, items);
  }
  if (calls.window) {
    if (grouped || source.windows) refuseTogether(select, calls.firstRolling!.place);
    return relationOf(projectOf(overPlan(calls.window, calls.rolling), items));
  }
  if (grouped) {
    const group = groupPlan({ select, source, aggregates: calls.aggregates, origins, items, having });
    return relationOf(projectOf(group.plan, group.items));
  }
  return source.windows ? windowed(source, source.windows, items, origins) : relationOf(projectOf(source.plan, items));
}

/** WHERE: places that ROW_NUMBER gave, then conditions on single rows, then those with a subquery. */
function bindWhere(select: Select, from: Relation, origins: Origins, relations: Relations): Relation {
  const { relation, conditions } = takeFirst(from, conjunctsOf(select.where), select);
  const { plan, narrow } = relation;
  const scope = relation.scope.filter((one) => one.index < plan.schema.length);
  const instead =
    'A condition on results stands in HAVING, behind GROUP BY; one on OVER in the WHERE of an outer SELECT.';
  const context = contextOf(scope, 'WHERE', instead, origins, aliasesOf(select));
  const ofRows = conditions.filter((one) => !subqueryOf(one)).flatMap((one) => conjuncts(bindCondition(one, context)));
  const { plan: input, rest } = narrow && ofRows.length ? narrow(ofRows) : { plan, rest: ofRows };
  return conditions
    .flatMap((one) => subqueryOf(one) ?? [])
    .reduce<Relation>((left, one) => bindSubquery(left, one, relations), {
      ...relation,
      plan: filterOf(input, allOf(rest)),
    });
}

function tooManyAggregates({ place }: AggregateAst): never {
  fail(place, {
    what: 'there are too many aggregates',
    expected: `at most ${MAX_COLUMNS} in one SELECT`,
    found: 'one more',
    hint: 'Split them over several cells.',
  });
}

/** The aggregate calls of one SELECT, in the order in which they are met. */
class Calls {
  private readonly ofGroups = new DistinctCalls();
  private readonly ofRows = new DistinctCalls();
  window: BoundWindow | null = null;
  /** Of a call whose frame is the one of the window: LAG alone has none. */
  firstRolling: AggregateAst | null = null;
  private isOpen = true;
  private readonly rows: Omit<Context, 'aggregate'>;

  constructor(
    private readonly select: Select,
    private readonly source: Relation,
    origins: Origins,
  ) {
    const { scope, plan } = source;
    this.rows = { scope: scope.filter((one) => one.index < plan.schema.length), origins, aliases: aliasesOf(select) };
  }

  get aggregates(): AggregateCall[] {
    return this.ofGroups.list;
  }

  get rolling(): AggregateCall[] {
    return this.ofRows.list;
  }

  take(ast: AggregateAst): Expression {
    if (ast.name.text === ROW_NUMBER) noRowNumber(ast);
    const call = bindAggregate(ast, this.rows);
    if (ast.over) this.checkWindow(ast, ast.over);
    const calls = ast.over ? this.ofRows : this.ofGroups;
    if (calls.list.length === MAX_COLUMNS) tooManyAggregates(ast);
    const column = columnAt({ name: call.text, type: call.type }, widthOf(this.source) + calls.add(call));
    this.rows.origins.set(column, ast.place);
    return column;
  }

  private checkWindow(ast: AggregateAst, over: NonNullable<AggregateAst['over']>): void {
    const written = findWindow(over, this.select);
    const window = bindWindow(written, this.source.plan, this.rows);
    const isOpen = ast.name.text === 'LAG' && !written.frame;
    const before = this.window;
    const same =
      !before ||
      (before.partitionBy.length === window.partitionBy.length &&
        before.partitionBy.every((one, i) => sameExpression(one, window.partitionBy[i])) &&
        before.input.timeColumn === window.input.timeColumn &&
        (isOpen || this.isOpen || JSON.stringify(before.frame) === JSON.stringify(window.frame)));
    if (!same) {
      fail(over.place, {
        what: 'all OVER windows of one SELECT must be equal, as in Flink',
        expected: shorten(formatExpression(this.firstRolling!), 200),
        found: shorten(formatExpression(ast), 200),
        hint: 'Write one CREATE VIEW or one cell per window; WINDOW w AS (…) and OVER w keeps them equal.',
      });
    }
    if (!this.isOpen || (before && isOpen)) return;
    this.window = window;
    this.firstRolling = ast;
    this.isOpen = isOpen;
  }
}

function bindItems(select: Select, context: Context): { items: Item[]; rowNumber: RowNumber | null } {
  const items: Item[] = [];
  let rowNumber: RowNumber | null = null;
  for (const item of select.items) {
    if (item.item === 'star') {
      const columns = item.table ? columnsOf(context.scope, item.table) : context.scope;
      for (const column of columns) {
        const expression = columnAt(column, column.index);
        context.origins.set(expression, item.place);
        items.push({ expression, name: column.name });
      }
      continue;
    }
    const call = rowNumberCall(item.expression);
    if (call && rowNumber) noRowNumber(call);
    if (call) rowNumber = bindRowNumber(call, items.length, select, context);
    const expression = call ? literal(1, BIGINT) : plain(bindExpression(item.expression, context));
    const own = expression.op === 'column' && item.expression.ast === 'column' ? expression.name : null;
    items.push({ expression, name: item.alias?.text ?? own ?? formatExpression(item.expression) });
  }
  if (items.length > MAX_COLUMNS) {
    fail(select.place, {
      what: 'the result has too many columns',
      expected: `at most ${MAX_COLUMNS}`,
      found: String(items.length),
      hint: 'Write the columns that you need instead of *.',
    });
  }
  return { items, rowNumber };
}

function refuseTogether(select: Select, place: Select['place']): never {
  fail(place, {
    what: 'OVER and GROUP BY do not go together in one SELECT',
    expected: 'either OVER or GROUP BY',
    found: select.groupBy.length ? 'both' : 'OVER beside an aggregate without OVER, HAVING or a window table function',
    hint: 'Group in a subquery in FROM, and write OVER in the outer SELECT.',
  });
}
