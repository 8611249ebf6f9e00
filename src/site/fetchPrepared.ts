import { TidemarkError } from '../model';
import { decodeIsland } from './island';
import { type LessonData } from './pages';

/** Fetches what the build prepared beside the pages. `missing`: what to say where there is nothing of this name. */
export async function fetchPrepared(name: string, missing: { what: string; hint: string }): Promise<LessonData> {
  const response = await fetch(`./${name}.json`).catch(() => null);
  if (response?.ok) return decodeIsland<LessonData>(await response.text());
  const hint = response ? missing.hint : 'The site could not be reached; check the connection.';
  throw new TidemarkError({ ...missing, hint });
}
