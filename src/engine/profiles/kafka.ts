import { formatDuration } from '../../model';
import { type Trigger } from '../stream/options';
import { NOT_DISCARDING, notIdle, policy, type Policies, type Refusal } from './policy';

const STREAM_TIME = 'nothing: stream time is the largest event time that has come (S1.1)';
const GRACE = 'Write how late an event may come as the allowed lateness: Kafka Streams calls it grace.';

const inner = (trigger: Trigger): Trigger => (trigger.type === 'repeat' ? trigger.of : trigger);
const isUpdate = (trigger: Trigger): boolean => trigger.type === 'count' && trigger.n === 1;

const REFUSALS: readonly Refusal[] = [
  {
    found: ({ wait }) => (wait ? formatDuration(wait) : null),
    what: 'has no watermark that could wait',
    expected: STREAM_TIME,
    hint: GRACE,
  },
  {
    found: ({ watermark }) => (watermark && watermark.type !== 'stream-time' ? watermark.type : null),
    what: 'has no watermarks',
    expected: STREAM_TIME,
    hint: GRACE,
  },
  notIdle(STREAM_TIME),
  {
    found: ({ maxDrift }) => (maxDrift === null ? null : formatDuration(maxDrift)),
    what: 'does not align partitions',
    expected: STREAM_TIME,
    hint: 'Leave the drift out.',
  },
  NOT_DISCARDING,
  {
    found: ({ trigger }) =>
      trigger === null || isUpdate(inner(trigger)) || inner(trigger).type === 'window-end' ? null : inner(trigger).type,
    what: 'has no triggers',
    expected: 'count 1 (every record) or window-end (once the window has closed)',
    hint: 'Leave the trigger out to see every update.',
  },
];

/**
 * A result is a changelog, although Kafka's own format has only the new value: readers of a result must be able to add
 * it up (S6.3).
 */
export const KAFKA: Policies = {
  system: 'Kafka Streams',
  defaults: { trigger: { type: 'count', n: 1 }, accumulation: 'retracting', watermark: { type: 'stream-time' } },
  refusals: REFUSALS,
  watermark: policy('none', 'S1.1'),
  quiet: policy('record', 'S1.1'),
  expiry: policy('end ≤ W − grace', 'S5.2'),
  touching: policy('merge', 'S3.2'),
  sessionEnd: policy('last', 'S3.2'),
  sessionLateness: policy('merged', 'S3.8'),
  emission: policy('record', 'S3.6'),
  lateElement: policy('update', 'S5.2'),
  emptyPane: policy(false, 'S4.2'),
  finished: policy('none', 'S4.8'),
  negativeStart: policy(false, 'S2.5'),
  offset: policy('none', 'S2.4'),
  resultTime: policy('newest record', 'S13.6'),
  outerJoin: policy('grace', 'S8.6'),
  lateJoin: policy('within grace', 'S8.6'),
  hopping: policy('hopping', 'S7.5'),
  jump: policy('each timer', 'S5.2'),
  joinExpiry: policy('grace', 'S8.6'),
  versions: policy('stream time', 'S9.9'),
  gaps: policy(false, 'S2.4'),
  sqlHop: policy('slide or more', 'S2.4'),
  cumulating: policy(false, 'S2.6'),
  evictors: policy(false, 'S20.3'),
  outputTimestamp: policy(false, 'S13.6'),
};
