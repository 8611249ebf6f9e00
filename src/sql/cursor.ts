import { type TextPlace } from '../model';
import { type Name, type Query } from './ast';
import { alternatives, fail, shorten } from './fail';
import { type Token } from './lexer';
import { nearest } from './suggest';
import { RESERVED } from './reserved';
import { REFUSED_WORDS, type Refusal } from './words';

/** Deeper nesting than this is refused, so that no walk over a tree can exhaust the stack. */
const MAX_DEPTH = 100;
/** Operators in one expression; a chain of them is as deep as it is long. */
const MAX_OPERATORS = 500;

const CLAUSES = ['FROM', 'WHERE', 'GROUP', 'HAVING', 'WINDOW'];
const STARTERS = ['SELECT', 'WITH', 'INSERT', 'CREATE', 'SET'];

/**
 * A place in the tokens of a text, with the questions that a recursive-descent parser asks there. Everything that was
 * asked for at the current token is remembered: it is what an error says was expected, and what completion offers.
 * Keywords are asked for in upper case; kinds of things (`a column`) in lower case.
 */
export class Cursor {
  at = 0;
  /** What would have fitted at the current token. */
  readonly wanted = new Set<string>();
  /** The same for what may follow but seldom does: operators. Offered, but not listed in errors. */
  readonly possible = new Set<string>();
  private wantedAt = 0;
  private depth = 0;
  private expressions = 0;
  private operators = 0;
  /** Index of the token last taken as an alias without AS: perhaps a misspelt keyword. */
  private bareAlias = -1;

  constructor(
    readonly tokens: readonly Token[],
    /** Reads a query: expressions and FROM hold queries, and queries hold both. */
    private readonly readQuery: (cursor: Cursor) => Query,
  ) {}

  /** What `parse` reads between two parentheses. */
  inside<T>(parse: () => T): T {
    this.expect('(');
    const result = parse();
    this.expect(')');
    return result;
  }

  query(): Query {
    return this.readQuery(this);
  }

  get token(): Token {
    return this.tokens[this.at];
  }

  get ended(): boolean {
    return this.token.kind === 'end';
  }

  /** Whether keyword or symbol `word` stands `ahead` tokens from here. Asks for nothing. */
  sees(word: string, ahead = 0): boolean {
    const token = this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)];
    return token.word === word && (token.kind === 'word' || token.kind === 'symbol');
  }

  /** Takes the keyword or symbol if it stands here. */
  accept(word: string): boolean {
    this.want(word);
    const seen = this.sees(word);
    if (seen) this.at += 1;
    return seen;
  }

  /** The same for what seldom follows. */
  may(word: string): boolean {
    this.allow(word);
    const seen = this.sees(word);
    if (seen) this.at += 1;
    return seen;
  }

  /** Takes the keywords or symbols, one after the other; throws where one is missing. */
  expect(...words: string[]): void {
    for (const word of words) if (!this.accept(word)) this.unexpected();
  }

  want(thing: string): void {
    this.restart();
    this.wanted.add(thing);
  }

  allow(...things: string[]): void {
    this.restart();
    for (const thing of things) this.possible.add(thing);
  }

  private restart(): void {
    if (this.wantedAt === this.at) return;
    this.wantedAt = this.at;
    this.wanted.clear();
    this.possible.clear();
  }

  /** A name: a word that is no keyword, or anything in backticks. `kind` says what it would name: `a table`. */
  name(kind: string): Name {
    this.want(kind);
    return this.maybeName() ?? this.unexpected();
  }

  maybeName(): Name | null {
    const { token } = this;
    if (token.kind !== 'name' && (token.kind !== 'word' || RESERVED.has(token.word))) return null;
    this.at += 1;
    return { text: token.text, place: token.place };
  }

  /** `AS name`, or `name` alone, or nothing. */
  alias(): Name | null {
    if (this.accept('AS')) return this.name('a name');
    const name = this.maybeName();
    if (name) this.bareAlias = this.at - 1;
    return name;
  }

  text(kind: string): string {
    this.want(kind);
    if (this.token.kind !== 'string') this.unexpected();
    return this.tokens[this.at++].text;
  }

  /** One or more, with commas between. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.accept(',')) items.push(item());
    return items;
  }

  /** From the first token of `start` to the last token read. */
  placeFrom(start: TextPlace): TextPlace {
    return { ...start, to: this.at > 0 ? Math.max(this.tokens[this.at - 1].place.to, start.to) : start.to };
  }

  checkDepth(depth: number): void {
    if (depth <= MAX_DEPTH) return;
    fail(this.token.place, {
      what: 'the nesting is too deep',
      expected: `at most ${MAX_DEPTH} levels of parentheses, subqueries, signs and joins`,
      found: 'one more',
      hint: 'Give the inner part a name with CREATE VIEW, and read from that.',
    });
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    this.depth += 1;
    this.checkDepth(this.depth);
    const result = parse();
    this.depth -= 1;
    return result;
  }

  /** Counts the operators of the outermost expression that is being read. */
  expression<T>(parse: () => T): T {
    if (this.expressions === 0) this.operators = 0;
    this.expressions += 1;
    const result = parse();
    this.expressions -= 1;
    return result;
  }

  countOperator(): void {
    this.operators += 1;
    if (this.operators <= MAX_OPERATORS) return;
    fail(this.token.place, {
      what: 'the expression is too long',
      expected: `at most ${MAX_OPERATORS} operators`,
      found: 'one more',
      hint: 'A long row of OR is shorter as x IN (…).',
    });
  }

  /** Says that something is understood, but not run here. */
  refuse({ what, hint }: Refusal, place: TextPlace = this.token.place): never {
    fail(place, { what, expected: this.expected(), found: this.found(), hint });
  }

  /** The current token fits nothing that was asked for. */
  unexpected(): never {
    this.restart();
    const { token } = this;
    const isWord = token.kind === 'word' || token.kind === 'symbol';
    const refused = isWord ? REFUSED_WORDS.get(token.word) : undefined;
    if (refused) this.refuse(refused);
    const suspect = this.bareAlias === this.at - 1 ? this.tokens[this.bareAlias] : null;
    const asWord = suspect?.kind === 'word' ? REFUSED_WORDS.get(suspect.word) : undefined;
    if (asWord) fail(suspect!.place, { ...asWord, expected: this.expected(), found: suspect!.text });
    const meant = suspect && nearest(suspect.text, this.keywords());
    if (suspect && meant) {
      const what = 'this word fits nothing here';
      fail(suspect.place, { what, expected: meant, found: suspect.text, hint: `Did you mean ${meant}?` });
    }
    fail(token.place, {
      what: this.ended ? 'the text ends too early' : 'this does not fit here',
      expected: this.expected(),
      found: this.found(),
      hint: this.advice(),
    });
  }

  private keywords(): string[] {
    return [...this.wanted, ...this.possible].filter((word) => /^[A-Z]/.test(word));
  }

  private expected(): string {
    const words = [...this.wanted].sort((a, b) => Number(/^[A-Z;]/.test(a)) - Number(/^[A-Z;]/.test(b)));
    const spoken = words.map((word) => (word === ',' ? 'a comma' : word === ';' ? 'a semicolon' : word));
    return alternatives(spoken) || 'the end of the text';
  }

  private found(): string {
    const { token } = this;
    if (token.kind === 'string') return shorten(`'${token.text}'`);
    return token.kind === 'end' ? 'the end of the text' : shorten(token.text);
  }

  private advice(): string {
    const { token } = this;
    const near = token.kind === 'word' ? nearest(token.text, this.keywords()) : null;
    if (near && near !== token.word) return `Did you mean ${near}?`;
    const before = this.tokens[this.at - 1];
    if (before?.text === ',' && before.kind === 'symbol')
      return 'Remove the comma before it, or add what it announces.';
    const misplaced = CLAUSES.indexOf(token.word);
    if (misplaced >= 0 && CLAUSES.some((word, at) => at > misplaced && this.wanted.has(word)))
      return `The clauses stand in this order: SELECT, ${CLAUSES.join(', ').replace('GROUP', 'GROUP BY')}.`;
    if (this.wanted.has('a name') && token.kind === 'string')
      return `A name stands without quotes, or in backticks: \`${token.text}\`.`;
    if (this.wanted.has(';') && STARTERS.includes(token.word)) return 'End the statement before it with a semicolon.';
    const names = [...this.wanted].some((thing) => /^(a name|a table|a column|an expression)$/.test(thing));
    if (names && token.kind === 'word' && RESERVED.has(token.word)) {
      return `${token.word} is a keyword; a name that is spelt like it stands in backticks: \`${token.text}\`.`;
    }
    return this.ended ? `Add ${this.expected()}.` : `Write ${this.expected()} here.`;
  }
}
