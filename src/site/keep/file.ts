import { TidemarkError, errorFacts } from '../../model';
import { either, exactly, LIMITS, list, name, shape, text, type Check } from './check';
import { checksum } from './checksum';
import { type Displaced } from './merge';
import { checkDisplaced, type Fork } from './revisions';
import { checkSaved, FIRST_FORMAT, FORMAT, isNewer, migrate, parseObject, type Saved } from './saved';

/** What is kept and its forks, each as large as it may be, and what stands around them. */
const MOST_BYTES = 2 * LIMITS.bytes + 100_000;

export interface LessonFile {
  slug: string;
  saved: Saved;
  forks: Displaced[];
}

interface FileShape {
  tidemark: 'lesson';
  format: number;
  slug: string;
  /** Of that format. */
  saved: unknown;
  forks: Displaced[];
  checksum: string;
}

const checkFile: Check<FileShape> = shape<FileShape>({
  tidemark: exactly('lesson'),
  format: either<number>(`format ${FORMAT}`, exactly(FORMAT), exactly(FIRST_FORMAT)),
  slug: name,
  saved: (value) => value,
  forks: list(checkDisplaced, LIMITS.versions),
  checksum: text,
});

const sumOf = ({ slug, saved, forks }: Pick<FileShape, 'slug' | 'saved' | 'forks'>): string =>
  checksum(JSON.stringify([slug, saved, forks]));

interface Exported {
  slug: string;
  saved: Saved;
  forks: readonly Fork[];
  /** A document of a later format goes out as it is stored. */
  newer: { text: string } | null;
}

export function writeFile({ slug, saved, forks, newer }: Exported): Blob {
  const content = { slug, saved, forks: forks.map(({ field, key, value }) => ({ field, key, value })) };
  const file = newer
    ? { tidemark: 'lesson', format: parseObject(newer.text).format, slug, stored: newer.text }
    : { tidemark: 'lesson', format: FORMAT, ...content, checksum: sumOf(content) };
  return new Blob([JSON.stringify(file)], { type: 'application/json' });
}

/** Throws a `TidemarkError` for anything that is not a whole file of this lesson. */
export async function readFile(file: Blob, slug: string): Promise<LessonFile> {
  const fail = (what: string, hint: string, more: { expected?: string; found?: string } = {}): never => {
    throw new TidemarkError({ ...more, what, where: 'the file', hint });
  };
  if (file.size > MOST_BYTES)
    fail('too large for a lesson', 'Choose a file that this site exported.', {
      expected: `at most ${MOST_BYTES} bytes`,
    });
  let read: FileShape;
  let saved: Saved;
  try {
    const content = parseObject(await file.text());
    if (content.tidemark === 'lesson' && isNewer(content.format)) {
      fail('written by a later version of this site', 'Reload the page to get the newest version, then try again.');
    }
    read = checkFile(content, '');
    saved = checkSaved(migrate(read.saved, read.format), 'saved');
  } catch (thrown) {
    if (thrown instanceof TidemarkError && thrown.facts.where) throw thrown;
    const { what, expected, found } = errorFacts(thrown);
    return fail(what, 'Choose a file that this site exported; it may have been changed or cut short.', {
      expected,
      found,
    });
  }
  if (read.checksum !== sumOf(read)) fail('damaged: its checksum does not match', 'Export it again where it was made.');
  if (read.slug !== slug) {
    fail('of another lesson', 'Open that lesson and import it there.', { expected: slug, found: read.slug });
  }
  return { slug, saved, forks: read.forks };
}
