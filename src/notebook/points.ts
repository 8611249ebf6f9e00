import type { SweepCell } from './document';

/** What the knobs are set to in each run, the first knob's values inmost. */
export function pointsOf({ knobs }: Pick<SweepCell, 'knobs'>): Record<string, number>[] {
  const [first, second] = knobs;
  const along = (rest: Record<string, number>): Record<string, number>[] =>
    first.values.map((value) => ({ [first.name]: value, ...rest }));
  return second ? second.values.flatMap((value) => along({ [second.name]: value })) : along({});
}
