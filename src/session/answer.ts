import {
  adds,
  columnNamed,
  isNumeric,
  readValue,
  TidemarkError,
  type Schema,
  type Table,
  type Value,
  type Where,
} from '../model';
import { type Query } from '../notebook/document';
import { type RunSpec } from '../notebook/run';
import { applySetting } from '../notebook/settle';
import { type TracedRun } from '../engine/run/tracedRun';
import { type Side } from '../engine/snapshot/difference';
import { liveRows } from '../engine/snapshot/parts';
import { metricsOf } from '../engine/snapshot/metrics';
import { matcher } from '../engine/where';
import { asStream, countDifferences } from './compare';

interface Finished extends Side {
  /** A day that clock times without a date belong to. */
  base: number;
}

type Finish = (spec: RunSpec) => Promise<Finished>;

/**
 * Answers a question of a document about finished runs. Money is answered in cents, times and durations in ms, shares
 * from 0 to 1; null where there is no such row.
 */
export async function answerQuery(query: Query, specs: Record<string, RunSpec>, finish: Finish): Promise<Value> {
  if (query.ask === 'value') return query.value;
  if (!Object.hasOwn(specs, query.of))
    throw new TidemarkError({ what: `no cell ${query.of} to ask`, expected: Object.keys(specs).join(', ') });
  const spec = applySetting(specs[query.of], query.set);
  if (query.ask === 'differences') {
    const sides: Side[] = [];
    for (const { of, set } of query.sides)
      sides.push(await finish(asStream(applySetting(applySetting(specs[of], query.set), set))));
    return countDifferences(sides, query.by);
  }
  const { run, base } = await finish(spec);
  const end = run.steps - 1;
  switch (query.ask) {
    case 'metric': {
      // Counted over the whole run, whatever step a figure shows.
      run.at(end, () => null);
      const value = metricsOf(run.engine)[query.metric];
      return Number.isNaN(value) ? null : value;
    }
    case 'final':
      return run.at(end, () => firstValue(run, liveRows(run), query.where, query.column, base));
    case 'count':
      return run.at(end, () => matching(run, liveRows(run), query.where, base).length);
    case 'panes':
      return run.at(end, () => panesOf(run, query.where, base).length);
    case 'pane':
      return run.at(end, () => {
        const panes = panesOf(run, query.where, base);
        return firstValue(run, panes.slice(query.n, query.n + 1), {}, query.column, base);
      });
    case 'agrees': {
      const batch = await finish({
        ...spec,
        options: { ...spec.options, mode: 'batch', every: null, lookup: null, end: 'flush' },
      });
      return same(resultOf(run), resultOf(batch.run));
    }
  }
}

const indexes = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Panes in order of emission; a retraction is not a pane. */
function panesOf(run: TracedRun, where: Where, base: number): number[] {
  const { rows } = run.engine.results;
  return matching(run, indexes(rows.length), where, base).filter((row) => adds(rows.kind[row]));
}

function matching(run: TracedRun, rows: number[], where: Where, base: number): number[] {
  const { rows: result } = run.engine.results;
  const matches = matcher(result.schema, where, base);
  return rows.filter((row) => matches(result, row));
}

function firstValue(run: TracedRun, rows: number[], where: Where, column: string, base: number): Value {
  const { rows: result } = run.engine.results;
  const index = columnAt(result.schema, column);
  const [row] = matching(run, rows, where, base);
  return row === undefined ? null : readValue(result.columns[index], row);
}

function columnAt(schema: Schema, name: string): number {
  const index = columnNamed(schema, name);
  if (index < 0)
    throw new TidemarkError({
      what: `the result has no column ${name}`,
      expected: schema.map((one) => one.name).join(', '),
      found: name,
    });
  return index;
}

/** The final rows of a run as text, sorted. */
function resultOf(run: TracedRun): string[] {
  return run.at(run.steps - 1, () => {
    const { rows } = run.engine.results;
    return liveRows(run)
      .map((row) => JSON.stringify(rows.columns.map((column) => shown(column, row))))
      .sort();
  });
}

/** Doubles to twelve digits: both engines sum exactly, but an expression may be evaluated on other batches. */
function shown(column: Table['columns'][number], row: number): Value {
  const value = readValue(column, row);
  return typeof value === 'number' && isNumeric(column.type) && !Number.isInteger(value)
    ? Number(value.toPrecision(12))
    : value;
}

const same = (a: string[], b: string[]): boolean => a.length === b.length && a.every((row, i) => row === b[i]);
