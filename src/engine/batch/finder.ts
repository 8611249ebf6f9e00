import { TIMESTAMP, makeColumn, type Column, type Schema } from '../../model';
import { type Expression } from '../../sql/plan';
import { compile, type Evaluator } from '../expression';
import { KeyTable } from '../state/keys';
import { PairIndex, powerAbove } from '../state/pairs';
import { CHUNK_ROWS, type Chunk, type Consumer } from './chunk';
import { type GroupStates } from './groups';
import { Slicer } from './windows';

/** Cells of all pages together (16 MB); with more, groups are looked up by key id and slice. */
const MOST_CELLS = 1 << 22;

/**
 * Finds the group of each row: its key, and the slice of time it is in. Groups have dense numbers.
 *
 * One key column of texts or small whole numbers, which is the common case, takes a short way: a page per slice says at
 * once where the state of a code's group starts, so a row costs one pass and one look-up. All else goes through key ids.
 */
export class GroupFinder {
  readonly keys: KeyTable;
  readonly pairs = new PairIndex();
  private readonly slicer: Slicer;
  private readonly timeColumn: number | null;
  private readonly evaluators: Evaluator[];
  private readonly ids = new Int32Array(CHUNK_ROWS);
  private readonly numbers = new Int32Array(CHUNK_ROWS);
  /** By slice number, by code: first slot of the group + 1, or 0 where not known yet. */
  private readonly pages: Int32Array[] = [];
  private cells = 0;
  /** By code: key id + 1, or 0. */
  private keyOf: Int32Array = new Int32Array(0);
  private paged: boolean;
  private dictionary: Column['dictionary'] = null;

  /** `window` is null for groups that have no time: then all rows are in one slice. */
  constructor(
    { keys, schema, input }: { keys: Expression[]; schema: Schema; input: { schema: Schema } },
    window: { slicer: Slicer; timeColumn: number } | null,
    private readonly states: GroupStates,
  ) {
    this.keys = new KeyTable(schema.slice(0, keys.length));
    this.evaluators = keys.map((key) => compile(key, input.schema));
    this.paged = keys.length === 1;
    this.slicer = window?.slicer ?? new Slicer(1, 0);
    this.timeColumn = window?.timeColumn ?? null;
  }

  /** `bases[i]` becomes the first slot of row i's group; new groups are made. */
  find(chunk: Chunk, bases: Int32Array): void {
    const columns = this.evaluators.map((evaluate) => evaluate(chunk, 0, chunk.length));
    const time = this.timeColumn === null ? NO_TIME : chunk.columns[this.timeColumn];
    if (this.paged && columns[0].valid === null && time.valid === null)
      this.throughPages(columns, time, chunk.length, bases);
    else this.throughIds(columns, time, 0, chunk.length, bases);
  }

  private throughIds(columns: Column[], time: Column, from: number, to: number, bases: Int32Array): void {
    const { ids, numbers, pairs, states } = this;
    const { stride } = states.layout;
    this.keys.intern(columns, from, to, ids);
    this.slicer.assign(time, from, to, numbers);
    pairs.intern(ids, numbers, from, to, ids);
    states.reserve(pairs.size);
    for (let i = from; i < to; i += 1) bases[i] = ids[i] * stride;
  }

  private throughPages(columns: Column[], time: Column, length: number, bases: Int32Array): void {
    const [{ data, dictionary }] = columns;
    if (dictionary !== this.dictionary) {
      // Codes of another dictionary mean other texts.
      for (const page of this.pages) page?.fill(0);
      this.keyOf.fill(0);
      this.dictionary = dictionary;
    }
    const times = time.data as Float64Array;
    for (let row = 0; row < length; row += 1) {
      row = findInPage(data, times, row, length, this.slicer, this.pages[this.slicer.number] ?? NO_PAGE, bases);
      if (row === length) return;
      this.slicer.turnTo(times[row]);
      const code = data[row];
      if (this.reservePage(code)) bases[row] = this.meet(columns, row, code);
      else this.throughIds(columns, time, row, this.paged ? row + 1 : length, bases);
      if (!this.paged) return;
    }
  }

  /** The group of a code in the slicer's slice, which its page may know or not. */
  private meet(columns: Column[], row: number, code: number): number {
    const { slicer, states, pairs } = this;
    const page = this.pages[slicer.number];
    if (page[code] === 0) {
      if (this.keyOf[code] === 0) {
        this.keys.intern(columns, row, row + 1, this.ids);
        this.keyOf[code] = this.ids[row] + 1;
      }
      const group = pairs.numberOf(this.keyOf[code] - 1, slicer.number);
      states.reserve(pairs.size);
      page[code] = group * states.layout.stride + 1;
    }
    return page[code] - 1;
  }

  /** Makes room for a code in the page of the slicer's slice. False where the code is no index or pages grow too many. */
  private reservePage(code: number): boolean {
    const { number } = this.slicer;
    const page = this.pages[number];
    if ((code | 0) !== code || code < 0 || code >= MOST_CELLS) return false;
    if (page && code < page.length) return true;
    if (code >= this.keyOf.length) this.keyOf = grown(this.keyOf, code);
    // Where one slice has a code, others will.
    this.pages[number] = grown(page ?? NO_PAGE, this.keyOf.length - 1);
    this.cells += this.pages[number].length - (page?.length ?? 0);
    if (this.cells <= MOST_CELLS) return true;
    this.paged = false;
    this.pages.length = 0;
    return false;
  }
}

function grown(page: Int32Array, code: number): Int32Array {
  const larger = new Int32Array(Math.max(256, powerAbove(code)));
  larger.set(page);
  return larger;
}

/** A page that knows no code. */
const NO_PAGE = new Int32Array(1);
const NO_TIME = makeColumn(TIMESTAMP, CHUNK_ROWS);

/** Answers the first row that is in another slice or has a code that the page does not know, else `to`. */
function findInPage(
  codes: Column['data'],
  time: Float64Array,
  from: number,
  to: number,
  { start, end }: Slicer,
  page: Int32Array,
  bases: Int32Array,
): number {
  // Pages are a power of two long, so a code that is no place in this one is changed by the mask.
  const mask = page.length - 1;
  for (let i = from; i < to; i += 1) {
    const at = time[i];
    if (at < start || at >= end) return i;
    const code = codes[i];
    const index = code & mask;
    if (index !== code) return i;
    const base = page[index];
    if (base === 0) return i;
    bases[i] = base - 1;
  }
  return to;
}

/** Adds rows to the states of their groups. */
export function adding(finder: GroupFinder, states: GroupStates): Consumer {
  const bases = new Int32Array(CHUNK_ROWS);
  return (chunk) => {
    finder.find(chunk, bases);
    states.layout.add(states.state, bases, chunk, 0, chunk.length);
  };
}
