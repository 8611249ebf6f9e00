import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { TidemarkError } from '../../model';
import { type Lesson } from '../../notebook/document';
import { readYaml } from '../../notebook/item';
import { parseLesson } from '../../notebook/parse';
import { Source } from '../../notebook/source';

/** Names of pages that are no lessons. */
const TAKEN = new Set(['index', 'data', 'semantics', 'semantics-run', 'embed', '404', 'lesson']);

export interface FoundLesson {
  /** Path from the root of the project, for messages. */
  file: string;
  slug: string;
  part: string;
}

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();

/** A folder's number only orders. */
const slugOf = (folder: string): string => folder.replace(/^\d+-/, '');

/** Every `lessons/<part>/<lesson>/lesson.md`, in order. Throws a TidemarkError where two would be one page. */
export function findLessons(root: string): FoundLesson[] {
  const base = join(root, 'lessons');
  if (!existsSync(base)) return [];
  const found = folders(base).flatMap((part) =>
    folders(join(base, part))
      .map((folder) => ({ file: `lessons/${part}/${folder}/lesson.md`, slug: slugOf(folder), part }))
      .filter(({ file }) => existsSync(join(root, file))),
  );
  found.forEach(({ slug, file }, i) => {
    const twin = found.slice(0, i).find((one) => one.slug === slug);
    if (!twin && !TAKEN.has(slug) && /^[a-z0-9][a-z0-9-]*$/.test(slug)) return;
    throw new TidemarkError({
      what: twin ? 'two lessons would be one page' : 'a folder whose name cannot be that of a page',
      where: file,
      expected: twin ? 'a name of its own' : `small letters, digits and hyphens, and none of ${[...TAKEN].join(', ')}`,
      found: twin ? twin.file : slug,
      hint: 'Rename the folder: its name without the number is the address of the page.',
    });
  });
  return found;
}

export function readLesson(root: string, { file, slug, part }: FoundLesson): Lesson {
  return parseLesson(readFileSync(join(root, file), 'utf8'), { file, slug, part, partTitle: partTitle(root, part) });
}

function partTitle(root: string, part: string): string {
  const file = `lessons/${part}/part.yaml`;
  if (!existsSync(join(root, file))) {
    throw new TidemarkError({
      what: 'a part without a title',
      where: file,
      expected: 'a file with one line, such as title: Time',
      hint: `Write ${file}.`,
    });
  }
  const text = readFileSync(join(root, file), 'utf8');
  return readYaml(new Source(file, text), { from: 0, to: text.length }, 'the part')
    .fields(['title'])
    .need('title')
    .string();
}
