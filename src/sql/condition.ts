import { type Schema } from '../model';
import { bindCondition, contextOf } from './bind-expression';
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
  const scope = scopeOf(schema, null);
  return bindCondition(ast, contextOf(scope, 'a condition of its own', 'Compare single values.'));
}
