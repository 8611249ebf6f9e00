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

const DESCRIPTION =
  'A notebook that teaches stream processing on a real engine, in the browser: step through every event, forwards and backwards.';

/** How a page is drawn, what it is called, and what it is made from. */
interface Kind {
  Page: Component<{ data: never }>;
  title: string;
  description: string;
  data: (source: SiteSource) => PageData | Promise<PageData>;
}

/** Pages that are no lessons. */
const OTHERS: Record<string, Kind> = {
  index: {
    Page: HomePage,
    title: 'Tidemark: stream processing, step by step',
    description: DESCRIPTION,
    data: (source) => source.home(),
  },
  data: {
    Page: DataPage,
    title: 'The data · Tidemark',
    description: 'The synthetic card mart of Tidemark: make it, look into it, measure it.',
    data: ({ contents }) => ({ page: 'data', contents }),
  },
  semantics: {
    Page: SemanticsPage,
    title: 'Semantics · Tidemark',
    description: 'The rules of the stream engine as small cases: what goes in, what must come out, and what came out.',
    data: async (source) => ({
      page: 'semantics',
      contents: source.contents,
      groups: (await source.semantics()).groups,
    }),
  },
  'semantics-run': {
    Page: CasePage,
    title: 'A case as a run · Tidemark',
    description: 'A small case of the rules of the stream engine, to be stepped through.',
    data: ({ contents }) => ({ page: 'case', contents }),
  },
  embed: {
    Page: EmbedPage,
    title: 'A figure of Tidemark',
    description: DESCRIPTION,
    data: () => ({ page: 'embed', contents: [] }),
  },
  '404': {
    Page: MissingPage,
    title: 'No such page · Tidemark',
    description: DESCRIPTION,
    data: ({ contents }) => ({ page: 'missing', contents }),
  },
};

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
    const kind = Object.hasOwn(OTHERS, name) ? OTHERS[name] : this.kindOf(name);
    const data = await kind.data(this);
    const shown = shownIn(data);
    if (shown) await loadCells(cellsOf(shown.lesson));
    return page(kind, data);
  }

  private kindOf(slug: string): Kind {
    const { title = '', summary } = this.lessons.get(slug) ?? {};
    return {
      Page: LessonPage,
      title: `${title} · Tidemark`,
      description: summary || DESCRIPTION,
      data: async () => ({ page: 'lesson', contents: this.contents, ...(await this.dataOf(slug)) }),
    };
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

  semantics(): Promise<Semantics> {
    this.cases ??= this.kinds().then((kinds) => semanticsOf(this.root, this.session, kinds));
    return this.cases;
  }

  /** Names of the files of data that stand beside the pages: one for each lesson, one for each case that runs. */
  async documents(): Promise<string[]> {
    const { runs } = await this.semantics();
    return [...this.slugs, ...[...runs.keys()].map((id) => CASE + id)];
  }

  /** What an embedded figure fetches: the lesson without its text. A case is fetched whole. */
  async json(slug: string): Promise<string> {
    const run = slug.startsWith(CASE) ? (await this.semantics()).runs.get(slug.slice(CASE.length)) : undefined;
    if (run) return encodeIsland(run);
    const { lesson, runs, ddl } = await this.dataOf(slug);
    const blocks = lesson.blocks.filter(
      (one) => one.block === 'cell' && ['scenario', 'sql', 'figure'].includes(one.cell.kind),
    );
    const few: LessonData = {
      lesson: { ...lesson, facts: [], blocks },
      runs,
      ddl,
      events: {},
      compares: {},
      claims: {},
    };
    return encodeIsland(few);
  }

  async home(): Promise<PageData> {
    const on = this.lessons.has(OPENING.on) ? OPENING.on : (this.slugs[0] ?? null);
    return { page: 'home', contents: this.contents, opening: await this.opening(), on };
  }

  private async opening(): Promise<LessonData | null> {
    const { file } = OPENING;
    if (!existsSync(join(this.root, file))) return null;
    const place = { file, slug: 'opening', part: 'opening', partTitle: '' };
    return prepareLesson(parseLesson(readFileSync(join(this.root, file), 'utf8'), place), file, this.session);
  }
}

/** The document that a page shows from the start. */
const shownIn = (data: PageData): LessonData | null =>
  data.page === 'lesson' ? data : data.page === 'home' ? data.opening : null;

/** Rendered from the island that the browser will read, so that both see the same. */
function page({ Page, title, description }: Kind, data: PageData): RenderedPage {
  const island = encodeIsland(data);
  const props = { data: decodeIsland<PageData>(island) };
  // `body` is a getter: spreading the result would lose it.
  const { body } = render(Page as Component<{ data: PageData }>, { props });
  const shown = shownIn(props.data);
  return { page: data.page, title, description, island, body: shown ? withPictures(body, shown) : body };
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
    const { snapshot, figure } = drawn;
    const props = { snapshot, options: optionsOf(cell, figure), width: nominalWidth(cell), name: cell.id };
    put(cell.id, render(FIGURES[cell.figure].component, { props }).body);
  }
  return filled;
}
