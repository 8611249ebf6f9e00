import { TidemarkError } from '../model';
import { didYouMean, unknownName } from '../sql/suggest';
import { CELL_KINDS } from './cells';
import { type Block, type Cell, type Lesson, type ScenarioCell } from './document';
import { readFacts, readFront, type LessonPlace } from './front';
import { infoFields, readInfo, type Info } from './info';
import { readYaml, type Item } from './item';
import { Known } from './known';
import { markdown, ProseReader, type Token } from './prose';
import { Source } from './source';

export { type LessonPlace };

/** Ten times the longest lesson that anybody would read. */
const LONGEST_DOCUMENT = 1_000_000;

const KINDS = Object.keys(CELL_KINDS);

/**
 * Reads a document: front matter, prose, and fenced cells (`DESIGN.md` §4). Cells are read from the top down, each
 * seeing those above it; then prose, which may refer to all of them.
 *
 * Throws a TidemarkError for the first thing that is wrong, with file, line and column, what was expected and found,
 * and the nearest thing that would work. Throws nothing else.
 */
export function parseLesson(text: string, place: LessonPlace): Lesson {
  if (text.length > LONGEST_DOCUMENT) {
    throw new TidemarkError({
      what: 'this document is too long to be read',
      where: place.file,
      expected: `at most ${LONGEST_DOCUMENT} characters`,
      found: String(text.length),
      hint: 'Divide it into several lessons.',
    });
  }
  const source = new Source(
    place.file,
    text
      .replace(/^\uFEFF/, '')
      .replace(/\r\n?/g, '\n')
      .replaceAll('\0', '\uFFFD'),
  );
  const front = readFront(source, place);
  const known = new Known(new Set(front.head.misconceptions));
  const shift = front.next - 1;
  const tokens = readTokens(source, shift);
  const cells = new Map<Token, Cell>();
  for (const token of tokens) {
    const info = cellInfo(source, token, shift);
    if (!info) continue;
    const cell = readCell(source, token, info, known, shift);
    known.cells.set(cell.id, cell);
    cells.set(token, cell);
  }
  const prose = new ProseReader(source, known, shift);
  const blocks: Block[] = [];
  let run: Token[] = [];
  const flush = (): void => {
    if (run.length) blocks.push({ block: 'prose', nodes: prose.read(run) });
    run = [];
  };
  for (const token of tokens) {
    const cell = cells.get(token);
    if (!cell) run.push(token);
    else {
      flush();
      blocks.push({ block: 'cell', cell });
    }
  }
  flush();
  return { ...front.head, facts: readFacts(front.fields, known), blocks };
}

function readTokens(source: Source, shift: number): Token[] {
  try {
    return markdown().parse(source.text.slice(source.offset(shift + 1)), {});
  } catch (thrown) {
    throw source.error(
      { from: source.offset(shift + 1), to: source.text.length },
      {
        what: 'this is not Markdown that can be read',
        expected: 'Markdown',
        found: thrown instanceof Error ? thrown.message : String(thrown),
      },
    );
  }
}

/** The info of a fence that is a cell; null for prose and for listings in another language. */
function cellInfo(source: Source, token: Token, shift: number): Info | null {
  if (token.type !== 'fence' || !token.map) return null;
  const line = token.map[0] + 1 + shift;
  const text = source.line(line);
  const from = source.offset(line) + (/^[\s>]*(?:`{3,}|~{3,})/.exec(text)?.[0].length ?? 0);
  const info = readInfo(source, { from, to: source.offset(line) + text.length });
  if (!KINDS.includes(info.word)) {
    // A listing has a language and nothing else; a word with keys was meant to be a cell.
    if (!info.words.length && !didYouMean(info.word, KINDS, 'kinds').startsWith('Did you mean')) return null;
    throw source.error(info.wordSpan, {
      what: 'no such kind of cell',
      ...unknownName(info.word, KINDS, 'kinds of cell'),
      found: JSON.stringify(info.word),
    });
  }
  if (token.level > 0 || !/^[`~]/.test(text)) {
    throw source.error(info.wordSpan, {
      what: 'a cell inside something else',
      expected: 'a fence at the left margin',
      found: JSON.stringify(text.slice(0, 40)),
      hint: 'Move it out of the list or the quote.',
    });
  }
  return info;
}

function readCell(source: Source, token: Token, info: Info, known: Known, shift: number): Cell {
  const kind = CELL_KINDS[info.word as Cell['kind']];
  const head = infoFields(source, info, ['id', ...kind.head]);
  const name = head.need('id');
  const id = name.string();
  if (!/^[A-Za-z][\w-]*$/.test(id))
    throw name.error('not an id', { expected: 'a letter, then letters, digits, - and _' });
  const twin = known.cells.get(id);
  if (twin)
    throw name.error(`two cells are called ${id}`, {
      expected: 'an id of its own',
      found: `the ${twin.kind} cell on line ${twin.line}`,
    });
  const [first, last] = token.map!;
  const from = source.offset(first + 2 + shift);
  const span = { from, to: from + token.content.length };
  if (
    source.text.slice(span.from, span.to) !== token.content ||
    !/^\s*(`{3,}|~{3,})\s*$/.test(source.line(last + shift))
  ) {
    throw source.error(info.span, {
      what: `cell ${id} does not end`,
      expected: 'a closing fence',
      found: 'the end of the document',
      hint: 'Close the cell with ``` on a line of its own.',
    });
  }
  const body = kind.body === 'yaml' ? readYaml(source, span, `cell ${id}`) : head.item;
  const read = kind.read({ source, id, head, body, text: token.content, span, known });
  const title = kind.head.includes('title') ? { title: head.text('title') } : {};
  const cell = { kind: info.word, id, line: first + 1 + shift, ...title, ...read } as Cell;
  if (cell.kind === 'scenario') checkKnobs(cell, known, name);
  return cell;
}

/** Knobs are known by their names alone, in links and in what a reader keeps. */
function checkKnobs(cell: ScenarioCell, known: Known, name: Item): void {
  for (const other of known.cells.values()) {
    if (other.kind !== 'scenario') continue;
    const twin = other.knobs.find((one) => cell.knobs.some((mine) => mine.name === one.name));
    if (twin)
      throw name.error(`two knobs are called ${twin.name}`, {
        expected: 'a name of its own',
        found: `the one of scenario ${other.id}`,
        hint: 'Rename one of them.',
      });
  }
}
