import { CurrentRows, type Side } from '../engine/snapshot/difference';
import { cutOf } from '../engine/windowing/shapes';
import { findNode } from '../sql/findNode';
import {
  formatClock,
  formatValue,
  MAX_TIME,
  MIN_TIME,
  namedValues,
  readRow,
  TidemarkError,
  type NamedValue,
  type Schema,
  type Table,
  type Value,
} from '../model';

/** One window of one key in all runs, or sessions of it that overlap; by run, its values over time. */
export interface Stood {
  /** The key as text that is the same in all runs. */
  id: string;
  key: Record<string, Value>;
  values: NamedValue[];
  start: number;
  end: number;
  stands: { processing: number; text: string }[][];
}

/** Keys of the windows of a run. Throws a TidemarkError for a run without windows. */
export function keysOf({ run }: Side): Table {
  const { windowOperator, operators } = run.engine;
  const state = windowOperator > 0 ? operators[windowOperator - 1].operator.state : null;
  if (state) return state.keys;
  throw new TidemarkError({
    what: 'there are no windows to compare',
    expected: 'one windowed aggregation in each run',
    found: operators.map(({ node }) => node.title).join(', ') || 'a run that only reads',
    hint: 'Compare runs that group by window_start and window_end.',
  });
}

/** The name of a window of a key. */
export const nameOf = (id: string, start: number, end: number): string => `${id} ${start} ${end}`;

interface ComparedWindows {
  cells: Stood[];
  byName: Map<string, Stood>;
  sessions: boolean;
}

/**
 * Windows of all keys of which any run has emitted a row, by start, and each of them by its name. `bounds`: whether the
 * text of a session has its bounds; several in one cell always have them.
 */
export function comparedWindows(sides: readonly Side[], bounds: boolean): ComparedWindows {
  const byKey = new Map<string, Stood[]>();
  const byName = new Map<string, Stood>();
  const windows = sides.flatMap(windowsOf).sort((a, b) => a.start - b.start || a.end - b.end);
  const isSession = sides.some(({ plan }) => cutOf(findNode(plan, 'window aggregate').window).by === 'rows');
  for (const { id, key, values, start, end } of windows) {
    const name = nameOf(id, start, end);
    if (byName.has(name)) continue;
    const of = byKey.get(id) ?? [];
    byKey.set(id, of);
    // Systems cut sessions in different ways: those that overlap or touch share a cell.
    const last = of.at(-1);
    let cell = isSession && last && start <= last.end ? last : null;
    if (!cell) of.push((cell = { id, key, values, start, end, stands: sides.map(() => []) }));
    cell.end = Math.max(cell.end, end);
    byName.set(name, cell);
  }
  sides.forEach((side, i) => record(side, i, byName, isSession && bounds));
  const cells = [...byKey.values()].flat().sort((a, b) => a.start - b.start);
  return { cells, byName, sessions: isSession };
}

/** Each window of each key in the results of a run, once. */
function windowsOf(side: Side): Pick<Stood, 'id' | 'key' | 'values' | 'start' | 'end'>[] {
  const keys = keysOf(side);
  const { rows, most } = resultsOf(side);
  const seen = new Map<string, Pick<Stood, 'id' | 'key' | 'values' | 'start' | 'end'>>();
  for (let row = 0; row < most; row += 1) {
    const [key, start, end] = [rows.id0[row], rows.id1[row], rows.id2[row]];
    const name = `${key} ${start} ${end}`;
    if (!seen.has(name)) seen.set(name, { ...keyAt(keys, key), start, end });
  }
  return [...seen.values()];
}

/** Wherever a run is, its log holds all rows until its end. */
function resultsOf({ run }: Side) {
  const { results } = run.engine;
  return { rows: results.rows, most: run.at(run.steps - 1, () => results.length) };
}

function keyAt(keys: Table, row: number): Pick<Stood, 'id' | 'key' | 'values'> {
  const values = readRow(keys, row);
  return {
    id: JSON.stringify(values),
    key: Object.fromEntries(keys.schema.map(({ name }, i) => [name, values[i]])),
    values: namedValues(keys.schema, values),
  };
}

/** Records in each cell its text after every change that this run made. */
function record(side: Side, place: number, byName: Map<string, Stood>, bounds: boolean): void {
  const keys = keysOf(side);
  const { rows, most } = resultsOf(side);
  const write = writer(rows.schema, keys.schema);
  const ids: string[] = [];
  const now = new Map<Stood, Map<string, CurrentRows>>();
  for (let row = 0; row < most; row += 1) {
    const [start, end] = [rows.id1[row], rows.id2[row]];
    const cell = byName.get(nameOf((ids[rows.id0[row]] ??= keyAt(keys, rows.id0[row]).id), start, end))!;
    const windows = now.get(cell) ?? new Map<string, CurrentRows>();
    now.set(cell, windows);
    const name = `${start} ${end}`;
    const window = windows.get(name) ?? new CurrentRows();
    windows.set(name, window);
    window.change(rows.kind[row], write(readRow(rows, row)));
    const current = [...windows].filter(([, one]) => one.rows.length > 0);
    const texts = current.map(([span, one]) => {
      const text = one.rows.join(' and ');
      return bounds || current.length > 1 ? `${spanOf(span)}: ${text}` : text;
    });
    const change = { processing: side.run.engine.inputs.processing(rows.input[row]), text: texts.join('; ') };
    const history = cell.stands[place];
    // The changes of one input are one change.
    if (history.at(-1)?.processing === change.processing) history.pop();
    if (history.at(-1)?.text !== change.text) history.push(change);
  }
}

/** The values of a row that are neither key nor time, in words. */
function writer(schema: Schema, keys: Schema): (values: Value[]) => string {
  const shown = schema
    .map(({ name, type }, i) => ({ name, type, i }))
    .filter(({ name, type }) => type.name !== 'TIMESTAMP' && !keys.some((key) => key.name === name));
  return (values) =>
    shown
      .map(({ name, type, i }) => `${shown.length > 1 ? `${name} ` : ''}${formatValue(values[i], type)}`)
      .join(', ') || 'a row';
}

function spanOf(name: string): string {
  const [start, end] = name.split(' ').map(Number);
  const write = (time: number): string => (time <= MIN_TIME || time >= MAX_TIME ? '…' : formatClock(time));
  return `${write(start)}–${write(end)}`;
}
