import { TidemarkError, type TidemarkErrorFacts } from '../../src/model';
import { type Catalog, type Mode, plan } from '../../src/sql';

/** The same data without the places in the text. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'place')
      .map(([key, inner]) => [key, withoutPlaces(inner)]),
  );
}

/** Reads a text in which « and » stand around the place that an error must point at. */
export function marked(text: string): { sql: string; from: number; to: number; line: number; column: number } {
  const from = text.indexOf('«');
  const to = text.indexOf('»') - 1;
  const before = text.slice(0, from);
  const line = before.split('\n').length;
  return { sql: text.replace(/[«»]/g, ''), from, to, line, column: from - before.lastIndexOf('\n') };
}

export function factsOf(sql: string, catalog: Catalog, mode?: Mode): TidemarkErrorFacts {
  try {
    plan(sql, catalog, mode);
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return thrown.facts;
    throw thrown;
  }
  throw new Error(`no error in: ${sql}`);
}
