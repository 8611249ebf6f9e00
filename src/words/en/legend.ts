/** What the marks of pictures mean: each symbol of a legend, where its picture does not say more. */
export const LEGEND = {
  event: 'event',
  other: 'other events',
  late: 'late, counted',
  'too late': 'too late, set aside',
  watermark: 'watermark',
  'thin watermark': 'of one partition',
  'idle watermark': 'idle',
  ideal: 'perfect watermark',
  'own watermark': 'its watermark',
  'own idle': 'idle: does not count',
  'watermark line': 'watermark',
  alone: 'emitted alone',
  'struck dot': 'taken back by its stream',
  bracket: 'times that a left row looks for',
  version: 'valid version',
  pair: 'pair',
  '+I': '+I a new row',
  '−U': '−U takes back',
  '+U': '+U puts in its place',
  '−D': '−D takes away',
  truth: 'no delay',
  open: 'window, open',
  fired: 'fired on time',
  'fired early': 'fired early',
  'fired late': 'fired late',
  'taken back': 'taken back',
  kept: 'kept for late events',
  'fired band': 'window',
  'closed band': 'closed, state gone',
  pane: 'fired on time',
  'pane early': 'fired early',
  'pane late': 'fired late',
  seam: 'sessions that became one',
  closed: 'closed',
  changed: 'just changed',
  newest: 'just read',
  head: 'read head',
  rows: 'rows in its state',
  run: 'a run',
  'current run': 'the run shown now',
};

export const keyLegend = (column: string, key: string): string => `${column} ${key}`;
export const moreKeysLegend = (keys: number): string => `${keys} more, by name`;

/** A window of a lane that has fired. */
export const PAST_ITS_END = 'past its end, state kept';

/** Rows of a join that are not kept; of a join with versions they have been answered. */
export const goneLegend = (isLookup: boolean): string => (isLookup ? 'answered, or forgotten' : 'forgotten');
/** A row of a join without partner, where its time does not count. */
export const STANDS_ALONE = 'stands alone';

/** Events of a partition, and its newest one. */
export const EVENT = 'event';
export const NEWEST_EVENT = 'newest event time';
/** The watermark of a stream among those of its partitions. */
export const streamWatermark = (allIdle: boolean): string =>
  `watermark of the stream: the ${allIdle ? 'largest, as all are idle' : 'least'}`;

/** A run of a sweep; `family`: the second knob. */
export const runLegend = (knob: string, family: string | undefined): string =>
  family === undefined ? `a run, at its ${knob}` : `a run, at its ${knob}; a line for each ${family}`;
