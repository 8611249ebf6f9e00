/** Systems whose rules a run can follow. */
export const PROFILES = ['flink', 'beam', 'kafka', 'spark'] as const;
export type Profile = (typeof PROFILES)[number];

/** Decisions in which systems differ: the rows of the table of S18. */
export const TOPICS = [
  'watermark',
  'quiet',
  'expiry',
  'touching',
  'sessionEnd',
  'sessionLateness',
  'emission',
  'lateElement',
  'emptyPane',
  'finished',
  'negativeStart',
  'offset',
  'resultTime',
  'outerJoin',
  'lateJoin',
  'hopping',
] as const;
export type Topic = (typeof TOPICS)[number];
