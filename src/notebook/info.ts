import { Fields, wordItem, type Item } from './item';
import { didYouMean, unknownName } from '../sql/suggest';
import { type Source, type Span } from './source';

/** The info string of a fence: `sql id=spend reads=day wait=$wait title="Money per window"`. */
export interface Info {
  word: string;
  wordSpan: Span;
  span: Span;
  words: { key: string; item: Item; keySpan: Span }[];
  /** What stands there and is not `key=value`. */
  stray: { text: string; span: Span } | null;
}

const WORD = /\s*(?:([A-Za-z][\w-]*)=("[^"\n]*"|[^\s"]+)(?=\s|$)|(\S+))/y;

export function readInfo(source: Source, span: Span): Info {
  const text = source.text.slice(span.from, span.to);
  const words: Info['words'] = [];
  let word = '';
  let wordSpan = span;
  let stray: Info['stray'] = null;
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match; match = WORD.exec(text)) {
    const [, key, value, bare] = match;
    const to = span.from + WORD.lastIndex;
    if (bare !== undefined) {
      const at = { from: to - bare.length, to };
      if (!word && !words.length) {
        word = bare;
        wordSpan = at;
      } else stray ??= { text: bare, span: at };
      continue;
    }
    const from = to - value.length;
    const plain = value.startsWith('"') ? value.slice(1, -1) : value;
    words.push({
      key,
      item: wordItem(source, { from, to }, key, plain),
      keySpan: { from: from - key.length - 1, to: from - 1 },
    });
  }
  return { word, wordSpan, span, words, stray };
}

/** The words of a cell's info string as fields; unknown, repeated and stray words are errors. */
export function infoFields(source: Source, info: Info, known: readonly string[]): Fields {
  if (info.stray) {
    throw source.error(info.stray.span, {
      what: 'a stray word in the head of a cell',
      expected: 'key=value, with quotes where the value has spaces',
      found: JSON.stringify(info.stray.text),
      hint: didYouMean(info.stray.text.replace(/[=:].*$/, ''), known, 'keys'),
    });
  }
  const found = new Map<string, Item>();
  for (const { key, item, keySpan } of info.words) {
    if (!known.includes(key))
      throw source.error(keySpan, { what: `unknown key ${key}`, ...unknownName(key, known, 'keys') });
    if (found.has(key))
      throw source.error(keySpan, {
        what: `${key} is given twice`,
        expected: `one ${key}=`,
        found: key,
        hint: 'Remove one of the two.',
      });
    found.set(key, item);
  }
  return new Fields(wordItem(source, info.span, `the head of the ${info.word} cell`, ''), found);
}
