import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from 'svelte/server';
import { type Component } from 'svelte';
import { type Kinds } from '../../cases';
import { FIGURES } from '../../figures';
import { TidemarkError } from '../../model';
import { type Lesson } from '../../notebook/document';
import { parseLesson } from '../../notebook/parse';
import { cellsOf } from '../../notebook/settle';
import { createSession } from '../../session/session';
import CasePage from '../CasePage.svelte';
import { loadCells } from '../cells';
import DataPage from '../DataPage.svelte';
import EmbedPage from '../EmbedPage.svelte';
import HomePage from '../HomePage.svelte';
import LessonPage from '../LessonPage.svelte';
import MissingPage from '../MissingPage.svelte';
import SemanticsPage from '../SemanticsPage.svelte';
import { COMPARED_WIDTH, comparedName, nominalWidth, optionsOf } from '../figure/nominal';
import { decodeIsland, encodeIsland } from '../island';
import { type ContentsEntry, type LessonData, type PageData } from '../pages';
import { findLessons, readLesson, type FoundLesson } from './lessons';
import { prepareLesson } from './prepare';
import { semanticsOf, type Semantics } from './semantics';

export { fill } from './template';

/** A page, ready for its template. */
export interface RenderedPage {
  /** Its kind: the name of its script in `site/entry`. */
  page: PageData['page'];
  title: string;
  description: string;
  body: string;
  island: string;
}

const PAGES: Record<PageData['page'], Component<{ data: never }>> = {
  home: HomePage as Component<{ data: never }>,
  lesson: LessonPage as Component<{ data: never }>,
  data: DataPage as Component<{ data: never }>,
  semantics: SemanticsPage as Component<{ data: never }>,
  case: CasePage as Component<{ data: never }>,
  embed: EmbedPage as Component<{ data: never }>,
  missing: MissingPage as Component<{ data: never }>,
};

/** Pages that are no lessons. */
const OTHERS: Record<string, (source: SiteSource) => RenderedPage | Promise<RenderedPage>> = {
  index: (source) => source.home(),
  data: (source) => source.data(),
  semantics: (source) => source.semantics(),
  'semantics-run': (source) => source.caseRun(),
  embed: (source) => source.embed(),
  '404': (source) => source.missing(),
};

const DESCRIPTION =
  'A notebook that teaches stream processing on a real engine, in the browser: step through every event, forwards and backwards.';

/** The document whose one run the home page opens with, and the lesson that goes on from there. */
const OPENING = { file: 'lessons/opening.md', on: 'the-event-that-came-late' };

/** How the file of a case's run begins. */
const CASE = 'case-';

/** Everything that pages are made from. One per build; in development one per request. */
export class SiteSource {
  private readonly session = createSession();
  private readonly prepared = new Map<string, Promise<LessonData>>();
  private cases: Promise<Semantics> | null = null;
  readonly found: FoundLesson[];
  private readonly lessons: Map<string, Lesson>;

  /** `kinds`: loads the adapters that run the cases. */
  constructor(
    private readonly root: string,
    private readonly kinds: () => Promise<Kinds>,
  ) {
    this.found = findLessons(root);
    this.lessons = new Map(this.found.map((one) => [one.slug, readLesson(root, one)]));
  }

  get slugs(): string[] {
    return [...this.lessons.keys()];
  }

  get contents(): ContentsEntry[] {
    return [...this.lessons.values()].map(({ slug, part, partTitle, title, summary, minutes }) => ({
      slug,
      part,
      partTitle,
      title,
      summary,
      minutes,
    }));
  }

  /** Names of all pages. */
  get pages(): string[] {
    return [...Object.keys(OTHERS), ...this.slugs];
  }

  isLesson(name: string): boolean {
    return this.lessons.has(name);
  }

  async page(name: string): Promise<RenderedPage> {
    return Object.hasOwn(OTHERS, name) ? OTHERS[name](this) : this.lesson(name);
  }

  private dataOf(slug: string): Promise<LessonData> {
    const lesson = this.lessons.get(slug);
    const file = this.found.find((one) => one.slug === slug)?.file;
    if (!lesson || !file) throw new TidemarkError({ what: `there is no lesson ${slug}` });
    let made = this.prepared.get(slug);
    if (!made) {
      made = prepareLesson(lesson, file, this.session);
      this.prepared.set(slug, made);
    }
    return made;
  }

  async lesson(slug: string): Promise<RenderedPage> {
    const data = await this.dataOf(slug);
    await loadCells(cellsOf(data.lesson));
    return page(
      { page: 'lesson', contents: this.contents, ...data },
      `${data.lesson.title} · Tidemark`,
      data.lesson.summary || DESCRIPTION,
    );
  }

  private semanticsData(): Promise<Semantics> {
    this.cases ??= this.kinds().then((kinds) => semanticsOf(this.root, this.session, kinds));
    return this.cases;
  }

  /** Names of the files of data that stand beside the pages: one for each lesson, one for each case that runs. */
  async documents(): Promise<string[]> {
    const { runs } = await this.semanticsData();
    return [...this.slugs, ...[...runs.keys()].map((id) => CASE + id)];
  }

  /** What an embedded figure fetches: the lesson without its text. A case is fetched whole. */
  async json(slug: string): Promise<string> {
    const run = slug.startsWith(CASE) ? (await this.semanticsData()).runs.get(slug.slice(CASE.length)) : undefined;
    if (run) return encodeIsland(run);
    const { lesson, runs, ddl } = await this.dataOf(slug);
    const blocks = lesson.blocks.filter(
      (one) => one.block === 'cell' && ['scenario', 'sql', 'figure'].includes(one.cell.kind),
    );
    return encodeIsland({
      lesson: { ...lesson, facts: [], blocks },
      runs,
      ddl,
      events: {},
      compares: {},
      claims: {},
    } satisfies LessonData);
  }

  async home(): Promise<RenderedPage> {
    const on = this.lessons.has(OPENING.on) ? OPENING.on : (this.slugs[0] ?? null);
    const opening = await this.opening();
    if (opening) await loadCells(cellsOf(opening.lesson));
    const data: PageData = { page: 'home', contents: this.contents, opening, on };
    return page(data, 'Tidemark: stream processing, step by step', DESCRIPTION);
  }

  data(): RenderedPage {
    return page(
      { page: 'data', contents: this.contents },
      'The data · Tidemark',
      'The synthetic card mart of Tidemark: make it, look into it, measure it.',
    );
  }

  async semantics(): Promise<RenderedPage> {
    const { groups } = await this.semanticsData();
    return page(
      { page: 'semantics', contents: this.contents, groups },
      'Semantics · Tidemark',
      'The rules of the stream engine as small cases: what goes in, what must come out, and what came out.',
    );
  }

  caseRun(): RenderedPage {
    return page(
      { page: 'case', contents: this.contents },
      'A case as a run · Tidemark',
      'A small case of the rules of the stream engine, to be stepped through.',
    );
  }

  missing(): RenderedPage {
    return page({ page: 'missing', contents: this.contents }, 'No such page · Tidemark', DESCRIPTION);
  }

  embed(): RenderedPage {
    return page({ page: 'embed', contents: [] }, 'A figure of Tidemark', DESCRIPTION);
  }

  private async opening(): Promise<LessonData | null> {
    const { file } = OPENING;
    if (!existsSync(join(this.root, file))) return null;
    const place = { file, slug: 'opening', part: 'opening', partTitle: '' };
    return prepareLesson(parseLesson(readFileSync(join(this.root, file), 'utf8'), place), file, this.session);
  }
}

/** Rendered from the island that the browser will read, so that both see the same. */
function page(data: PageData, title: string, description: string): RenderedPage {
  const island = encodeIsland(data);
  const props = { data: decodeIsland<PageData>(island) };
  // `body` is a getter: spreading the result would lose it.
  const { body } = render(PAGES[data.page] as Component<{ data: PageData }>, { props });
  const lesson = props.data.page === 'lesson' ? props.data : props.data.page === 'home' ? props.data.opening : null;
  return { page: data.page, title, description, island, body: lesson ? withPictures(body, lesson) : body };
}

/** Pictures are roots of their own, which the browser takes over once their code is there; here they are put in. */
function withPictures(body: string, { lesson, runs, compares }: LessonData): string {
  let filled = body;
  const put = (id: string, picture: string): void => {
    const place = new RegExp(`(<div[^>]*\\sdata-picture="${id}"[^>]*>)(</div>)`);
    if (!place.test(filled)) throw new Error(`no place for picture ${id}`);
    filled = filled.replace(place, (_, start: string, end: string) => start + picture + end);
  };
  for (const cell of cellsOf(lesson)) {
    if (cell.kind === 'compare' && cell.figure) {
      const { component } = FIGURES[cell.figure];
      for (const [i, snapshot] of compares[cell.id].snapshots.entries()) {
        const props = { snapshot, options: cell.options, width: COMPARED_WIDTH, name: cell.id };
        put(comparedName(cell.id, i), render(component, { props }).body);
      }
    }
    const drawn = cell.kind === 'figure' ? runs[cell.reads]?.drawn[cell.id] : null;
    if (!drawn || cell.kind !== 'figure') continue;
    const props = {
      snapshot: drawn.snapshot,
      options: optionsOf(cell, drawn.figure),
      width: nominalWidth(cell),
      name: cell.id,
    };
    put(cell.id, render(FIGURES[cell.figure].component, { props }).body);
  }
  return filled;
}
