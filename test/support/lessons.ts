import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { type Lesson, type Prose } from '../../src/notebook/document';
import { parseLesson, type LessonPlace } from '../../src/notebook/parse';

export const LESSONS = join(import.meta.dirname, '../../lessons');

export interface LessonFile {
  place: LessonPlace;
  text: string;
}

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .map((one) => one.name)
    .sort();

/** Every `lessons/<part>/<lesson>/lesson.md`, in order; LESSON=slug: that one, and the first of each part. */
export function lessonFiles(only = process.env.LESSON): LessonFile[] {
  return folders(LESSONS).flatMap((part) => {
    const { title } = parseYaml(readFileSync(join(LESSONS, part, 'part.yaml'), 'utf8')) as { title: string };
    return folders(join(LESSONS, part))
      .filter((lesson) => existsSync(join(LESSONS, part, lesson, 'lesson.md')))
      .filter((lesson) => only === undefined || lesson.startsWith('01-') || lesson.endsWith(`-${only}`))
      .map((lesson) => {
        const file = `lessons/${part}/${lesson}/lesson.md`;
        return {
          place: { file, slug: lesson.replace(/^\d+-/, ''), part, partTitle: title },
          text: readFileSync(join(LESSONS, part, lesson, 'lesson.md'), 'utf8'),
        };
      });
  });
}

export const readLesson = ({ text, place }: LessonFile): Lesson => parseLesson(text, place);

/** Every node of a tree of prose, parents first. */
export const proseNodes = (nodes: readonly Prose[]): Prose[] =>
  nodes.flatMap((node) => [node, ...('children' in node ? proseNodes(node.children) : [])]);

/** Every text that a reader of the lesson reads and that no run fills in, with what it belongs to. */
export function writtenTexts(lesson: Lesson): { where: string; text: string }[] {
  const texts: { where: string; text: string }[] = [
    { where: 'title', text: lesson.title },
    { where: 'summary', text: lesson.summary },
  ];
  for (const block of lesson.blocks) {
    if (block.block === 'prose') {
      for (const node of proseNodes(block.nodes))
        if (node.tag === 'text') texts.push({ where: 'prose', text: node.text });
      continue;
    }
    const { cell } = block;
    const add = (...found: string[]): void => {
      for (const text of found) texts.push({ where: `${cell.kind} ${cell.id}`, text });
    };
    if ('title' in cell) add(cell.title);
    if (cell.kind === 'predict') add(wordsOf(cell.ask), cell.because, ...cell.choices.map((one) => one.because));
    if (cell.kind === 'exercise') {
      add(
        wordsOf(cell.task),
        cell.explain,
        ...cell.hints,
        ...cell.checks.map((one) => one.message),
        ...cell.wrong.map((one) => one.because),
      );
    }
  }
  return texts;
}

/** The text of prose, whatever it stands in. */
const wordsOf = (nodes: readonly Prose[]): string =>
  [...proseNodes(nodes)].flatMap((node) => ('text' in node ? [node.text] : [])).join('');
