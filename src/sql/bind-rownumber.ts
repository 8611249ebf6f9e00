import { BIGINT, type TextPlace } from '../model';
import { type Ast, type OverWindow, type Select, someNode } from './ast';
import { type AggregateAst, bindExpression, type Context, noAggregates } from './bind-expression';
import { type Item, projectOf } from './project';
import { findWindow } from './bind-over';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { type Expression, FLIPPED, type Plan } from './plan';
import { type Relation, relationOf, withoutLimit } from './relation';
import { sameName, type ScopeColumn, uniqueNames } from './scope';
import { carry } from './time-column';

/** ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) of a SELECT list, settled; its place in the list is `at`. */
export interface RowNumber {
  at: number;
  partitionBy: Expression[];
  orderBy: { expression: Expression; descending: boolean }[];
  place: TextPlace;
}

/** The call, if the item is one. Inside of other expressions ROW_NUMBER is refused by `noRowNumber`. */
export const rowNumberCall = (ast: Ast): AggregateAst | null =>
  ast.ast === 'call' && ast.name.text === 'ROW_NUMBER' ? ast : null;

export function bindRowNumber(call: AggregateAst, at: number, select: Select, context: Context): RowNumber {
  if (!call.over || call.arguments.length || call.star || call.filter || call.distinct) {
    fail(call.place, {
      what: 'ROW_NUMBER counts the rows of a window',
      expected: 'ROW_NUMBER() OVER (PARTITION BY … ORDER BY …)',
      found: shorten(formatExpression(call)),
      hint: 'Write ROW_NUMBER() OVER (PARTITION BY card ORDER BY ts DESC) AS rn.',
    });
  }
  const window = findWindow(call.over, select);
  if (window.orderBy.length === 0 || window.frame) noOrder(window);
  const rows = {
    ...context,
    aggregate: noAggregates('ROW_NUMBER', 'Aggregate in a subquery in FROM, and number its rows.'),
  };
  return {
    at,
    partitionBy: window.partitionBy.map((one) => bindExpression(one, rows)),
    orderBy: window.orderBy.map(({ expression, descending }) => ({
      expression: bindExpression(expression, rows),
      descending,
    })),
    place: call.place,
  };
}

function noOrder(window: OverWindow): never {
  fail(window.frame?.place ?? window.place, {
    what: window.frame ? 'ROW_NUMBER knows no frame' : 'ROW_NUMBER needs an order to number the rows in',
    expected: window.frame ? 'ORDER BY alone' : 'ORDER BY',
    found: window.frame ? window.frame.unit : 'no ORDER BY',
    hint: 'Write ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC).',
  });
}

/** Elsewhere a row number would change with every row. */
export const noRowNumber = (call: AggregateAst): never => withoutLimit(call.place);

/**
 * The rows of a SELECT with their place among those of their partition. The other items come first, then the place:
 * how many rows are kept, and whether the place is shown, only the SELECT around it says.
 */
export function numbered(
  input: Plan,
  { at, partitionBy, orderBy, place }: RowNumber,
  items: readonly Item[],
): Relation {
  const others = items.filter((_, i) => i !== at);
  const plan = projectOf(input, others);
  const names = uniqueNames(items.map((one) => one.name));
  const scope: ScopeColumn[] = items.map(({ expression }, i) => {
    const index = i === at ? others.length : i < at ? i : i - 1;
    const nullable = i !== at && plan.schema[index].nullable;
    return { table: null, name: names[i], type: expression.type, nullable, index };
  });
  const [first] = orderBy;
  const timed = orderBy.length === 1 && first.expression.op === 'column' ? carry(input, first.expression.index) : null;
  const shown = (rows: Plan, rank: Expression | null): Plan =>
    projectOf(rows, rank ? [...others, { expression: rank, name: names[at] }] : others);

  return { ...relationOf(plan), scope, numbered: { first: keep, place } };

  function keep(limit: number, isShown: boolean): Plan {
    if (timed && limit === 1) {
      const kept: Plan = {
        node: 'deduplicate',
        input: timed,
        keys: partitionBy,
        keep: first.descending ? 'last' : 'first',
        schema: timed.schema,
        timeColumn: -1,
      };
      return shown(kept, isShown ? { op: 'literal', value: 1, type: BIGINT } : null);
    }
    const [rank] = uniqueNames([...input.schema.map((one) => one.name), names[at]]).slice(-1);
    const field = { name: rank, type: BIGINT, nullable: false };
    const top: Plan = {
      node: 'top n',
      input,
      partitionBy,
      orderBy,
      limit,
      rank: isShown ? rank : null,
      schema: isShown ? [...input.schema, field] : input.schema,
      timeColumn: -1,
    };
    return shown(top, isShown ? { op: 'column', index: input.schema.length, name: rank, type: BIGINT } : null);
  }
}

/**
 * Takes `rn = 1`, `rn <= n` or the like out of the conditions of a SELECT over numbered rows, and keeps that many rows
 * of each partition. The place goes on as a column only where the SELECT reads it elsewhere.
 */
export function takeFirst(
  relation: Relation,
  conditions: readonly Ast[],
  select: Select,
): { relation: Relation; conditions: Ast[] } {
  const { numbered: rows, scope, plan } = relation;
  if (!rows) return { relation, conditions: [...conditions] };
  const rank = scope.find((one) => one.index === plan.schema.length)!;
  const isRank = (one: Ast): boolean =>
    one.ast === 'column' &&
    sameName(one.name.text, rank.name) &&
    (!one.table || (rank.table !== null && sameName(one.table.text, rank.table)));
  const limits = conditions.map((one) => limitOf(one, isRank));
  const limit = limits.reduce<number | null>(
    (least, one) => (one === null ? least : Math.min(one, least ?? one)),
    null,
  );
  if (limit === null) return withoutLimit(rows.place);
  if (limit < 1) {
    fail(conditions[limits.indexOf(limit)].place, {
      what: 'places are counted from 1: no row is kept',
      expected: 'at least 1',
      found: String(limit),
      hint: `Write ${rank.name} <= 3.`,
    });
  }
  const rest = conditions.filter((_, i) => limits[i] === null);
  // A star has the place too.
  const isStar = select.items.some((one) => one.item === 'star');
  const isShown = isStar || someNode([select.items, rest, select.groupBy, select.having, select.windows], isRank);
  const kept = rows.first(limit, isShown);
  const columns = scope
    .filter((one) => one !== rank || isShown)
    .map((one) => ({ ...one, nullable: kept.schema[one.index].nullable }));
  return { relation: { ...relationOf(kept), scope: columns }, conditions: rest };
}

const WHOLE = /^\d{1,9}$/;

/** How many rows a condition on the place keeps; null where it is none. */
function limitOf(ast: Ast, isRank: (one: Ast) => boolean): number | null {
  if (ast.ast === 'between' && !ast.negated && isRank(ast.input)) {
    const { low, high } = ast;
    return low.ast === 'number' && low.text === '1' && high.ast === 'number' && WHOLE.test(high.text)
      ? Number(high.text)
      : null;
  }
  if (ast.ast !== 'binary') return null;
  const flipped = isRank(ast.right);
  const [rank, number] = flipped ? [ast.right, ast.left] : [ast.left, ast.right];
  if (!isRank(rank) || number.ast !== 'number' || !WHOLE.test(number.text)) return null;
  const operator = flipped ? FLIPPED[ast.operator as '='] : ast.operator;
  const n = Number(number.text);
  if (operator === '<=') return n;
  if (operator === '<') return n - 1;
  return operator === '=' && n <= 1 ? n : null;
}
