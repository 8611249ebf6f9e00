import { type Profile, type Topic } from '../../model';

/** Decisions in which systems differ, as the table of S18 names them. */
const TOPIC_NAMES: Record<Topic, string> = {
  watermark: 'watermark W',
  quiet: 'what moves time for a quiet key or partition',
  expiry: 'window dropped when',
  touching: 'sessions one gap apart',
  sessionEnd: 'session bounds',
  sessionLateness: 'late session event judged',
  emission: 'first emission',
  lateElement: 'late event within the lateness',
  emptyPane: 'empty on-time pane',
  finished: 'finished trigger',
  negativeStart: 'negative window starts',
  offset: 'negative offset',
  resultTime: 'result timestamp',
  outerJoin: 'outer stream join null',
  lateJoin: 'late row in interval join',
  hopping: '"hopping"',
};

type PolicyTexts = Record<Topic, string>;

const FLINK: PolicyTexts = {
  watermark: 'A watermark W asserts that no event at or before W is still to come.',
  quiet: 'The watermark closes the windows of quiet keys; an idle input is ignored.',
  expiry: 'A window expires when W reaches its last millisecond + lateness.',
  touching: 'Two events exactly one gap apart are one session.',
  sessionEnd: 'A session is [first, last + gap), its end excluded.',
  sessionLateness: 'A late event is judged by the session that it would be part of.',
  emission: 'A window fires when W reaches its last millisecond.',
  lateElement: 'A late event within the lateness makes its window fire again immediately.',
  emptyPane: 'A window without events does not exist.',
  finished: 'A trigger starts again after each firing.',
  negativeStart: 'A window may start before the epoch.',
  offset: 'An offset may have either sign, if it is shorter than the window or slide.',
  resultTime: 'A result has the time of the last millisecond of its window.',
  outerJoin: 'A row is padded with nulls when W rules out a partner.',
  lateJoin: 'A stream join drops rows older than W; SQL still matches them with what is stored.',
  hopping: 'A sliding window is one that starts every slide: SQL calls it HOP.',
};

const BEAM: PolicyTexts = {
  ...FLINK,
  watermark: 'A watermark W asserts that no event before W is still to come.',
  expiry: 'A window expires when W has passed its last millisecond + lateness.',
  touching: 'Two events exactly one gap apart are two sessions.',
  sessionLateness: 'A late event is judged by itself, before sessions merge.',
  emission: 'The default trigger fires when W reaches the end of the window.',
  lateElement: 'Late events are emitted when the default or the late trigger fires.',
  emptyPane: 'The on-time pane is emitted even when it is empty.',
  finished: 'When a trigger has finished, its window is closed and later events are dropped.',
  offset: 'An offset is at least zero and shorter than the window.',
  outerJoin: 'There is no such join.',
  lateJoin: 'There is no such join.',
};

const KAFKA: PolicyTexts = {
  watermark: 'There is no watermark; stream time is the largest event time seen, over all keys.',
  quiet: 'Time advances only when a record arrives, whatever its key.',
  expiry: 'A window is closed when its end is at or before stream time − grace.',
  touching: 'Two events exactly one gap apart are one session.',
  sessionEnd: 'A session is [first, last], both ends included.',
  sessionLateness: 'A late event is judged by the session that it would be part of.',
  emission: 'Every record updates its windows; only emit-on-close emits a window once.',
  lateElement: 'A late event within the grace is one more update; with emit-on-close nothing is emitted earlier.',
  emptyPane: 'A window without events does not exist.',
  finished: 'There are no triggers.',
  negativeStart: 'No window starts before the epoch.',
  offset: 'Windows start at the epoch and have no offset.',
  resultTime: 'A result has the largest event time in its window.',
  outerJoin: 'A row is padded with nulls after the window and its grace.',
  lateJoin: 'A late row still matches within the grace.',
  hopping: 'HOP is a hopping window; a sliding window moves with each record.',
};

const SPARK: PolicyTexts = {
  ...FLINK,
  watermark: 'W is the largest event time − delay, set when a micro-batch ends.',
  quiet: 'One watermark for all partitions: their newest event moves it.',
  expiry: 'A window closes when its end is at or before W, and then drops its rows.',
  emission: 'Append emits a window once, when it has closed, after a micro-batch.',
  lateElement: 'There is no lateness besides the delay of the watermark.',
  finished: 'A trigger decides when a micro-batch starts, not when a window fires.',
  offset: 'Windows may start at any time of day.',
};

const POLICY_TEXTS: Record<Profile, PolicyTexts> = { flink: FLINK, beam: BEAM, kafka: KAFKA, spark: SPARK };

export const topicName = (topic: Topic): string => TOPIC_NAMES[topic];

/** What a system does about a topic, in one sentence. */
export const policyText = (profile: Profile, topic: Topic): string => POLICY_TEXTS[profile][topic];
