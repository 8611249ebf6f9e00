import { type Knob, type Metric } from '../notebook/document';
import { formatUnit } from '../notebook/units';

/** Metrics in words, for axes and tables. */
export const METRIC_WORDS: Record<Metric, string> = {
  completeness: 'completeness',
  latencyP50: 'median latency',
  latencyP99: '99th percentile of latency',
  dropped: 'set aside as too late',
  late: 'late events',
  rowsIn: 'events read',
  rowsOut: 'rows sent',
  rowsRead: 'rows read',
  stateRowsMax: 'most rows of state',
};

export const formatKnob = (knob: Pick<Knob, 'unit'>, value: number): string => formatUnit(value, knob.unit);
