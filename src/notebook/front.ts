import { type Fact, type Lesson } from './document';
import { readYaml, type Fields, type Item } from './item';
import { type Known } from './known';
import { readQuery } from './queries';
import { type Source, type Span } from './source';

/** Where a lesson stands in the course. */
export interface LessonPlace {
  /** For messages. */
  file: string;
  slug: string;
  /** Folder of the part, such as `03-time`. */
  part: string;
  partTitle: string;
}

export interface Front {
  fields: Fields;
  /** Line of the first line behind the front matter, from 1. */
  next: number;
  head: Omit<Lesson, 'facts' | 'blocks'>;
}

const KEYS = ['title', 'part', 'minutes', 'concepts', 'misconceptions', 'summary', 'facts'] as const;

/** Rows of the curriculum and misconceptions of the catalogue that there are. */
const ROWS = 239;
const MISCONCEPTIONS = 24;

export function readFront(source: Source, place: LessonPlace): Front {
  const { span, next } = fence(source);
  const fields = readYaml(source, span, 'the front matter').fields(KEYS);
  const part = fields.get('part');
  const folder = place.part.replace(/^\d+-/, '');
  if (part && part.string() !== folder)
    throw part.error('the part is another folder', {
      expected: folder,
      hint: 'Move the lesson, or leave part out.',
    });
  const title = fields.need('title').string().trim();
  if (!title) throw fields.need('title').error('the title is empty', { expected: 'a few words', found: '""' });
  return {
    fields,
    next,
    head: {
      slug: place.slug,
      part: place.part,
      partTitle: place.partTitle,
      title,
      summary: fields.text('summary'),
      minutes: fields.need('minutes').whole(1, 120),
      concepts: distinct(fields.get('concepts'), (one) => one.whole(1, ROWS)),
      misconceptions: distinct(fields.get('misconceptions'), readMisconception),
    },
  };
}

/** The lines between the first `---` and the next. */
function fence(source: Source): { span: Span; next: number } {
  if (source.line(1).trimEnd() !== '---') {
    throw source.error(
      { from: 0, to: source.line(1).length },
      {
        what: 'a lesson without front matter',
        expected: '---',
        found: JSON.stringify(source.line(1).slice(0, 40)),
        hint: 'Begin with ---, title: …, minutes: …, and --- again.',
      },
    );
  }
  const end = /^---[ \t]*$/gm;
  end.lastIndex = source.offset(2);
  const close = end.exec(source.text);
  if (!close) {
    throw source.error(
      { from: 0, to: 3 },
      {
        what: 'the front matter does not end',
        expected: 'a second line ---',
        found: 'the end of the document',
        hint: 'Close it with --- on a line of its own.',
      },
    );
  }
  return {
    span: { from: source.offset(2), to: close.index },
    next: source.place({ from: close.index, to: close.index }).line + 1,
  };
}

function distinct<T>(item: Item | null, read: (one: Item) => T): T[] {
  const values: T[] = [];
  for (const one of item?.list() ?? []) {
    const value = read(one);
    if (values.includes(value)) throw one.error(`${String(value)} is listed twice`, { expected: 'each once' });
    values.push(value);
  }
  return values;
}

function readMisconception(item: Item): string {
  const id = item.string();
  const number = Number(/^M([1-9]\d?)$/.exec(id)?.[1] ?? 0);
  if (number < 1 || number > MISCONCEPTIONS)
    throw item.error('no such misconception', { expected: `M1 to M${MISCONCEPTIONS}` });
  return id;
}

/** `facts: {"10:33": why, "60": {value: 60}}`: read last, since a query may refer to any cell. */
export function readFacts(fields: Fields, known: Known): Fact[] {
  return (fields.get('facts')?.entries() ?? []).map(([text, item]) => {
    if (item.isMap) {
      const { query, unit } = readQuery(item, known);
      return { text, because: '', query, unit };
    }
    const because = item.string().trim();
    if (!because) throw item.error(`nothing vouches for ${text}`, { expected: 'a reason or a query' });
    return { text, because, query: null, unit: 'text' };
  });
}
