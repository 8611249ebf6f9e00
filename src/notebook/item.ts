import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import { errorFacts, parseDuration, parseTime, type Duration, type TidemarkError, type Timestamp } from '../model';
import { unknownName } from '../sql/suggest';
import { type Source, type Span } from './source';

/** Clock times without a date are on this day: 2026-11-02, a Monday. */
export const STORY_DAY: Timestamp = 1_793_577_600_000;

/**
 * One written value with its place in the document: a node of a cell's YAML, or a word of its info string. Its methods
 * read the value as something, and say where and what was expected when it is not that.
 */
export class Item {
  constructor(
    readonly source: Source,
    readonly span: Span,
    /** What errors call it: `wait`, `events[2].arrives`. */
    readonly name: string,
    private readonly node: Node | null,
    private readonly text: string,
    private readonly shift: number,
  ) {}

  /** `found` is what is written, unless it says something else. */
  error(what: string, facts: { expected?: string; found?: string; hint?: string }): TidemarkError {
    return this.source.error(this.span, { what, found: this.shown, ...facts });
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  get isList(): boolean {
    return isSeq(this.node);
  }

  /** null, a boolean, a number or a string, as YAML reads it; undefined for maps and lists. */
  get scalar(): string | number | boolean | null | undefined {
    if (this.node === null) return this.text;
    if (!isScalar(this.node)) return undefined;
    const { value } = this.node;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
      return value;
    // A bigint, or what a tag would have made.
    return this.raw;
  }

  /** As written in the document: `40.00` stays `40.00`. */
  get raw(): string {
    return isScalar(this.node) && typeof this.node.source === 'string' ? this.node.source : this.text;
  }

  /** The same place with other text, such as what stands behind a sign. */
  as(text: string): Item {
    return new Item(this.source, this.span, this.name, null, text, this.shift);
  }

  /** The value in an error message. */
  get shown(): string {
    if (this.isMap) return 'a map';
    if (this.isList) return 'a list';
    return this.scalar === null ? 'nothing' : JSON.stringify(this.scalar);
  }

  string(): string {
    const value = this.scalar;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return this.raw;
    throw this.error(`${this.name} is not text`, { expected: 'text' });
  }

  boolean(): boolean {
    if (typeof this.scalar === 'boolean') return this.scalar;
    throw this.error('not a truth value', { expected: 'true or false' });
  }

  number({ min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER, whole = false } = {}): number {
    const value = this.node === null && /^[-+]?[\d.]+$/.test(this.text) ? Number(this.text) : this.scalar;
    if (
      typeof value !== 'number' ||
      !Number.isFinite(value) ||
      value < min ||
      value > max ||
      (whole && !Number.isInteger(value))
    ) {
      const kind = whole ? 'a whole number' : 'a number';
      const bounds =
        max < Number.MAX_SAFE_INTEGER
          ? ` from ${min} to ${max}`
          : min > -Number.MAX_SAFE_INTEGER
            ? ` of at least ${min}`
            : '';
      throw this.error(typeof value === 'number' ? `${this.name} is out of range` : `${this.name} is not a number`, {
        expected: kind + bounds,
      });
    }
    return value;
  }

  whole(min: number, max: number): number {
    return this.number({ min, max, whole: true });
  }

  /** A span of time of at least 0, at most `max`. */
  duration(max: Duration = 31 * 86_400_000): Duration {
    const span = this.placed(() => parseDuration(this.string()));
    if (span < 0 || span > max)
      throw this.error(`${this.name} is out of range`, { expected: 'a duration from 0 s to 31 d' });
    return span;
  }

  /** A time; a clock time without a date is on the story's day. */
  time(): Timestamp {
    return this.placed(() => parseTime(this.string(), STORY_DAY));
  }

  oneOf<T extends string>(names: readonly T[]): T {
    const value = this.string();
    const found = names.find((one) => one === value);
    if (found !== undefined) return found;
    throw this.error(`${this.name} is not known`, {
      ...unknownName(value, names, 'choices'),
      found: JSON.stringify(value),
    });
  }

  /** The items of a list; a single value counts as a list of one. */
  list(): Item[] {
    if (!isSeq(this.node)) return [this];
    return this.node.items.map((item, i) => this.inner(item as Node | null, `${this.name}[${i}]`));
  }

  entries(): [string, Item][] {
    if (!isMap(this.node)) throw this.error(`${this.name} is not a map`, { expected: 'key: value pairs' });
    const keys = new Set<string>();
    return this.node.items.map((pair) => {
      const written = this.inner(pair.key as Node | null, this.name);
      const key = written.string();
      if (keys.has(key)) throw written.error(`the key ${key} stands here twice`, { expected: 'each key once' });
      keys.add(key);
      return [key, this.inner(pair.value as Node | null, key, pair.key as Node | null)];
    });
  }

  /** A map with known keys; any other key is an error. */
  fields(known: readonly string[]): Fields {
    const found = new Map<string, Item>();
    for (const [key, item] of this.entries()) {
      if (!known.includes(key)) throw this.unknown(key, known);
      found.set(key, item);
    }
    return new Fields(this, found);
  }

  unknown(key: string, known: readonly string[]): TidemarkError {
    return this.source.error(this.keySpan(key), { what: `unknown key ${key}`, ...unknownName(key, known, 'keys') });
  }

  /** Where a key is written, for errors about keys. */
  keySpan(key: string): Span {
    const pair = isMap(this.node)
      ? this.node.items.find((one) => isScalar(one.key) && String(one.key.value) === key)
      : undefined;
    const range = pair && (pair.key as Node).range;
    return range ? { from: range[0] + this.shift, to: range[1] + this.shift } : this.span;
  }

  /** Runs a reader of the model and gives its error this place. */
  placed<T>(read: () => T): T {
    try {
      return read();
    } catch (thrown) {
      const { what, expected, found, hint } = errorFacts(thrown);
      throw this.error(`${this.name}: ${what}`, { expected, found, hint });
    }
  }

  private inner(node: Node | null, name: string, near: Node | null = node): Item {
    const range = node?.range ?? near?.range;
    const span = range ? { from: range[0] + this.shift, to: range[1] + this.shift } : this.span;
    if (isAlias(node) || node?.tag?.startsWith('!') || (node && 'anchor' in node && node.anchor)) {
      throw notPlain(this.source, span, this.source.text.slice(span.from, span.from + 12));
    }
    return new Item(this.source, span, name, node ?? EMPTY, '', this.shift);
  }
}

/** What stands behind a key with nothing written. */
const EMPTY = parseDocument('null').contents as Node;
const EMPTY_MAP = parseDocument('{}').contents as Node;

/** A map that was read with `fields`. */
export class Fields {
  constructor(
    readonly item: Item,
    private readonly found: ReadonlyMap<string, Item>,
  ) {}

  has(key: string): boolean {
    return this.found.has(key);
  }

  get(key: string): Item | null {
    return this.found.get(key) ?? null;
  }

  /** Each key with what its value is read as. */
  map<T>(read: (item: Item, key: string) => T): Record<string, T> {
    return Object.fromEntries([...this.found].map(([key, item]) => [key, read(item, key)]));
  }

  /** The items of a list; none where it is left out. */
  list<T>(key: string, read: (item: Item) => T): T[] {
    return this.get(key)?.list().map(read) ?? [];
  }

  /** A text; empty where it is left out. */
  text(key: string): string {
    return this.get(key)?.string() ?? '';
  }

  need(key: string): Item {
    const item = this.found.get(key);
    if (item) return item;
    throw this.item.error(`${key} is missing`, {
      expected: `${key}: …`,
      found: [...this.found.keys()].join(', ') || 'nothing',
      hint: `Add ${key} to ${this.item.name}.`,
    });
  }

  get keys(): string[] {
    return [...this.found.keys()];
  }
}

/** No cell nests brackets so deep; the YAML reader takes time, and stack, for each. */
const DEEPEST = 100;

/** Where brackets in the text are nested too deep, if they are; those in quotes and comments count too. */
function tooDeep(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '[' || letter === '{') depth += 1;
    else if ((letter === ']' || letter === '}') && depth > 0) depth -= 1;
    if (depth > DEEPEST) return at;
  }
  return null;
}

/** Reads YAML that stands at `span` of the document. `braces`: it is read as if it stood between `{` and `}`. */
export function readYaml(source: Source, span: Span, name: string, { braces = false } = {}): Item {
  const body = source.text.slice(span.from, span.to);
  const text = braces ? `{${body}}` : body;
  const shift = braces ? span.from - 1 : span.from;
  const deep = tooDeep(text);
  if (deep !== null) {
    const from = Math.max(span.from, shift + deep);
    throw source.error(
      { from, to: from + 1 },
      { what: `${name} cannot be read`, expected: 'YAML', found: 'nesting that is too deep' },
    );
  }
  let document;
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      // The reader of YAML compares each key with all before it: `entries` finds a second one at once.
      uniqueKeys: false,
      prettyErrors: false,
    });
  } catch (thrown) {
    // Absurdly deep nesting overflows the stack of the YAML reader.
    throw source.error(span, {
      what: `${name} cannot be read`,
      expected: 'YAML',
      found: thrown instanceof RangeError ? 'nesting that is too deep' : String(thrown),
    });
  }
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong) {
    const at = { from: Math.max(span.from, shift + wrong.pos[0]), to: Math.min(span.to, shift + wrong.pos[1]) };
    const end = source.text.indexOf('\n', at.from);
    throw source.error(at, {
      what: `${name} is not YAML: ${wrong.message.split('\n')[0]}`,
      expected: 'key: value pairs',
      found: JSON.stringify(
        source.text
          .slice(at.from, end < 0 ? undefined : end)
          .trim()
          .slice(0, 40),
      ),
      hint: 'Look for a missing quote, bracket or space behind a colon.',
    });
  }
  const contents = document.contents as Node | null;
  const root = new Item(source, span, name, contents ?? EMPTY_MAP, '', shift);
  if (contents && 'anchor' in contents && contents.anchor) throw notPlain(source, span, 'an anchor');
  return root;
}

const notPlain = (source: Source, span: Span, found: string): TidemarkError =>
  source.error(span, {
    what: 'anchors, aliases and tags are not understood here',
    expected: 'a plain value',
    found,
    hint: 'Write the value out.',
  });

/** A word of an info string, as an item. */
export const wordItem = (source: Source, span: Span, name: string, text: string): Item =>
  new Item(source, span, name, null, text, 0);
