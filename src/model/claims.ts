import { type Value } from './column';
import { BIGINT, field, STRING, TIMESTAMP, type Schema } from './schema';

/** Claims about runs that a document may name; see `engine/search/claims.ts`. */
export const CLAIM_NAMES = [
  'no-older-event',
  'lateness-moves-watermark',
  'late-is-dropped',
  'discarding-drops-late',
  'one-watermark-rule',
  'clock-closes-windows',
  'quiet-partition-is-harmless',
  'published-is-final',
  'stream-is-approximate',
  'batch-has-the-whole-day',
  'order-does-not-matter',
  'lateness-leaves-watermark',
  'complete-stream-equals-batch',
] as const;
export type ClaimName = (typeof CLAIM_NAMES)[number];

/** Facts of a finished run that a claim may be about. Counts are whole numbers, times are timestamps, results are text. */
export const FACTS: Schema = [
  field('events', BIGINT),
  field('late', BIGINT),
  field('dropped', BIGINT),
  field('rows', BIGINT),
  field('updates', BIGINT),
  field('total', BIGINT, true),
  field('overdue', BIGINT, true),
  field('silent', BIGINT),
  field('newest', TIMESTAMP),
  field('clock', TIMESTAMP),
  field('watermark', TIMESTAMP, true),
  field('result', STRING),
  field('batch', STRING),
  field('in_order', STRING),
  field('without_silent', STRING),
  field('other_late', BIGINT),
  field('other_dropped', BIGINT),
  field('other_rows', BIGINT),
  field('other_updates', BIGINT),
  field('other_total', BIGINT, true),
  field('other_watermark', TIMESTAMP, true),
  field('other_result', STRING),
];

export type Facts = Record<string, Value>;
