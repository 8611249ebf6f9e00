import { type TextPlace } from '../model';
import { fail } from './fail';
import { HABITS } from './habits';

export interface Token {
  kind: 'word' | 'name' | 'number' | 'string' | 'symbol' | 'end';
  /** As written; names and strings without their quotes. */
  text: string;
  /** Words in upper case, so that keywords are compared in one way; otherwise the same as `text`. */
  word: string;
  place: TextPlace;
  /** Comments between the token before and this one. */
  comments: string[];
}

/** A text above this is not a definition but an accident. */
export const MAX_TEXT = 100_000;

const PATTERN =
  /(?<space>\s+)|(?<comment>--[^\n]*|\/\*[^]*?\*\/)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_][\w$]*)|'(?<string>(?:[^']|'')*)'(?!')|`(?<name>(?:[^`]|``)+)`(?!`)|(?<symbol><>|!=|<=(?!>)|>=|\|\||=>|[(),;.%]|\+(?!\+)|>(?!>)|<(?!=>|<)|=(?![=<!])|-(?!>)|\*(?!\*)|\/(?!\/))/y;

/** Splits a text into tokens; the last one is `end`. Throws where a character can begin no token. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let comments: string[] = [];
  const placeOf = (from: number, to: number): TextPlace => ({ line, column: from - lineStart + 1, from, to });
  if (text.length > MAX_TEXT) {
    fail(placeOf(MAX_TEXT, text.length), {
      what: 'the text is too long',
      expected: `at most ${MAX_TEXT} characters`,
      found: `${text.length} characters`,
      hint: 'Split it over several cells.',
    });
  }
  const pattern = new RegExp(PATTERN.source, PATTERN.flags);
  for (let from = 0; from < text.length;) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    const groups = match?.groups ?? {};
    const unclosed = text.startsWith('/*', from) && groups.comment === undefined;
    if (!match || unclosed) refuse(text, placeOf(from, from + 1));
    const to = from + match[0].length;
    if (groups.comment !== undefined) comments.push(groups.comment.trimEnd());
    else if (groups.space === undefined) {
      const kind = (['word', 'number', 'string', 'name', 'symbol'] as const).find((one) => groups[one] !== undefined)!;
      const place = placeOf(from, to);
      const end = tokens[tokens.length - 1];
      if (kind === 'word' && end?.kind === 'number' && end.place.to === from) {
        fail(
          { ...end.place, to },
          {
            what: 'a number runs into a word',
            expected: 'a space between them',
            found: end.text + groups.word,
            hint: /^[_xX]/.test(groups.word)
              ? 'A number is written in digits alone, with a point before its fraction.'
              : "A span of time is written INTERVAL '5' MINUTE.",
          },
        );
      }
      const raw = groups[kind];
      const written = kind === 'string' ? raw.replaceAll("''", "'") : kind === 'name' ? raw.replaceAll('``', '`') : raw;
      const value = kind === 'symbol' && raw === '!=' ? '<>' : written;
      tokens.push({ kind, text: value, word: kind === 'word' ? raw.toUpperCase() : value, place, comments });
      comments = [];
    }
    for (let at = match[0].indexOf('\n'); at >= 0; at = match[0].indexOf('\n', at + 1)) {
      line += 1;
      lineStart = from + at + 1;
    }
    from = to;
  }
  tokens.push({ kind: 'end', text: '', word: '', place: placeOf(text.length, text.length), comments });
  return tokens;
}

function refuse(text: string, place: TextPlace): never {
  const habit = HABITS.find(([start]) => text.startsWith(start, place.from));
  const found = habit ? habit[0] : String.fromCodePoint(text.codePointAt(place.from)!);
  const shown = /[\p{L}\p{N}\p{P}\p{S}]/u.test(found)
    ? found
    : `the character U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  const [, what, expected, hint] = habit ?? [
    '',
    'this character has no meaning here',
    'a word, a number, a text or an operator',
    'Remove it; inside a text it stands between single quotes, inside a name between backticks.',
  ];
  fail({ ...place, to: place.from + found.length }, { what, expected, found: shown, hint });
}
