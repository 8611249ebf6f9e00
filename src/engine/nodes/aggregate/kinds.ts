import { explainCalls } from '../../../sql/explain';
import { always, immediately, type KindFamily } from '../kind';
import { PANE_OPTIONS } from '../window/kinds';

export const kinds = {
  aggregate: {
    explain: ({ aggregates, keys }) => explainCalls(aggregates, keys),
    keys: ({ keys }) => [keys],
    grouping: ({ input, keys }) => ({ input, keys, window: { kind: 'global' } }),
    changes: always,
    retractions: 'incremental',
    recompute: () => ({ identity: 'key', due: immediately }),
    // With a trigger it is a window of all time, whose panes have no key (S2.8).
    options: (_, { trigger }, isLast) => (trigger !== null ? PANE_OPTIONS : isLast ? ['upsert'] : []),
  },
} satisfies KindFamily;
