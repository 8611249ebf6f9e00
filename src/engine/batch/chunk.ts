import { TidemarkError, columnView, makeColumn, type Column, type Schema, type Table } from '../../model';
import { CodeMemo, mapCodes } from '../../model/codeMemo';
import { type Pieces } from '../pieces';
import { chunkRows, mostSlots } from './allowance';

/** Rows are pushed through a plan in ranges of at most this many: small enough to stay in cache, large enough to pay. */
export const CHUNK_ROWS = 4_096;

/** Who rows are; see `ColumnBatch`. */
export interface Identities {
  id0: Float64Array;
  id1: Float64Array;
  id2: Float64Array;
  /** Append time, which breaks ties of event time (S19); null: the rows' own order does. */
  append: Float64Array | null;
}

/**
 * Where rows come from: a stored table, or the result of an aggregate. Each row that flows through filters and
 * projections stays a row of its origin, so identity and order are kept once, here, and worked out only if asked for.
 */
export type Origin = () => Identities;

export function lazily(make: () => Identities): Origin {
  let made: Identities | null = null;
  return () => (made ??= make());
}

export const NOWHERE: Origin = lazily(() => {
  const none = new Float64Array(0);
  return { id0: none, id1: none, id2: none, append: null };
});

/** Some rows of one origin, as columns. Row i is row `rows[i]` of the origin, or `first + i` where `rows` is null. */
export interface Chunk extends Table {
  origin: Origin;
  rows: Int32Array | null;
  first: number;
  /** The table of which these are rows `first …` and which stays as it is; null for columns made on the way. */
  whole: Table | null;
}

/** 0, 1, … below `count`. */
export function upTo(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i += 1) numbers[i] = i;
  return numbers;
}

function rowsOf(chunk: Chunk): Int32Array {
  const rows = new Int32Array(chunk.length);
  for (let row = 0; row < chunk.length; row += 1) rows[row] = originRow(chunk, row);
  return rows;
}

/** Takes over rows [0, chunk.length). The chunk's buffers are written again after the call. */
export type Consumer = (chunk: Chunk) => void;

export const originRow = (chunk: Chunk, row: number): number =>
  chunk.rows === null ? chunk.first + row : chunk.rows[row];

/** Pushes a whole table, cut into views of its columns, without copying. */
export function* pushTable(table: Table, origin: Origin, consume: Consumer): Pieces {
  const rows = chunkRows();
  for (let first = 0; first < table.length; first += rows) {
    const end = Math.min(table.length, first + rows);
    const columns = table.columns.map((column) => columnView(column, first, end));
    consume({ schema: table.schema, columns, length: end - first, origin, rows: null, first, whole: table });
    yield;
  }
}

/** Keeps what is pushed as one table: a copy, or the table itself where that is pushed from its start on. */
export class Collector {
  /** The table whose first `length` rows are all that has been pushed; `parts` are for anything else. */
  private whole: Table | null = null;
  private readonly parts: { columns: Column[]; length: number }[] = [];
  private readonly rowParts: Int32Array[] = [];
  private readonly memos: (CodeMemo | null)[];
  private readonly dictionaries: Column['dictionary'][];
  private slots = 0;
  /** All rows at one place of a plan have one origin. */
  origin = NOWHERE;
  length = 0;

  constructor(private readonly schema: Schema) {
    this.dictionaries = schema.map(() => null);
    this.memos = schema.map((_, i) => new CodeMemo((text) => this.dictionaries[i]!.code(text)));
  }

  readonly take: Consumer = (chunk) => {
    if (chunk.length === 0) return;
    const isNext = chunk.whole !== null && chunk.first === this.length && chunk.whole === (this.whole ?? chunk.whole);
    if (this.whole && !isNext) this.copyWhole();
    this.origin = chunk.origin;
    this.length += chunk.length;
    this.slots += chunk.length * Math.max(1, chunk.columns.length);
    if (this.slots > mostSlots()) {
      throw new TidemarkError({
        what: 'too many rows to hold at once',
        expected: `at most ${mostSlots()} values`,
        found: `${this.length} rows of ${chunk.columns.length} columns so far`,
        hint: 'Filter first, or name fewer columns.',
      });
    }
    if (isNext && this.parts.length === 0) this.whole = chunk.whole;
    else this.copy(chunk.columns, chunk.length, rowsOf(chunk));
  };

  private copy(columns: Column[], length: number, rows: Int32Array): void {
    this.parts.push({ length, columns: columns.map((column, i) => this.copyOf(column, i, length)) });
    this.rowParts.push(rows);
  }

  /** What is pushed next follows other rows than those of the table. */
  private copyWhole(): void {
    const { columns } = this.whole!;
    this.whole = null;
    this.copy(columns, this.length, upTo(this.length));
  }

  private copyOf(column: Column, index: number, length: number): Column {
    const data = column.data.slice(0, length);
    const valid = column.valid && column.valid.slice(0, length);
    const { dictionary } = column;
    this.dictionaries[index] ??= dictionary;
    if (dictionary !== this.dictionaries[index]) mapCodes(this.memos[index]!, column, data, 0, length);
    return { type: column.type, data, valid, dictionary: this.dictionaries[index] };
  }

  /** Everything pushed so far, in order; not to be written to. */
  table(): Table {
    if (this.whole) {
      const columns = this.whole.columns.map((column) => columnView(column, 0, this.length));
      return { schema: this.schema, columns, length: this.length };
    }
    const columns = this.schema.map(({ type }, c) => {
      const column = makeColumn(type, this.length, this.dictionaries[c]);
      let at = 0;
      for (const part of this.parts) {
        const piece = part.columns[c];
        column.data.set(piece.data, at);
        if (piece.valid) {
          column.valid ??= new Uint8Array(this.length).fill(1);
          column.valid.set(piece.valid, at);
        }
        at += part.length;
      }
      return column;
    });
    return { schema: this.schema, columns, length: this.length };
  }

  /** What the origin says of each row. */
  pick(values: Float64Array): Float64Array {
    if (this.whole) return values.subarray(0, this.length);
    const rows = this.rows();
    const picked = new Float64Array(this.length);
    for (let i = 0; i < rows.length; i += 1) picked[i] = values[rows[i]];
    return picked;
  }

  /** Row numbers in the origin. */
  rows(): Int32Array {
    if (this.whole) return upTo(this.length);
    const rows = new Int32Array(this.length);
    let at = 0;
    for (const part of this.rowParts) {
      rows.set(part, at);
      at += part.length;
    }
    return rows;
  }
}
