import { FLINK } from './flink';
import { policy, type Policies } from './policy';

export const BEAM: Policies = {
  ...FLINK,
  system: 'Beam',
  defaults: { trigger: { type: 'default' }, accumulation: 'discarding', watermark: null },
  watermark: policy('before', 'S1.1'),
  expiry: policy('end − 1 + lateness < W', 'S5.2'),
  touching: policy('separate', 'S3.2'),
  sessionLateness: policy('own', 'S3.8'),
  emission: policy('window end', 'S4.9'),
  lateElement: policy('trigger', 'S4.4'),
  emptyPane: policy(true, 'S4.11'),
  finished: policy('closes', 'S4.8'),
  offset: policy('from zero', 'S2.4'),
  outerJoin: policy('none', 'S8.4'),
  lateJoin: policy('none', 'S8.2'),
  jump: policy('once', 'S4.12'),
  evictors: policy(false, 'S20.3'),
  sqlHop: policy('any', 'S2.4'),
  outputTimestamp: policy(true, 'S2.1'),
};
