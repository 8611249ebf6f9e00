import { TidemarkError } from '../../model';
import { linkInWords } from '../../words/en/keep';
import { decodeLink, isOldLink, type LinkState } from './link';
import { type Saved } from './saved';

/** A link to a lesson, and what is to be said of it. Throws a TidemarkError for one that is none or is of another lesson. */
export async function followLink(hash: string, lesson: string): Promise<{ link: LinkState; remark: string | null }> {
  const link = await decodeLink(hash);
  if (link.lesson !== lesson)
    throw new TidemarkError({
      what: 'this link is of another lesson',
      found: link.lesson,
      hint: `Open ${link.lesson}.html with the same link.`,
    });
  const remark = isOldLink(hash)
    ? 'This link is of an older version of the site. It opens at the author’s moment, with its seed, knobs and edits.'
    : null;
  return { link, remark };
}

/** Says that a page shows a link, and which of the reader's own work stands behind it. `own`: of it, what the lesson has. */
export function linkNotice(
  own: Pick<Saved, 'edits' | 'knobs'>,
  shown: { edits: Record<string, string>; knobs: Record<string, number> },
): string {
  const hidden = Object.keys(own.edits).filter((id) => own.edits[id] !== shown.edits[id]);
  return linkInWords(
    hidden,
    Object.entries(own.knobs).some(([name, value]) => shown.knobs[name] !== value),
  );
}
