import { openKeep } from '../../../src/site/keep';

/** Another tab, as far as storage goes: a thread of its own that edits the same lesson. */
export interface Edits {
  slug: string;
  who: string;
  count: number;
  /** Edits go round through so many cells. */
  cells: number;
}

addEventListener('message', ({ data }: MessageEvent<Edits>) => {
  void edit(data).then(postMessage);
});

async function edit({ slug, who, count, cells }: Edits): Promise<{ written: [string, string][]; replaced: string[] }> {
  const keep = await openKeep(slug);
  if (keep.state !== 'kept') throw new Error(keep.reason ?? '');
  const written: [string, string][] = [];
  const replaced: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const [key, value] = [cells ? `cell${n % cells}` : `${who}${n}`, `${who} ${n}`];
    const { edits } = keep.read();
    if (edits[key]) replaced.push(edits[key]);
    const outcome = await keep.write({ edits: { ...edits, [key]: value } });
    if (outcome === 'refused') throw new Error(keep.reason ?? '');
    written.push([key, value]);
  }
  keep.close();
  return { written, replaced };
}
