import { FLINK } from './flink';
import { policy, type Policies } from './policy';

export const BEAM: Policies = {
  ...FLINK,
  system: 'Beam',
  defaults: { trigger: { type: 'default' }, accumulation: 'discarding', watermark: null },
  watermark: policy('before', 'S1.1', 'A watermark W says that nothing before W is still to come.'),
  expiry: policy(
    'end − 1 + lateness < W',
    'S5.2',
    'A window is gone when W has passed its last millisecond + lateness.',
  ),
  touching: policy('separate', 'S3.2', 'Two events exactly one gap apart are two sessions.'),
  sessionLateness: policy('own', 'S3.8', 'A late event is judged by itself, before sessions merge.'),
  emission: policy('window end', 'S4.9', 'The default trigger speaks when W reaches the end of the window.'),
  lateElement: policy('trigger', 'S4.4', 'Late events speak when the default or the late trigger says so.'),
  emptyPane: policy(true, 'S4.11', 'The on-time pane is sent even when nothing is in it.'),
  finished: policy('closes', 'S4.8', 'When a trigger has finished, its window is closed and later events are dropped.'),
  offset: policy('from zero', 'S2.4', 'An offset is at least zero and shorter than the window.'),
  outerJoin: policy('none', 'S8.4', 'There is no such join.'),
  lateJoin: policy('none', 'S8.2', 'There is no such join.'),
  jump: policy('once', 'S4.12', 'A watermark that passes several timers of a window fires it once.'),
  evictors: policy(false, 'S20.3', 'There are no evictors.'),
  outputTimestamp: policy(true, 'S2.1', 'A pane has the end of its window, or the time of its first or last row.'),
};
