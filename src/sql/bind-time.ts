import { BIGINT, STRING, TIMESTAMP } from '../model';
import { type Ast } from './ast';
import { type AggregateAst } from './bind-expression';
import { fail } from './fail';
import { as, literal, shown } from './operators';
import { EXTRACTED, SPANS, type Expression } from './plan';
import { didYouMean, nearest } from './suggest';
import { INTERVAL } from './types';

/** TIMESTAMPDIFF(unit, from, to): whole units from one time to the other, below zero where `to` is before `from`. */
export function timestampDiff(ast: AggregateAst, bind: (ast: Ast) => Expression): Expression {
  const [unit, from, to] = ast.arguments;
  const times = [from, to].map((one) => as(bind(one), TIMESTAMP, one, 'a time'));
  return { op: 'call', name: 'TIMESTAMPDIFF', inputs: [unitOf(unit, SPANS), ...times], type: BIGINT };
}

/** EXTRACT(unit FROM value): one field of a time, or of a span of time. */
export function extract(ast: AggregateAst, bind: (ast: Ast) => Expression): Expression {
  const [unit, at] = ast.arguments;
  const bound = bind(at);
  const isSpan = bound.type === INTERVAL;
  const input = isSpan ? bound : as(bound, TIMESTAMP, at, 'a time or a span of time');
  const units = isSpan ? SPANS : EXTRACTED;
  return { op: 'call', name: isSpan ? 'EXTRACT_SPAN' : 'EXTRACT', inputs: [unitOf(unit, units), input], type: BIGINT };
}

/** The unit that a word names; a plural means the same. */
function unitOf(ast: Ast, units: readonly string[]): Expression {
  const word = ast.ast === 'column' && ast.table === null ? ast.name.text.toUpperCase() : shown(ast);
  const unit = units.find((one) => word === one || word === `${one}S`);
  if (unit) return literal(unit, STRING);
  return fail(ast.place, {
    what: `${shown(ast)} is no unit of time here`,
    expected: nearest(word, units) ?? units.join(', '),
    found: shown(ast),
    hint: didYouMean(word, units, 'units'),
  });
}
