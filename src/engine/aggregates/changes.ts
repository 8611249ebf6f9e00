import { BIGINT, TidemarkError, isExact, type Column, type Table } from '../../model';
import { type Values } from '../../aggregates/accumulators';
import { SQUARE_SUM_SLOTS } from '../../aggregates/stddev';
import { SUM_SLOTS } from '../../aggregates/sum';
import { momentsKernel, rowsKernel, sumKernel, type Kernel } from '../../aggregates/kernels';
import { ownSlots, type Source } from './sources';

export type Change = (state: Float64Array, bases: Int32Array, batch: Table, from: number, to: number) => void;

export interface Changes {
  add: Change;
  remove: Change;
}

/** The one loop that does everything, for the commonest shapes of state. */
interface FusedLoop {
  kernel: Kernel;
  /** Of the values; null where only rows are counted. */
  source: Source | null;
}

export function fusedLoop(sources: Source[]): FusedLoop | null {
  const needing = sources.filter((source) => ownSlots(source).length > 0);
  if (needing.length === 0) return { kernel: rowsKernel, source: null };
  const [source] = needing;
  const squares = source.slots.has(SQUARE_SUM_SLOTS);
  const plain = needing.length === 1 && !source.nullable && source.filter === null && isExact(source.type);
  if (!plain || source.slots.get(SUM_SLOTS)?.offset !== 1 || ownSlots(source).length > (squares ? 2 : 1)) return null;
  return { kernel: squares ? momentsKernel : sumKernel, source };
}

/** The column behind the one sum that the state holds besides its number of rows. */
export function soleSumOf({ kernel, source }: FusedLoop): number {
  return kernel === sumKernel && source?.argument?.op === 'column' ? source.argument.index : -1;
}

export function fusedChanges({ kernel, source }: FusedLoop): Changes {
  if (source === null) return changesBy(kernel, () => NO_VALUES);
  const evaluate = source.evaluate!;
  return changesBy(kernel, (batch, from, to) => {
    const column = evaluate(batch, from, to);
    refuseNulls(column, source, from, to);
    return column.data as Float64Array;
  });
}

function changesBy(kernel: Kernel, valuesOf: (batch: Table, from: number, to: number) => Float64Array): Changes {
  return {
    add: (state, bases, batch, from, to) => kernel(state, bases, valuesOf(batch, from, to), from, to, 1),
    remove: (state, bases, batch, from, to) => kernel(state, bases, valuesOf(batch, from, to), from, to, -1),
  };
}

/** One loop per accumulator. `timeColumn`: the one with event time; -1 where no accumulator asks for it. */
export function changesOf(sources: Source[], timeColumn: number): Changes {
  const needing = sources
    .map((source) => ({ source, slots: ownSlots(source), mask: new Uint8Array(0) }))
    .filter(({ slots }) => slots.length > 0);
  const change =
    (way: 'add' | 'remove'): Change =>
    (state, bases, batch, from, to) => {
      rowsKernel(state, bases, NO_VALUES, from, to, way === 'add' ? 1 : -1);
      const time = timeColumn < 0 ? null : (batch.columns[timeColumn].data as Float64Array);
      for (const one of needing) {
        const { source, slots } = one;
        const kept = source.filter && source.filter(batch, from, to);
        const column = source.evaluate ? source.evaluate(batch, from, to) : NO_COLUMN;
        if (!source.nullable) refuseNulls(column, source, from, to);
        if (kept !== null && one.mask.length < to) one.mask = new Uint8Array(Math.max(to, 2 * one.mask.length));
        const values: Values = { column, mask: bothHold(kept, column.valid, one.mask, from, to), time };
        for (const { accumulator, offset } of slots) accumulator[way]!(state, bases, offset, values, from, to);
      }
    };
  return { add: change('add'), remove: change('remove') };
}

const NO_VALUES = new Float64Array(0);
/** The argument of COUNT(*): there is none, and its accumulator looks at no value. */
const NO_COLUMN: Column = { type: BIGINT, data: new Float64Array(0), valid: null, dictionary: null };

function bothHold(
  a: Uint8Array | null,
  b: Uint8Array | null,
  out: Uint8Array,
  from: number,
  to: number,
): Uint8Array | null {
  if (a === null || b === null) return a ?? b;
  for (let i = from; i < to; i += 1) out[i] = a[i] & b[i];
  return out;
}

/** A column declared NOT NULL counts by its rows, so a null in it would be counted: better refused. */
function refuseNulls({ valid }: Column, { text }: Source, from: number, to: number): void {
  if (valid === null) return;
  for (let i = from; i < to; i += 1) {
    if (valid[i] === 0) throw new TidemarkError({ what: 'null in a column that is NOT NULL', where: text });
  }
}
