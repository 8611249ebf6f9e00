/**
 * Claims that people hold and that are not so, each with the definition that it is about and the condition that it
 * comes to. All of it is data in the words of a notebook: options as the head of a sql cell has them, the condition
 * in our SQL over the facts of a run (`condition.ts`).
 */
export interface Claim {
  /** The misconception that holds it, such as `M3`. */
  misconception: string;
  /** As people say it. */
  text: string;
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
  /** What a log that breaks it shows; `{fact}` is filled in. */
  says: string;
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
    misconception: 'M1',
    text: 'Behind a watermark no older event comes.',
    options: { wait: '1 min', lateness: '1 min' },
    holds: 'late = 0',
    says: '{late} of {events} events came behind the watermark. A watermark that waits 1 min for stragglers is a bet; this one took longer.',
  },
  'lateness-moves-watermark': {
    ...USUAL,
    misconception: 'M2',
    text: 'The more lateness is allowed, the further the watermark stays behind.',
    options: { wait: '0 s', end: 'quiet' },
    against: { lateness: '0 s' },
    free: { lateness: ['1 min', '2 min'] },
    holds: 'watermark < other_watermark',
    says: 'With that lateness nothing before {watermark} is expected any more, and without any nothing before {other_watermark}. Lateness keeps windows longer; only the wait moves the watermark.',
  },
  'late-is-dropped': {
    ...USUAL,
    misconception: 'M3',
    text: 'A late event is dropped.',
    options: { wait: '0 s', lateness: '1 min' },
    holds: 'late <= dropped',
    says: '{late} event came late and {dropped} were dropped: its window was still kept and took it in.',
  },
  'discarding-drops-late': {
    ...USUAL,
    misconception: 'M4',
    text: 'Discarding panes drop late data.',
    options: { profile: 'beam', accumulation: 'discarding', wait: '0 s', lateness: '2 min' },
    holds: 'total <= events - late',
    says: '{late} of {events} events came late, and the panes add up to {total}: the late one has a pane of its own. What is discarded is what a pane has already said.',
  },
  'one-watermark-rule': {
    ...USUAL,
    ...FEW,
    misconception: 'M5',
    text: 'Flink and Spark compute the same watermark from the same log.',
    options: { profile: 'flink', wait: '0 s', end: 'quiet' },
    against: { profile: 'spark' },
    partitions: 2,
    holds: 'watermark = other_watermark',
    says: 'Flink expects nothing before {watermark} any more: the least over the partitions. Spark expects nothing before {other_watermark}: the newest event of all of them.',
  },
  'clock-closes-windows': {
    ...USUAL,
    misconception: 'M6',
    text: 'A window fires when the clock passes its end.',
    options: { wait: '0 s', end: 'quiet' },
    holds: 'overdue = 0',
    says: 'The clock showed {clock}, and {overdue} window that had ended by then had said nothing. No newer event had come, so whatever happened from {watermark} on was still expected.',
  },
  'quiet-partition-is-harmless': {
    ...USUAL,
    ...FEW,
    misconception: 'M7',
    text: 'A partition from which nothing comes does no harm.',
    options: { wait: '0 s', end: 'quiet' },
    partitions: 2,
    holds: 'result = without_silent',
    says: '{silent} of 2 partitions stayed quiet, and nothing had promised that it would. Without that partition a window would have fired.',
  },
  'published-is-final': {
    ...USUAL,
    ...FEW,
    misconception: 'M8',
    text: 'A result, once published, does not change.',
    options: { wait: '0 s', lateness: '1 min' },
    holds: 'updates = 0',
    says: '{updates} published row was taken back: a late event was still let in and changed it.',
  },
  'stream-is-approximate': {
    ...USUAL,
    misconception: 'M13',
    text: "A stream's answer is never that of a batch.",
    options: { wait: '0 s' },
    holds: 'result <> batch',
    says: 'Both gave the same rows: with {dropped} events dropped, the stream has counted all that the batch has counted.',
  },
  'batch-has-the-whole-day': {
    ...USUAL,
    misconception: 'M13',
    text: 'A batch is exact: the one that runs at midnight has all of the day.',
    sql: PER_DAY,
    options: { run: 'batch', every: '1 d' },
    times: ['23:57', '23:58', '23:59'],
    delays: ['0 s', '90 s', '5 min'],
    holds: 'updates = 0',
    says: 'The next batch took {updates} row of the first one back: an event of that day arrived after midnight.',
  },
  'order-does-not-matter': {
    ...USUAL,
    misconception: 'M24',
    text: 'The same events give the same answer, whatever the order in which they arrive.',
    options: { wait: '0 s', lateness: '0 s' },
    holds: 'result = in_order',
    says: 'Had they arrived in the order of their event times, the answer would be another one. Here {dropped} of {events} came too late.',
  },
  'lateness-leaves-watermark': {
    ...USUAL,
    ...FEW,
    misconception: 'M2',
    text: 'Allowed lateness does not move the watermark.',
    options: { wait: '0 s', end: 'quiet' },
    against: { lateness: '0 s' },
    free: { lateness: ['1 min', '2 min'] },
    holds: 'watermark = other_watermark',
    says: 'With that lateness nothing before {watermark} is expected any more, without any nothing before {other_watermark}.',
  },
  'complete-stream-equals-batch': {
    ...USUAL,
    ...FEW,
    misconception: 'M13',
    text: 'Where nothing is dropped, the stream ends with the answer of the batch.',
    options: { wait: '0 s' },
    free: { lateness: ['0 s', '2 min'] },
    holds: 'dropped > 0 OR result = batch',
    says: 'Nothing was dropped, and yet the answers differ.',
  },
} as const satisfies Record<string, Claim>;

export type ClaimName = keyof typeof CLAIMS;
export const CLAIM_NAMES = Object.keys(CLAIMS) as ClaimName[];
