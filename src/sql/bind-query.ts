import { sameType } from '../model';
import { type Query, type Select } from './ast';
import { bindSelect } from './bind-select';
import { fail } from './fail';
import { nodesOf, type Plan } from './plan';
import { projectOf } from './project';
import { plainRows, type Relation, type Relations, relationOf } from './relation';
import { sameName } from './scope';
import { notOnStreams } from './streaming';
import { carry, times } from './time-column';
import { commonType, convert, nameType } from './types';
import { columnAt } from './walk';

/** Views can stand on views; what walks over a plan does so by recursion. */
const MAX_NODES = 500;

/** `WITH …`, and SELECTs with UNION ALL between them. */
export function bindQuery(query: Query, outer: Relations): Relation {
  const relations = query.names.reduce(withName, outer);
  const bound = query.selects.map((one) => bindSelect(one, relations));
  const all = bound.length === 1 ? bound[0] : relationOf(unionAll(query.selects, bound));
  const relation = query.limit ? relationOf(limited(all, query.limit, relations)) : all;
  const nodes = nodesOf(relation.plan).length;
  if (nodes <= MAX_NODES) return relation;
  return fail(query.place, {
    what: 'the plan is too deep',
    expected: `at most ${MAX_NODES} views, subqueries and clauses on top of each other`,
    found: String(nodes),
    hint: 'Let fewer views stand on each other.',
  });
}

function limited(relation: Relation, { count, place }: NonNullable<Query['limit']>, relations: Relations): Plan {
  notOnStreams('limit', relations, place);
  const input = plainRows(relation, 'LIMIT');
  return { node: 'limit', input, count, schema: input.schema, timeColumn: input.timeColumn };
}

/** A name of WITH hides a table or view that is called the same, and is known to the ones behind it. */
function withName(
  outer: Relations,
  { name, query }: Query['names'][number],
  at: number,
  all: Query['names'],
): Relations {
  if (all.findIndex((one) => sameName(one.name.text, name.text)) < at) {
    fail(name.place, {
      what: `WITH names ${name.text} twice`,
      expected: 'each name once',
      found: name.text,
      hint: 'Give one of the two another name.',
    });
  }
  const relation = outer.query(query);
  const inner: Relations = {
    ...outer,
    table: (wanted) => (sameName(wanted.text, name.text) ? relation : outer.table(wanted)),
    query: (one) => bindQuery(one, inner),
  };
  return inner;
}

function unionAll(selects: readonly Select[], bound: readonly Relation[]): Plan {
  const plans = bound.map((one) => plainRows(one, 'UNION ALL'));
  const [first] = plans;
  const types = first.schema.map((one) => one.type);
  plans.forEach(({ schema }, i) => {
    if (schema.length !== types.length) {
      fail(selects[i].place, {
        what: 'both sides of UNION ALL must have the same columns',
        expected: `${types.length}: ${first.schema.map((one) => one.name).join(', ')}`,
        found: `${schema.length}: ${schema.map((one) => one.name).join(', ')}`,
        hint: 'Select as many columns on each side, in the same order.',
      });
    }
    schema.forEach(({ name, type }, column) => {
      const common = commonType(types[column], type);
      if (!common) {
        fail(selects[i].items[column]?.place ?? selects[i].place, {
          what: `${name} does not fit under ${first.schema[column].name}`,
          expected: nameType(types[column]),
          found: nameType(type),
          hint: `Write CAST(… AS ${nameType(types[column])}).`,
        });
      }
      types[column] = common;
    });
  });
  const names = first.schema.map((one) => one.name);
  const fitted = plans.map((one) => (one.schema.every(({ type }, i) => sameType(type, types[i])) ? one : fit(one)));
  const time = times(fitted[0]).find((column) => fitted.every((one) => times(one).includes(column))) ?? -1;
  const inputs = time < 0 ? fitted : fitted.map((one) => carry(one, time)!);
  const nullable = (column: number): boolean => inputs.some(({ schema }) => schema[column].nullable);
  const schema = types.map((type, i) => ({ name: names[i], type, nullable: nullable(i) }));
  return { node: 'union all', inputs, schema, timeColumn: time };

  function fit(input: Plan): Plan {
    const items = input.schema.map((field, i) => ({
      expression: convert(columnAt(field, i), types[i])!,
      name: names[i],
    }));
    return projectOf(input, items);
  }
}
