import { type Ast, type BinaryOperator, type FrameBound, type OverWindow } from './ast';
import { type Cursor } from './cursor';
import { type Token } from './lexer';
import { parseInterval } from './parse-interval';
import { parseType } from './parse-type';
import { COMPARISONS } from './plan';
import { SUBQUERIES } from './words';

/** How strongly operators bind; the formatter puts its parentheses by the same table. */
export const POWER = { OR: 1, AND: 2, NOT: 3, COMPARE: 4, ADD: 5, MULTIPLY: 6, SIGN: 7 } as const;

export const OPERATORS: ReadonlyMap<string, number> = new Map<BinaryOperator, number>([
  ['OR', POWER.OR],
  ['AND', POWER.AND],
  ...COMPARISONS.map((one) => [one, POWER.COMPARE] as const),
  ['+', POWER.ADD],
  ['-', POWER.ADD],
  ['||', POWER.ADD],
  ['*', POWER.MULTIPLY],
  ['/', POWER.MULTIPLY],
  ['%', POWER.MULTIPLY],
]);

/** Operators that follow their first operand and are words of their own. */
const PREDICATES = ['IS', 'NOT', 'BETWEEN', 'IN'];

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
]);

const NOT_ALONE = { what: 'NOT binds more weakly than what stands before it', hint: 'Write (NOT …).' };

/** Reads an expression whose operators all bind more strongly than `above`. */
export function parseExpression(cursor: Cursor, above = 0): Ast {
  return cursor.expression(() => {
    const start = cursor.token.place;
    let left = cursor.nested(() => prefix(cursor, above));
    for (;;) {
      cursor.allow('AND', 'OR', ...PREDICATES);
      const { token } = cursor;
      const isWord = token.kind === 'word' && PREDICATES.includes(token.word);
      const isOperator = token.kind === 'word' || token.kind === 'symbol';
      const power = isWord ? POWER.COMPARE : isOperator ? (OPERATORS.get(token.word) ?? 0) : 0;
      if (power <= above) return left;
      cursor.countOperator();
      if (isWord) left = { ...predicate(cursor, left), place: cursor.placeFrom(start) };
      else {
        cursor.at += 1;
        const right = parseExpression(cursor, power);
        const operator = token.word as BinaryOperator;
        left = { ast: 'binary', operator, left, right, place: cursor.placeFrom(start) };
      }
    }
  });
}

type Unplaced<T> = T extends unknown ? Omit<T, 'place'> : never;

function isNothingElse(cursor: Cursor, negated: boolean): never {
  const { kind, word } = cursor.token;
  if (word === 'TRUE' || word === 'FALSE')
    cursor.refuse({
      what: 'IS asks for NULL here',
      hint: 'Write the condition itself; COALESCE(x, FALSE) settles nulls.',
    });
  if (kind === 'string' || kind === 'number')
    cursor.refuse({ what: 'IS asks for NULL', hint: `Write ${negated ? '<>' : '='} in front of a value.` });
  return cursor.unexpected();
}

function predicate(cursor: Cursor, input: Ast): Unplaced<Ast> {
  if (cursor.accept('IS')) {
    const negated = cursor.accept('NOT');
    if (!cursor.may('DISTINCT')) {
      if (!cursor.accept('NULL')) isNothingElse(cursor, negated);
      return { ast: 'is null', input, negated };
    }
    cursor.expect('FROM');
    return { ast: 'distinct', left: input, right: parseExpression(cursor, POWER.COMPARE), negated };
  }
  const negated = cursor.accept('NOT');
  if (cursor.accept('BETWEEN')) {
    const low = parseExpression(cursor, POWER.COMPARE);
    cursor.expect('AND');
    return { ast: 'between', input, negated, low, high: parseExpression(cursor, POWER.COMPARE) };
  }
  if (negated && cursor.sees('='))
    cursor.refuse({ what: 'NOT stands in front of a whole condition', hint: 'Write x <> y, or NOT x = y.' });
  cursor.expect('IN');
  return cursor.inside(() => {
    cursor.allow('SELECT');
    if (cursor.sees('SELECT') || cursor.sees('WITH')) return { ast: 'in query', input, negated, query: cursor.query() };
    return { ast: 'in', input, negated, list: cursor.list(() => parseExpression(cursor)) };
  });
}

function prefix(cursor: Cursor, above: number): Ast {
  const start = cursor.token.place;
  const node = (parsed: Unplaced<Ast>): Ast => ({ ...parsed, place: cursor.placeFrom(start) });
  const { token } = cursor;
  cursor.want('an expression');
  cursor.allow('CASE', 'CAST', 'INTERVAL', 'TIMESTAMP', 'NOT', 'EXISTS', ...CONSTANTS.keys());
  if (token.kind === 'number' || token.kind === 'string') {
    cursor.at += 1;
    const { text } = token;
    return node(token.kind === 'number' ? { ast: 'number', text } : { ast: 'string', value: text });
  }
  if (token.kind === 'symbol') return symbol(cursor, token, node);
  if (token.kind === 'word') {
    const constant = CONSTANTS.get(token.word);
    if (constant !== undefined) {
      cursor.at += 1;
      return node({ ast: 'constant', value: constant });
    }
    if (cursor.sees('SELECT')) cursor.refuse(SUBQUERIES);
    if (cursor.sees('NOT') && above > POWER.NOT) cursor.refuse(NOT_ALONE);
    const special = SPECIAL.get(token.word);
    const literal = token.word === 'TIMESTAMP' || token.word === 'DATE';
    if (special && (!literal || cursor.tokens[cursor.at + 1].kind === 'string')) {
      cursor.at += 1;
      return node(special(cursor, token));
    }
  }
  const name = cursor.maybeName() ?? cursor.unexpected();
  if (cursor.sees('(')) return node(call(cursor, name));
  if (!cursor.sees('.')) return node({ ast: 'column', table: null, name });
  cursor.at += 1;
  return node({ ast: 'column', table: name, name: cursor.name('a column') });
}

function symbol(cursor: Cursor, token: Token, node: (parsed: Unplaced<Ast>) => Ast): Ast {
  if (token.text === '(') return cursor.inside(() => parseExpression(cursor));
  if (token.text !== '-' && token.text !== '+') cursor.unexpected();
  cursor.at += 1;
  cursor.countOperator();
  const input = parseExpression(cursor, POWER.SIGN);
  return token.text === '+' ? input : node({ ast: 'unary', operator: '-', input });
}

/** Expressions that begin with a word of their own; the word is already read. */
const SPECIAL = new Map<string, (cursor: Cursor, token: Token) => Unplaced<Ast>>([
  [
    'NOT',
    (cursor) => {
      cursor.countOperator();
      return { ast: 'unary', operator: 'NOT', input: parseExpression(cursor, POWER.NOT) };
    },
  ],
  ['CASE', caseOf],
  ['EXISTS', (cursor) => ({ ast: 'exists', query: cursor.inside(() => cursor.query()) })],
  ['CAST', (cursor) => cursor.inside(() => castOf(cursor))],
  ['INTERVAL', parseInterval],
  ['TIMESTAMP', timeLiteral],
  ['DATE', timeLiteral],
]);

function timeLiteral(cursor: Cursor, { word }: Token): Unplaced<Ast> {
  return { ast: 'time', type: word as 'TIMESTAMP' | 'DATE', value: cursor.text('a time in quotes') };
}

/** `value AS type`. */
function castOf(cursor: Cursor): Unplaced<Ast> {
  const input = parseExpression(cursor);
  cursor.expect('AS');
  return { ast: 'cast', input, type: parseType(cursor) };
}

function caseOf(cursor: Cursor): Unplaced<Ast> {
  const subject = cursor.sees('WHEN') ? null : (cursor.want('WHEN'), parseExpression(cursor));
  const branches: { when: Ast; then: Ast }[] = [];
  cursor.expect('WHEN');
  do {
    const when = parseExpression(cursor);
    cursor.expect('THEN');
    branches.push({ when, then: parseExpression(cursor) });
  } while (cursor.accept('WHEN'));
  const otherwise = cursor.accept('ELSE') ? parseExpression(cursor) : null;
  cursor.expect('END');
  return { ast: 'case', subject, branches, otherwise };
}

/** `name ( … ) [FILTER (WHERE …)] [OVER …]`; the name is already read. */
function call(cursor: Cursor, name: { text: string; place: Token['place'] }): Unplaced<Ast> {
  cursor.expect('(');
  const star = cursor.sees('*') && cursor.sees(')', 1);
  const distinct = !star && cursor.accept('DISTINCT');
  if (star) cursor.at += 1;
  const none = star || (!distinct && cursor.sees(')'));
  const inputs = none ? [] : argumentsOf(cursor, name.text.toUpperCase());
  cursor.expect(')');
  cursor.allow('FILTER', 'OVER');
  let filter: Ast | null = null;
  if (cursor.sees('FILTER') && cursor.sees('(', 1)) {
    cursor.at += 1;
    filter = cursor.inside(() => {
      cursor.expect('WHERE');
      return parseExpression(cursor);
    });
  }
  const over = cursor.sees('OVER') ? overOf(cursor) : null;
  return {
    ast: 'call',
    name: { ...name, text: name.text.toUpperCase() },
    star,
    distinct,
    arguments: inputs,
    filter,
    over,
  };
}

/** With commas between them; EXTRACT has FROM behind its unit. */
function argumentsOf(cursor: Cursor, name: string): Ast[] {
  if (name !== 'EXTRACT') return cursor.list(() => parseExpression(cursor));
  const unit = parseExpression(cursor);
  cursor.expect('FROM');
  return [unit, parseExpression(cursor)];
}

function overOf(cursor: Cursor): Extract<Ast, { ast: 'call' }>['over'] {
  cursor.at += 1;
  cursor.want('(');
  return cursor.sees('(') ? parseOverWindow(cursor) : cursor.name('a window');
}

/** `( [PARTITION BY …] [ORDER BY …] [RANGE|ROWS …] )`. */
export function parseOverWindow(cursor: Cursor): OverWindow {
  const start = cursor.token.place;
  const window = cursor.inside(() => parseInOver(cursor));
  return { ...window, place: cursor.placeFrom(start) };
}

function parseInOver(cursor: Cursor): Omit<OverWindow, 'place'> {
  const by = <T>(word: string, item: () => T): T[] => {
    if (!cursor.accept(word)) return [];
    cursor.expect('BY');
    return cursor.list(item);
  };
  const partitionBy = by('PARTITION', () => parseExpression(cursor));
  const orderBy = by('ORDER', () => {
    const expression = parseExpression(cursor);
    const descending = !cursor.may('ASC') && cursor.may('DESC');
    return { expression, descending };
  });
  return { partitionBy, orderBy, frame: parseFrame(cursor) };
}

function parseFrame(cursor: Cursor): OverWindow['frame'] {
  const start = cursor.token.place;
  const unit = cursor.accept('RANGE') ? 'RANGE' : cursor.accept('ROWS') ? 'ROWS' : null;
  if (!unit) return null;
  const between = cursor.accept('BETWEEN');
  const from = parseBound(cursor);
  let to: FrameBound = { side: 'CURRENT ROW', distance: null, place: from.place };
  if (between) {
    cursor.expect('AND');
    to = parseBound(cursor);
  }
  return { unit, from, to, place: cursor.placeFrom(start) };
}

function parseBound(cursor: Cursor): FrameBound {
  const start = cursor.token.place;
  if (cursor.accept('CURRENT')) {
    cursor.expect('ROW');
    return { side: 'CURRENT ROW', distance: null, place: cursor.placeFrom(start) };
  }
  const distance = cursor.accept('UNBOUNDED') ? null : parseExpression(cursor, POWER.COMPARE);
  const side = cursor.accept('FOLLOWING') ? 'FOLLOWING' : (cursor.expect('PRECEDING'), 'PRECEDING');
  return { side, distance, place: cursor.placeFrom(start) };
}
