import { explainCalls, explainWindow } from '../../../sql/explain';
import { type StreamOptions, type StreamSettings } from '../../stream/options';
import { POLICIES } from '../../profiles';
import { asInputs, atOwnTime, firstColumns, immediately, type KindFamily } from '../kind';

/** What is said of panes (S4.11, S20.3). */
export const PANE_OPTIONS: readonly (keyof StreamSettings)[] = ['evictor', 'outputTimestamp', 'onTime', 'closing'];

export const kinds = {
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

/** Windows that fire more than once replace what they said, unless each pane holds only what is new (S6.1). */
function refires({ accumulation, lateness, trigger, profile }: StreamOptions): boolean {
  if (accumulation === 'discarding') return false;
  if (lateness > 0) return true;
  return trigger ? trigger.type !== 'window-end' : POLICIES[profile].emission.is === 'record';
}
