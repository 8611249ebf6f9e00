import { type TextPlace } from '../model';
import { fail } from './fail';
import { type Relations } from './relation';

/**
 * What a table can answer and a stream cannot, with the reason and what to write instead. What neither can is refused
 * where it is read (`words.ts`, `functions.ts`).
 */
const REFUSALS = {
  asof: {
    what: 'a stream cannot tell that no nearer row will come',
    expected: 'FOR SYSTEM_TIME AS OF, which waits for the watermark',
    found: 'ASOF JOIN',
    hint: 'Write JOIN r FOR SYSTEM_TIME AS OF l.ts ON l.id = r.id, with r a table with a PRIMARY KEY; or run it with mode=batch.',
  },
  limit: {
    what: 'a stream has no order in which it could be cut off',
    expected: 'WHERE or HAVING, which pick rows by their values',
    found: 'LIMIT',
    hint: 'Number the rows by ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS rn in a subquery, and keep WHERE rn <= 3 outside; or run it with mode=batch.',
  },
} as const;

/** Refuses `what` where the text must be able to run on a stream. */
export function notOnStreams(what: keyof typeof REFUSALS, { streaming }: Relations, place: TextPlace): void {
  if (streaming) fail(place, REFUSALS[what]);
}
