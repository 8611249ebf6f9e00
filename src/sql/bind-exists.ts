import { type Ast, type Query, type Select, someNode } from './ast';
import { bindCondition, bindExpression, type Context, contextOf } from './bind-expression';
import { joinRelations } from './bind-join';
import { bindSource } from './bind-source';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { AGGREGATES } from './functions';
import { compare } from './operators';
import { type Expression } from './plan';
import { filterOf } from './project';
import { type Relation, widthOf, type Relations } from './relation';
import { behind, columnsOf, type Scope } from './scope';
import { allOf, columnAt, conjuncts, isNullable, moved, readsColumn } from './walk';

/** A condition of WHERE that is a semi or an anti join: `[NOT] EXISTS (…)` or `x [NOT] IN (SELECT …)`. */
interface SubqueryCondition {
  query: Query;
  negated: boolean;
  /** x of IN; null: EXISTS. */
  member: Ast | null;
  place: Ast['place'];
}

/** What stands between the ANDs of a condition, as written. */
export const conjunctsOf = (ast: Ast | null): Ast[] =>
  ast === null
    ? []
    : ast.ast === 'binary' && ast.operator === 'AND'
      ? [...conjunctsOf(ast.left), ...conjunctsOf(ast.right)]
      : [ast];

export function subqueryOf(ast: Ast): SubqueryCondition | null {
  if (ast.ast === 'unary' && ast.operator === 'NOT') {
    const inner = subqueryOf(ast.input);
    return inner && { ...inner, negated: !inner.negated, place: ast.place };
  }
  if (ast.ast === 'exists') return { query: ast.query, negated: false, member: null, place: ast.place };
  if (ast.ast !== 'in query') return null;
  return { query: ast.query, negated: ast.negated, member: ast.input, place: ast.place };
}

/** Rows of `left` for which the subquery has a row, or, negated, has none. */
export function bindSubquery(left: Relation, condition: SubqueryCondition, relations: Relations): Relation {
  const { query, negated, member, place } = condition;
  const select = query.names.length || query.selects.length > 1 || query.limit ? null : plainSelect(query.selects[0]);
  if (!select && !member) notPlain(query);
  const right = select ? bindSource(select.from, relations) : relations.query(query);
  const width = widthOf(left);
  const scope: Scope = [...left.scope.map((one) => ({ ...one, outer: true })), ...behind(right.scope, width)];
  const context = contextOf(scope, 'a subquery of WHERE', 'Aggregate in a subquery in FROM, and join its result.');
  const parts = conjunctsOf(select?.where ?? null);
  const all = parts.filter((one) => !subqueryOf(one)).flatMap((one) => conjuncts(bindCondition(one, context)));
  const values = select
    ? itemsOf(select, right, context, width)
    : right.scope.map((one) => columnAt(one, one.index + width));
  if (member) all.push(membership(condition, member, values, left, right, context));
  const isRight = (one: Expression): boolean =>
    !readsColumn(one, (index) => index < width || index >= width + right.plan.schema.length);
  if (!all.some((one) => readsColumn(one, (index) => index < width))) {
    fail(place, {
      what: 'the subquery does not depend on the row: it would be the same question for all of them',
      expected: 'an equality between a column outside and one inside',
      found: shorten(select?.where ? formatExpression(select.where) : 'no WHERE'),
      hint: 'Write WHERE EXISTS (SELECT * FROM r WHERE r.id = l.id).',
    });
  }
  // Conditions on the right side alone pick its rows in front of the join.
  const predicate = allOf(all.filter(isRight).map((one) => moved(one, -width)));
  const filtered = { ...right, plan: filterOf(right.plan, predicate) };
  const on = allOf(all.filter((one) => !isRight(one)))!;
  const inner = parts
    .flatMap((one) => subqueryOf(one) ?? [])
    .reduce((rows, one) => bindSubquery(rows, one, relations), filtered);
  return joinRelations({ left, right: inner, kind: negated ? 'anti' : 'semi', place }, on);
}

/** The SELECT, if it only picks rows of its FROM; null where it makes rows of its own. */
function plainSelect(select: Select): Select | null {
  const isAggregate = (one: Ast): boolean => one.ast === 'call' && AGGREGATES.has(one.name.text);
  const isPlain = select.groupBy.length === 0 && !select.having && !someNode(select.items, isAggregate);
  return isPlain ? select : null;
}

function notPlain(query: Query): never {
  fail(query.place, {
    what: 'EXISTS asks for rows as they are',
    expected: 'SELECT … FROM … WHERE …',
    found:
      query.selects.length > 1
        ? 'UNION ALL'
        : query.names.length
          ? 'WITH'
          : query.limit
            ? 'LIMIT'
            : 'an aggregate or GROUP BY',
    hint: 'Write id IN (SELECT …), or join the subquery in FROM.',
  });
}

function itemsOf(select: Select, right: Relation, context: Context, width: number): Expression[] {
  return select.items.flatMap((item) => {
    if (item.item === 'expression') return [bindExpression(item.expression, context)];
    return (item.table ? columnsOf(right.scope, item.table) : right.scope).map((one) =>
      columnAt(one, one.index + width),
    );
  });
}

/** `x = value`, of which NOT IN only knows the plain meaning where neither can be null. */
function membership(
  { query, negated, place }: SubqueryCondition,
  member: Ast,
  values: Expression[],
  left: Relation,
  right: Relation,
  context: Context,
): Expression {
  if (values.length !== 1) {
    fail(query.place, {
      what: 'IN compares with one column',
      expected: 'a subquery of one column',
      found: String(values.length),
      hint: 'Select the one column to compare with; EXISTS (SELECT … WHERE …) compares several.',
    });
  }
  const value = bindExpression(member, { ...context, scope: left.scope });
  const scope = [...left.scope, ...behind(right.scope, widthOf(left))];
  const nullable = (column: number): boolean => scope.find((one) => one.index === column)?.nullable ?? false;
  if (negated && (isNullable(value, nullable) || isNullable(values[0], nullable))) {
    fail(place, {
      what: 'one null in the subquery makes NOT IN true for no row at all',
      expected: 'NOT NULL on both sides of NOT IN',
      found: 'a column that can be null',
      hint: 'Write NOT EXISTS (SELECT * FROM r WHERE r.id = l.id): there null is equal to nothing.',
    });
  }
  const item = query.selects[0].items[0];
  const text: Ast = item.item === 'expression' ? item.expression : member;
  return compare('=', [value, member], [values[0], text], place);
}
