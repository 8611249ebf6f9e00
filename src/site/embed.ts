import { TidemarkError } from '../model';
import { type FigureCell } from '../notebook/document';
import { cellsOf } from '../notebook/settle';
import { fetchPrepared } from './fetchPrepared';
import { type LessonData } from './pages';

export interface Asked {
  lesson: string;
  /** Id of the figure cell; null: the lesson's first. */
  figure: string | null;
  /** Steps done when it opens; null: where the author opens it. */
  step: number | null;
}

/** What the address asks for. Throws a TidemarkError where it asks for nothing that can be. */
export function askedFor(url: URL): Asked {
  const lesson = url.searchParams.get('lesson') ?? '';
  if (!/^[a-z0-9][a-z0-9-]{0,120}$/.test(lesson)) {
    throw new TidemarkError({
      what: lesson ? 'this is not the name of a lesson' : 'the address names no lesson',
      expected: 'embed.html?lesson=name-of-a-lesson&figure=id',
      found: lesson ? JSON.stringify(lesson.slice(0, 80)) : undefined,
      hint: 'The name is what stands before .html in the address of the lesson.',
    });
  }
  const step = url.searchParams.get('step');
  return {
    lesson,
    figure: url.searchParams.get('figure'),
    step: step !== null && /^\d{1,9}$/.test(step) ? Number(step) - 1 : null,
  };
}

/** Fetches the lesson's data, which lies beside its page, and finds the figure in it. */
export async function loadFigure({ lesson, figure }: Asked): Promise<{ data: LessonData; cell: FigureCell }> {
  const data = await fetchPrepared(lesson, {
    what: `there is no lesson ${lesson}`,
    hint: 'Look at the address of the lesson: its name stands before .html.',
  });
  const figures = cellsOf(data.lesson).filter((cell): cell is FigureCell => cell.kind === 'figure');
  const cell = figure === null ? figures[0] : figures.find((one) => one.id === figure);
  if (!cell) {
    throw new TidemarkError({
      what: figure === null ? `lesson ${lesson} has no figure` : 'this lesson has no such figure',
      where: lesson,
      expected: figures.map((one) => one.id).join(', '),
      found: figure === null ? undefined : JSON.stringify(figure.slice(0, 80)),
    });
  }
  return { data, cell };
}
