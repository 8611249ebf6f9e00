import { TidemarkError } from '../model';
import { fetchPrepared } from './fetchPrepared';
import { type LessonData } from './pages';

/** The case that an address asks for (`?case=…`), or null for none. Throws a TidemarkError for what can be no case. */
export function caseAsked(url: URL): string | null {
  const id = url.searchParams.get('case');
  if (id === null) return null;
  if (/^[a-z0-9][a-z0-9-]{0,120}$/.test(id)) return id;
  throw new TidemarkError({
    what: 'this is not the name of a case',
    expected: 'semantics-run.html?case=name-of-a-case',
    found: JSON.stringify(id.slice(0, 80)),
  });
}

/** Fetches what the build prepared for a case. */
export const loadCase = (id: string): Promise<LessonData> =>
  fetchPrepared(`case-${id}`, {
    what: `there is no run of case ${id}`,
    hint: 'Only cases that are pipelines open as a run: look for it in the list.',
  });
