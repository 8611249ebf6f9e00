import { type Schema } from '../model';
import { bindCondition, noAggregates } from './bind-expression';
import { lex } from './lexer';
import { cursorOf } from './parse';
import { parseExpression } from './parse-expression';
import { type Expression } from './plan';
import { scopeOf } from './scope';

/** Reads one condition over the columns of a schema and nothing else. Throws a TidemarkError with a place. */
export function condition(text: string, schema: Schema): Expression {
  const cursor = cursorOf(lex(text));
  const ast = parseExpression(cursor);
  if (!cursor.ended) cursor.unexpected();
  return bindCondition(ast, {
    scope: scopeOf(schema, null),
    origins: new WeakMap(),
    aggregate: noAggregates('a condition of its own', 'Compare single values.'),
  });
}
