import { Dictionary } from '../model';

/**
 * Plain data with typed columns as the text of a `<script type="application/json">`, and back. Typed arrays become
 * `{"$f64": […]}` and the like; a key that itself starts with `$` gets one more. `<` is escaped, so that no text of a
 * lesson can end the script element.
 */
const ARRAYS = { $f64: Float64Array, $i32: Int32Array, $u8: Uint8Array } as const;
type ArrayTag = keyof typeof ARRAYS;

export function encodeIsland(value: unknown): string {
  return JSON.stringify(pack(value))
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

export function decodeIsland<T>(text: string): T {
  return unpack(JSON.parse(text)) as T;
}

const tagOf = (value: object): ArrayTag | undefined =>
  (Object.keys(ARRAYS) as ArrayTag[]).find((tag) => value instanceof ARRAYS[tag]);

function pack(value: unknown, length?: number): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => pack(one, length));
  const tag = tagOf(value);
  if (tag) return { [tag]: Array.from((value as Float64Array).subarray(0, length), packNumber) };
  if (isDictionary(value)) return { $strings: value.strings };
  const inner = isTable(value) ? value.length : length;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => [key.startsWith('$') ? `$${key}` : key, pack(one, inner)]),
  );
}

/** JSON has no such numbers; `Number()` reads them back. */
const packNumber = (value: number): number | string =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);

/** Crossing threads leaves a dictionary without its class. */
const isDictionary = (value: object): value is { strings: string[] } =>
  'strings' in value && (value instanceof Dictionary || 'codes' in value);

/** Column arrays may be longer than their table; what lies behind is left out. */
const isTable = (value: object): value is { length: number } =>
  'schema' in value && 'columns' in value && 'length' in value;

function unpack(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(unpack);
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 1) {
    const [key, inner] = entries[0];
    if (key in ARRAYS && Object.hasOwn(ARRAYS, key))
      return (ARRAYS[key as ArrayTag] as typeof Float64Array).from(inner as number[], Number);
    if (key === '$strings') return new Dictionary(inner as string[]);
  }
  return Object.fromEntries(entries.map(([key, one]) => [key.startsWith('$$') ? key.slice(1) : key, unpack(one)]));
}
