import { type Fork } from '../../notebook/run';
import { type Offer } from '../../model';

/** Rows of one arrival time stand by partition; a millisecond between events keeps them in the order of the offer. */
const APART = 1;

/**
 * What an offer is as forks of the run, before input `at`, where the clock shows `now`: its events, one after the other,
 * and a stretch in which nothing else comes. `until`: when the window will have fired.
 */
export function forksOf({ events, until }: Offer, at: number, now: number): { forks: Fork[]; until: number } {
  let last = now;
  const forks = events.map(({ stream, partition, eventTime, arrives, values }): Fork => {
    last = Math.max(arrives, last + APART);
    return { at, action: { do: 'inject', stream, partition, eventTime, arrives: last, values } };
  });
  if (until === null) return { forks, until: last };
  const end = Math.max(until, last);
  return { forks: [...forks, { at, action: { do: 'wait', from: last, until: end } }], until: end };
}
