import { indexedStore } from './indexed';
import { onThisPage, type KeepOptions } from './keep';
import { FIELDS } from './merge';
import { keptIn } from './revisions';
import { type Saved } from './saved';
import { type Row } from './store';

const ORDER = ['none', 'half', 'done'] as const;
type Stage = (typeof ORDER)[number];

/** How far each lesson has come, for the contents page. Empty where the browser keeps nothing. */
export async function progress({ store = indexedStore }: KeepOptions = {}): Promise<Record<string, Stage>> {
  let all: Row[];
  try {
    const kept = await store();
    all = await kept.allRows();
    kept.close();
  } catch {
    all = await onThisPage.allRows();
  }
  const stages: Record<string, Stage> = {};
  for (const name of new Set(all.map(({ slug }) => slug))) {
    const stage = stageOf(keptIn(all.filter(({ slug }) => slug === name)).saved);
    // What was done where a link was shown is done.
    const [lesson] = name.split('#');
    if (ORDER.indexOf(stage) >= ORDER.indexOf(stages[lesson] ?? 'none')) stages[lesson] = stage;
  }
  return stages;
}

/** Fragments of the links to a lesson under which the reader has made something. Empty where none can be read. */
export async function linksOf(lesson: string, { store = indexedStore }: KeepOptions = {}): Promise<string[]> {
  try {
    const kept = await store();
    const names = await kept.names();
    kept.close();
    return names.flatMap((name) => (name.startsWith(`${lesson}#`) ? [name.slice(lesson.length)] : []));
  } catch {
    return [];
  }
}

function stageOf(saved: Saved): Stage {
  if (saved.done) return 'done';
  return FIELDS.some((field) => Object.keys(saved[field]).length) ? 'half' : 'none';
}
