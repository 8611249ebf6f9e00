import { formatDuration } from '../../model';
import { type Trigger } from '../stream/options';
import { policy, type Policies, type Refusal } from './policy';

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
    found: ({ watermark }) => (watermark ? watermark.type : null),
    what: 'has no watermarks',
    expected: STREAM_TIME,
    hint: GRACE,
  },
  {
    found: ({ idle }) => (idle === null ? null : formatDuration(idle)),
    what: 'knows no idle partitions',
    expected: STREAM_TIME,
    hint: 'Leave `idle` out.',
  },
  {
    found: ({ maxDrift }) => (maxDrift === null ? null : formatDuration(maxDrift)),
    what: 'does not align partitions',
    expected: STREAM_TIME,
    hint: 'Leave the drift out.',
  },
  {
    found: ({ accumulation }) => (accumulation === 'discarding' ? accumulation : null),
    what: 'keeps what a window holds',
    expected: 'accumulating or retracting',
    hint: 'Leave it out.',
  },
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
  defaults: { trigger: { type: 'count', n: 1 }, accumulation: 'retracting', watermark: null },
  refusals: REFUSALS,
  watermark: policy(
    'none',
    'S1.1',
    'There is no watermark; stream time is the largest event time seen, over all keys.',
  ),
  quiet: policy('record', 'S1.1', 'Time moves only when a record comes, of whatever key.'),
  expiry: policy('end ≤ W − grace', 'S5.2', 'A window is closed when its end is at or before stream time − grace.'),
  touching: policy('merge', 'S3.2', 'Two events exactly one gap apart are one session.'),
  sessionEnd: policy('last', 'S3.2', 'A session is [first, last], both ends included.'),
  sessionLateness: policy('merged', 'S3.8', 'A late event is judged by the session that it would be part of.'),
  emission: policy('record', 'S3.6', 'Every record updates its windows; only emit-on-close says a window once.'),
  lateElement: policy(
    'update',
    'S5.2',
    'A late event inside the grace is one more update; on close nothing is said before.',
  ),
  emptyPane: policy(false, 'S4.2', 'A window without events does not exist.'),
  finished: policy('none', 'S4.8', 'There are no triggers.'),
  negativeStart: policy(false, 'S2.5', 'No window starts before the epoch.'),
  offset: policy('none', 'S2.4', 'Windows start at the epoch and have no offset.'),
  resultTime: policy('newest record', 'S13.6', 'A result has the largest event time in its window.'),
  outerJoin: policy('grace', 'S8.6', 'A row is padded with nulls after the window and its grace.'),
  lateJoin: policy('within grace', 'S8.6', 'A late row still matches within the grace.'),
  hopping: policy('hopping', 'S7.5', 'HOP is a hopping window; a sliding window moves with each record.'),
  jump: policy('each timer', 'S5.2', 'Windows that one record closes are closed in order of their ends.'),
  joinExpiry: policy('grace', 'S8.6', 'A row is removed from the state after the window and its grace.'),
  versions: policy('stream time', 'S9.9', 'A row waits until stream time − grace has reached its time.'),
  gaps: policy(false, 'S2.4', 'The advance of a hopping window is at most its size.'),
  cumulating: policy(false, 'S2.6', 'There are no cumulative windows.'),
  evictors: policy(false, 'S20.3', 'There are no evictors.'),
  outputTimestamp: policy(false, 'S13.6', 'A result always has the largest event time in its window.'),
};
