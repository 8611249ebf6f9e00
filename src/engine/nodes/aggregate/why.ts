import { unchanged, type ExplanationFamily } from '../explanation';
import { followFired, keyOf } from '../window/why';

export const why = {
  aggregate: {
    // With a trigger it is a window of all time (S2.8); else everything of the group so far.
    contributors({ keys }, trail) {
      if (!followFired(keys, trail)) trail.followKey(0, keys, keyOf(keys, trail), (_, from) => from <= trail.input);
    },
    isMadeFrom: (_, result, row) => result.input === row.input,
    absent: unchanged,
  },
} satisfies ExplanationFamily;
