import { type Name, type Source } from './ast';
import { bindNearest, bindVersions } from './bind-asof';
import { bindCondition, contextOf } from './bind-expression';
import { joinRelations, type Sides } from './bind-join';
import { bindWindowFunction } from './bind-window-function';
import { fail } from './fail';
import { type JoinKind } from './plan';
import { type Relation, renamed, widthOf, type Relations } from './relation';
import { behind, sameName } from './scope';

export function bindSource(source: Source, relations: Relations): Relation {
  switch (source.source) {
    case 'table':
      if (source.asOf) onlyInJoins(source);
      return renamed(relations.table(source.name), source.alias ?? source.name);
    case 'query':
      return renamed(relations.query(source.query), source.alias);
    case 'window':
      return renamed(bindWindowFunction(source, relations), source.alias);
    case 'join':
      return bindJoin(source, relations);
  }
}

function bindJoin(source: Source & { source: 'join' }, relations: Relations): Relation {
  const left = bindSource(source.left, relations);
  const { right: at } = source;
  const asOf = at.source === 'table' ? at.asOf : null;
  const right = bindSource(at.source === 'table' ? { ...at, asOf: null } : at, relations);
  const kind = source.kind.toLowerCase() as JoinKind;
  const sides: Sides = { left, right, kind, place: at.place };
  differentNames(sides);
  const scope = [...left.scope, ...behind(right.scope, widthOf(left))];
  const context = contextOf(scope, 'ON', 'Aggregate in a subquery in FROM, and join its result.');
  const on = bindCondition(source.on, context);
  if (source.nearest) return bindNearest(sides, on, relations);
  if (asOf) return bindVersions(sides, on, asOf);
  return joinRelations(sides, on);
}

/** `FROM a JOIN a` leaves no way to say which of the two is meant. */
function differentNames({ left, right, place }: Sides): void {
  const names = right.scope.flatMap((one) => one.table ?? []);
  const twice = names.find((name) => left.scope.some((one) => one.table !== null && sameName(one.table, name)));
  if (twice === undefined) return;
  fail(place, {
    what: `both sides are called ${twice}`,
    expected: 'a name of its own for each side',
    found: twice,
    hint: `Write ${twice} AS l JOIN … AS r ON l.id = r.id.`,
  });
}

function onlyInJoins({ name, place }: { name: Name; place: Source['place'] }): never {
  fail(place, {
    what: 'FOR SYSTEM_TIME AS OF looks up the version that a row of another input sees',
    expected: 'it behind JOIN',
    found: `FROM ${name.text} FOR SYSTEM_TIME AS OF`,
    hint: `Write FROM rows AS l JOIN ${name.text} FOR SYSTEM_TIME AS OF l.ts AS r ON l.id = r.id.`,
  });
}
