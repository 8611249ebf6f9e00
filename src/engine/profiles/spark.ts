import { formatDuration, MAX_TIME, type Duration } from '../../model';
import { type Trigger } from '../stream/options';
import { FLINK } from './flink';
import { NOT_DISCARDING, notIdle, policy, type Policies, type Refusal } from './policy';

/** Length of a micro-batch where the query gives none, ms (S20.4). */
const MICRO_BATCH: Duration = 1_000;

const TRIGGERS: ReadonlySet<Trigger['type']> = new Set(['window-end', 'continuous-processing-time']);

const REFUSALS: readonly Refusal[] = [
  {
    // Output mode `complete` keeps every window: an unlimited lateness.
    found: ({ lateness }) => (lateness > 0 && lateness !== MAX_TIME ? formatDuration(lateness) : null),
    what: 'has no lateness after a window',
    expected: '0 s (S20.4)',
    hint: 'Make the delay of the watermark longer instead.',
  },
  {
    found: ({ watermark }) => (watermark && watermark.type !== 'micro-batch' ? watermark.type : null),
    what: 'sets its watermark at the end of a micro-batch',
    expected: 'micro-batch',
    hint: 'Leave it out.',
  },
  notIdle('nothing: one watermark for all'),
  {
    found: ({ trigger }) => (trigger && !TRIGGERS.has(trigger.type) ? trigger.type : null),
    what: 'has no such trigger',
    expected: 'window-end or continuous-processing-time',
    hint: 'Leave it out.',
  },
  NOT_DISCARDING,
];

/**
 * Windows are Flink's; the watermark is not (S20.4). The output modes are options: `append` fires at the end of a
 * window, `update` and `complete` at the end of each micro-batch (`continuous-processing-time`), and `complete` forgets
 * nothing (an unlimited lateness).
 */
export const SPARK: Policies = {
  ...FLINK,
  system: 'Spark Structured Streaming',
  defaults: { ...FLINK.defaults, watermark: { type: 'micro-batch', batch: MICRO_BATCH } },
  refusals: REFUSALS,
  watermark: policy('before', 'S20.4'),
  quiet: policy('watermark', 'S20.4'),
  expiry: policy('end − 1 + lateness ≤ W', 'S20.4'),
  emission: policy('window end', 'S20.4'),
  lateElement: policy('dropped', 'S20.4'),
  finished: policy('none', 'S4.8'),
  evictors: policy(false, 'S20.3'),
  sqlHop: policy('slide or more', 'S2.4'),
};
