import { type ClaimName } from '../../model';

/**
 * Claims about runs, true and false, each with the definition that it is about and the condition that it amounts to.
 * Options are written as in the head of a sql cell, the condition in our SQL over the facts of a run
 * (`condition.ts`). What a claim states in words, and what breaks it, is in `words`.
 */
export interface Claim {
  sql: string;
  /** Options of the run. */
  options: Readonly<Record<string, string>>;
  /** Options of the run that it is compared with, over the first ones; null: it is compared with none. */
  against: Readonly<Record<string, string>> | null;
  /** Options that the claim leaves open, with what is tried for each, simplest first. */
  free: Readonly<Record<string, readonly string[]>>;
  partitions: number;
  /** Event times and delays that are tried, as clock times and spans. */
  times: readonly string[];
  delays: readonly string[];
  holds: string;
}

const PER_MINUTE = `SELECT window_start, window_end, COUNT(*) AS clicks
FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end`;

const PER_DAY = `SELECT window_start, window_end, COUNT(*) AS clicks
FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '1' DAY))
GROUP BY window_start, window_end`;

const USUAL = {
  sql: PER_MINUTE,
  against: null,
  free: {},
  partitions: 1,
  times: ['10:00', '10:00:30', '10:01', '10:01:30', '10:02', '10:03'],
  delays: ['0 s', '40 s', '100 s', '200 s'],
} as const;

const FEW = { times: ['10:00', '10:00:30', '10:01', '10:02'], delays: ['0 s', '40 s', '100 s'] } as const;

export const CLAIMS = {
  'no-older-event': {
    ...USUAL,
    options: { wait: '1 min', lateness: '1 min' },
    holds: 'late = 0',
  },
  'lateness-moves-watermark': {
    ...USUAL,
    options: { wait: '0 s', end: 'quiet' },
    against: { lateness: '0 s' },
    free: { lateness: ['1 min', '2 min'] },
    holds: 'watermark < other_watermark',
  },
  'late-is-dropped': {
    ...USUAL,
    options: { wait: '0 s', lateness: '1 min' },
    holds: 'late <= dropped',
  },
  'discarding-drops-late': {
    ...USUAL,
    options: { profile: 'beam', accumulation: 'discarding', wait: '0 s', lateness: '2 min' },
    holds: 'total <= events - late',
  },
  'one-watermark-rule': {
    ...USUAL,
    ...FEW,
    options: { profile: 'flink', wait: '0 s', end: 'quiet' },
    against: { profile: 'spark' },
    partitions: 2,
    holds: 'watermark = other_watermark',
  },
  'clock-closes-windows': {
    ...USUAL,
    options: { wait: '0 s', end: 'quiet' },
    holds: 'overdue = 0',
  },
  'quiet-partition-is-harmless': {
    ...USUAL,
    ...FEW,
    options: { wait: '0 s', end: 'quiet' },
    partitions: 2,
    holds: 'result = without_silent',
  },
  'published-is-final': {
    ...USUAL,
    ...FEW,
    options: { wait: '0 s', lateness: '1 min' },
    holds: 'updates = 0',
  },
  'stream-is-approximate': {
    ...USUAL,
    options: { wait: '0 s' },
    holds: 'result <> batch',
  },
  'batch-has-the-whole-day': {
    ...USUAL,
    sql: PER_DAY,
    options: { run: 'batch', every: '1 d' },
    times: ['23:57', '23:58', '23:59'],
    delays: ['0 s', '90 s', '5 min'],
    holds: 'updates = 0',
  },
  'order-does-not-matter': {
    ...USUAL,
    options: { wait: '0 s', lateness: '0 s' },
    holds: 'result = in_order',
  },
  'lateness-leaves-watermark': {
    ...USUAL,
    ...FEW,
    options: { wait: '0 s', end: 'quiet' },
    against: { lateness: '0 s' },
    free: { lateness: ['1 min', '2 min'] },
    holds: 'watermark = other_watermark',
  },
  'complete-stream-equals-batch': {
    ...USUAL,
    ...FEW,
    options: { wait: '0 s' },
    free: { lateness: ['0 s', '2 min'] },
    holds: 'dropped > 0 OR result = batch',
  },
} as const satisfies Record<ClaimName, Claim>;
