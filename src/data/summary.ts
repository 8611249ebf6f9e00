import { appendRow, BIGINT, DOUBLE, field, makeTable, readRow, STRING, type Table, takeRows } from '../model';
import { measuring } from './facts';
import { hashingMart } from './hash';
import { telling } from '../sim/order';
import { type MakingProgress, type Mart } from './mart';

/** What the data page shows of a mart. */
export interface MartSummary {
  /** Columns `table`, `rows`. */
  tables: Table;
  /** First rows of each table. */
  heads: Record<string, Table>;
  /** Columns `property`, `measured`, `target`, `low`, `high`. */
  facts: Table;
  hash: string;
}

const HEAD_ROWS = 12;

/** Measures and hashes a mart in slices. */
export function* martSummary(mart: Mart): Generator<MakingProgress, MartSummary> {
  const tables = makeTable([field('table', STRING), field('rows', BIGINT)]);
  const heads: Record<string, Table> = {};
  for (const [name, table] of Object.entries(mart.tables)) {
    appendRow(tables, [name, table.length]);
    heads[name] = head(table);
  }
  const facts = makeTable([
    field('property', STRING),
    ...['measured', 'target', 'low', 'high'].map((name) => field(name, DOUBLE)),
  ]);
  for (const fact of yield* told('measuring the data', measuring(mart))) {
    appendRow(facts, [fact.property, fact.measured, fact.target, fact.low, fact.high]);
  }
  const hash = yield* told('hashing the data', hashingMart(mart));
  return { tables, heads, facts, hash };
}

/** The first rows, with dictionaries of their own, so that not all strings of a column go with them. */
function head(table: Table): Table {
  const few = takeRows(
    table,
    Array.from({ length: Math.min(HEAD_ROWS, table.length) }, (_, row) => row),
  );
  const own = makeTable(table.schema, few.length);
  for (let row = 0; row < few.length; row += 1) appendRow(own, readRow(few, row));
  return own;
}

const told = <T>(doing: string, work: Generator<void, T>): Generator<MakingProgress, T> =>
  telling(work, (_, done) => ({ doing, done, total: done + 1 }));
