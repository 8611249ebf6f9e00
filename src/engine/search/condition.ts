import { appendRow, FACTS, makeTable, TidemarkError, type Facts } from '../../model';
import { plan, type Catalog, type Expression } from '../../sql';
import { inputsOf } from '../../sql/walk';
import { compile } from '../expression';

/** A condition over the facts of a run. */
export interface Condition {
  text: string;
  /** The facts that it refers to, in the order of `FACTS`. */
  facts: string[];
  /** As SQL's CHECK: only what is false breaks it; what is unknown (a comparison with null) does not. */
  holds(facts: Facts): boolean;
}

const BEFORE = 'SELECT events FROM facts WHERE (';

/**
 * Reads a condition in our SQL. Throws a TidemarkError whose place is in `text`. There is one expression in it and
 * nothing else: no query inside, and nothing after it.
 */
export function conditionOf(text: string): Condition {
  const expression = bound(text);
  const read = new Set<string>();
  const visit = (one: Expression): void => {
    if (one.op === 'column') read.add(FACTS[one.index].name);
    inputsOf(one).forEach(visit);
  };
  visit(expression);
  if (read.size === 0)
    throw new TidemarkError({
      what: 'a claim that is not about a run',
      expected: `a condition over ${names()}`,
      found: text,
    });
  const evaluate = compile(expression, FACTS);
  return {
    text,
    facts: FACTS.flatMap(({ name }) => (read.has(name) ? [name] : [])),
    holds(facts) {
      const row = makeTable(FACTS, 1);
      appendRow(
        row,
        FACTS.map(({ name }) => facts[name] ?? null),
      );
      const { data, valid } = evaluate(row, 0, 1);
      return (valid !== null && valid[0] === 0) || data[0] !== 0;
    },
  };
}

const names = (): string => FACTS.map(({ name }) => name).join(', ');

function bound(text: string): Expression {
  const catalog: Catalog = {
    facts: {
      node: 'scan',
      table: 'facts',
      schema: FACTS,
      timeColumn: -1,
      watermark: null,
      primaryKey: [],
      options: {},
    },
  };
  try {
    const { query } = plan(`${BEFORE}${text}\n)`, catalog);
    const filter = query.node === 'project' ? query.input : query;
    if (filter.node === 'filter' && filter.input.node === 'scan') return filter.predicate;
  } catch (thrown) {
    throw inText(thrown, text);
  }
  throw new TidemarkError({
    what: 'a claim is one condition',
    expected: `such as dropped = 0, over ${names()}`,
    found: text,
  });
}

/** The error of the whole text, at its place in the condition. */
function inText(thrown: unknown, text: string): unknown {
  if (!(thrown instanceof TidemarkError)) return thrown;
  const { place, ...facts } = thrown.facts;
  if (!place || place.from < BEFORE.length || place.from > BEFORE.length + text.length) return new TidemarkError(facts);
  const shift = place.line === 1 ? BEFORE.length : 0;
  return new TidemarkError({
    ...facts,
    place: {
      line: place.line,
      column: place.column - shift,
      from: place.from - BEFORE.length,
      to: Math.min(place.to - BEFORE.length, text.length),
    },
  });
}
