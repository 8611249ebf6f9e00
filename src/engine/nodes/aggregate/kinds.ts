import { explainCalls, explainWindow } from '../../../sql/explain';
import { inputsOf, type Plan } from '../../../sql/plan';
import { POLICIES } from '../../profiles';
import { type StreamOptions, type StreamSettings } from '../../stream/options';
import {
  asInputs,
  atOwnTime,
  byKey,
  firstColumns,
  immediately,
  type Changelog,
  type KindFamily,
  type NodeOf,
} from '../kind';

/** What is said of panes (S4.11, S20.3). */
const PANE_OPTIONS: readonly (keyof StreamSettings)[] = ['evictor', 'outputTimestamp', 'onTime', 'closing'];

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
  'window aggregate': {
    explain: ({ window, aggregates, keys }) =>
      [explainWindow(window), explainCalls(aggregates, keys)].filter(Boolean).join(', '),
    keys: ({ keys }) => [keys],
    grouping: (node) => node,
    resultKey: firstColumns,
    changelog: (node, options, reads) => (refires(options) ? 'retract' : asInputs(node, options, reads)),
    keyed: true,
    retractions: 'recompute',
    recompute: (_, { profile }) => ({
      identity: 'key',
      due: POLICIES[profile].emission.is === 'record' ? immediately : atOwnTime,
    }),
    options: () => PANE_OPTIONS,
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

/** Windows that fire more than once replace what they said, unless each pane holds only what is new (S6.1). */
function refires({ accumulation, lateness, trigger, profile }: StreamOptions): boolean {
  if (accumulation === 'discarding') return false;
  if (lateness > 0) return true;
  return trigger ? trigger.type !== 'window-end' : POLICIES[profile].emission.is === 'record';
}
