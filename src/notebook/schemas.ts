import { streamSchema, type Scenario } from '../data';
import { errorFacts, type Schema } from '../model';
import { nodesOf, plan, type Over, type Plan } from '../sql';
import { catalogOf } from './catalog';
import { type SqlCell } from './document';
import { type Source, type Span } from './source';

type Definition = Pick<SqlCell, 'text' | 'options'>;

/**
 * Columns of a definition's result; for a lookup, those of the request and then the rolling aggregates. Wrong SQL is
 * an error at its place in the document.
 */
export function resultSchema(scenario: Scenario, cell: Definition, source: Source, span: Span): Schema {
  const { query } = planned(scenario, cell, source, span);
  if (cell.options.lookup === null) return query.schema;
  const over = nodesOf(query).find((one) => one.node === 'over');
  const requests = streamSchema(scenario.streams[cell.options.lookup]);
  return over ? [...requests, ...aggregatesOf(query, over)] : requests;
}

function planned(scenario: Scenario, cell: Definition, source: Source, span: Span): { query: Plan } {
  try {
    return plan(cell.text, catalogOf(scenario, streamSchema), cell.options.mode === 'batch' ? 'table' : 'stream');
  } catch (thrown) {
    const { what, expected, found, hint, place } = errorFacts(thrown);
    const at = place ? { from: span.from + place.from, to: span.from + place.to } : span;
    throw source.error(at, { what, expected, found, hint });
  }
}

/** The rolling aggregates under the names that the SELECT list gives them. */
function aggregatesOf(query: Plan, over: Over): Schema {
  const first = over.input.schema.length;
  const columns = over.schema.slice(first).map((one) => ({ ...one, nullable: true }));
  if (query.node !== 'project' || query.input !== over) return columns;
  query.expressions.forEach((expression, i) => {
    if (expression.op === 'column' && expression.index >= first)
      columns[expression.index - first].name = query.schema[i].name;
  });
  return columns;
}
