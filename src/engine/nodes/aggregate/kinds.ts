import { explainCalls } from '../../../sql/explain';
import { inputsOf, type Plan } from '../../../sql/plan';
import { type StreamOptions } from '../../stream/options';
import { byKey, firstColumns, immediately, type Changelog, type KindFamily, type NodeOf } from '../kind';
import { PANE_OPTIONS } from '../window/kinds';

export const kinds = {
  aggregate: {
    explain: ({ aggregates, keys }) => explainCalls(aggregates, keys),
    keys: ({ keys }) => [keys],
    grouping: ({ input, keys }) => ({ input, keys, window: { kind: 'global' } }),
    resultKey: firstColumns,
    changelog: (node, options, reads, isLast) =>
      isTriggered(node, options, reads) ? 'retract' : byKey(node, options, reads, isLast),
    keyed: true,
    retractions: 'incremental',
    recompute: () => ({ identity: 'key', due: immediately }),
    // With a trigger it is a window of all time, whose panes have no key (S2.8).
    options: (_, { trigger }, isLast) => (trigger !== null ? PANE_OPTIONS : isLast ? ['upsert'] : []),
  },
} satisfies KindFamily;

/**
 * A trigger applies to the first windowed aggregate only. Aggregates downstream of it, or of any input with
 * retractions, emit on every row: a window of all time could only count the row, also where it is taken back (S6.2).
 */
export const isTriggered = (
  { input }: NodeOf<'aggregate'>,
  { trigger }: StreamOptions,
  [reads]: readonly Changelog[],
): boolean => trigger !== null && reads === 'append' && !isOnPanes(input);

const isOnPanes = (plan: Plan): boolean =>
  plan.node === 'aggregate' || plan.node === 'window aggregate' || inputsOf(plan).some(isOnPanes);
