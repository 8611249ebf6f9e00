/** Where in a reader's text an error is. Lines and columns count from 1. */
export interface TextPlace {
  line: number;
  column: number;
  /** Offset of the first character, from 0. */
  from: number;
  /** Offset behind the last character. */
  to: number;
}

export interface TidemarkErrorFacts {
  /** Lower case, short: what is wrong. */
  what: string;
  /** The thing it happened in: a cell, a table, an operator, a file. */
  where?: string;
  expected?: string;
  found?: string;
  /** What to try next, as one sentence. */
  hint?: string;
  place?: TextPlace;
}

/**
 * The only error that the engine throws on purpose. Its facts are fields, so that
 * the notebook can point at the place; its message is the same facts as one line.
 */
export class TidemarkError extends Error {
  readonly facts: TidemarkErrorFacts;

  constructor(facts: TidemarkErrorFacts) {
    super(describeError(facts));
    this.name = 'TidemarkError';
    this.facts = facts;
  }
}

export function describeError({ what, where, expected, found, hint, place }: TidemarkErrorFacts): string {
  const at = place ? `line ${place.line}, column ${place.column}: ` : '';
  const head = where ? `${where}: ` : '';
  const wanted = expected ? `; expected ${expected}` : '';
  const came = found ? `${expected ? ',' : ';'} found ${found}` : '';
  const next = hint ? `. ${hint}` : '';
  return `${head}${at}${what}${wanted}${came}${next}`;
}

/** What `work` gives; null where it throws a TidemarkError. */
export function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return null;
    throw thrown;
  }
}

/** The facts of any thrown value, so that every failure can be shown the same way. */
export function errorFacts(thrown: unknown, where?: string): TidemarkErrorFacts {
  if (thrown instanceof TidemarkError) return where && !thrown.facts.where ? { ...thrown.facts, where } : thrown.facts;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  return { what, where, hint: 'This is a fault of Tidemark, not yours: please report it.' };
}
