import { streamSchema, type Scenario } from '../data';
import { errorFacts, type Schema } from '../model';
import { plan, type Plan } from '../sql';
import { answeredBy } from '../sql/answered';
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
  const requests = streamSchema(scenario.streams[cell.options.lookup]);
  const over = answeredBy(query);
  const aggregates = over?.schema.slice(over.input.schema.length) ?? [];
  return [...requests, ...aggregates.map((one) => ({ ...one, nullable: true }))];
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
