import { Dictionary, type Column, type Table } from '../model';

/**
 * Answers on their way from worker to page.
 *
 * `pack` gives a copy of an answer whose long arrays may be transferred, `unpack` makes of what arrives the same answer
 * again. Tables are cut to their length. A `Dictionary` does not survive a structured clone as a class: it travels as
 * its strings, and only as those that the rows use where they are few among many.
 *
 * The arrays are copied even where they could be given away: the session may keep the original, and a transferred
 * array is empty for its sender. The copy is one `memcpy`, far cheaper than a clone.
 */

interface Packed {
  message: unknown;
  /** Every array buffer in `message`, each once. */
  buffers: ArrayBuffer[];
}

/** Below this many strings the whole dictionary travels: finding the used ones would cost more. */
const SMALL_DICTIONARY = 64;

interface PackedColumn extends Omit<Column, 'dictionary'> {
  dictionary: string[] | null;
}

type NumberArray = Float64Array | Int32Array | Uint8Array;

export function pack(answer: unknown): Packed {
  const buffers: ArrayBuffer[] = [];
  // Columns that share a dictionary send one array of strings: a structured clone keeps identity within a message.
  const shared = new Map<Dictionary, string[]>();

  function copy(array: NumberArray, length = array.length): NumberArray {
    const copied = array.slice(0, length);
    buffers.push(copied.buffer);
    return copied;
  }

  function stringsOf(dictionary: Dictionary): string[] {
    let strings = shared.get(dictionary);
    if (!strings) shared.set(dictionary, (strings = [...dictionary.strings]));
    return strings;
  }

  function packColumn(column: Column, length: number): PackedColumn {
    const data = copy(column.data, length);
    const valid = column.valid && (copy(column.valid, length) as Uint8Array);
    if (!column.dictionary) return { type: column.type, data, valid, dictionary: null };
    const used = usedStrings(data as Int32Array, valid, column.dictionary.strings);
    return { type: column.type, data, valid, dictionary: used ?? stringsOf(column.dictionary) };
  }

  function walk(value: unknown): unknown {
    if (isNumberArray(value)) return copy(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    const { columns, ...rest } = value;
    const packed = mapValues(rest, walk);
    if (isTable(value)) packed.columns = value.columns.map((column) => packColumn(column, value.length));
    else if ('columns' in value) packed.columns = walk(columns);
    return packed;
  }

  return { message: walk(answer), buffers };
}

/** What `pack` was given. `message` is not changed; its arrays are used as they are. */
export function unpack(message: unknown): unknown {
  const revived = new Map<string[], Dictionary>();

  function revive(strings: string[] | null): Dictionary | null {
    if (!strings) return null;
    let dictionary = revived.get(strings);
    if (!dictionary) revived.set(strings, (dictionary = new Dictionary(strings)));
    return dictionary;
  }

  function walk(value: unknown): unknown {
    if (isNumberArray(value)) return value;
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    const { columns, ...rest } = value;
    const unpacked = mapValues(rest, walk);
    if (isTable(value)) {
      unpacked.columns = (value.columns as unknown as PackedColumn[]).map((column) => ({
        ...column,
        dictionary: revive(column.dictionary),
      }));
    } else if ('columns' in value) unpacked.columns = walk(columns);
    return unpacked;
  }

  return walk(message);
}

/**
 * Plain data without anything that a structured clone refuses (functions are left out, proxies become their
 * targets). The page's reactive state is made of proxies, and what is kept for a replay must not change under it.
 */
export function plain<T>(value: T): T {
  if (Array.isArray(value)) return value.map(plain) as T;
  if (!isObject(value) || isNumberArray(value)) return value;
  const copied: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) if (typeof entry !== 'function') copied[name] = plain(entry);
  return copied as T;
}

/**
 * Where at most half of a large dictionary is used: those strings, in the dictionary's order, with `codes` rewritten
 * to match. Otherwise null, and `codes` stay.
 */
function usedStrings(codes: Int32Array, valid: Uint8Array | null, strings: readonly string[]): string[] | null {
  if (strings.length <= SMALL_DICTIONARY) return null;
  const renamed = new Int32Array(strings.length);
  for (let row = 0; row < codes.length; row += 1) if (!valid || valid[row]) renamed[codes[row]] = 1;
  const used = strings.filter((_, code) => renamed[code] === 1);
  if (used.length * 2 > strings.length) return null;
  for (let code = 0, next = 0; code < renamed.length; code += 1) if (renamed[code]) renamed[code] = next++;
  for (let row = 0; row < codes.length; row += 1) codes[row] = valid && !valid[row] ? 0 : renamed[codes[row]];
  return used;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isNumberArray = (value: unknown): value is NumberArray =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

function isTable(value: object): value is Table {
  const { schema, columns, length } = value as Partial<Table>;
  return Array.isArray(schema) && Array.isArray(columns) && typeof length === 'number';
}

function mapValues(object: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
