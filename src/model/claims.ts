import { type Value } from './column';
import { BIGINT, field, STRING, TIMESTAMP, type Schema } from './schema';

/** Claims about runs that a document may name (see `engine/search/claims.ts`), with the misconception behind each. */
export const MISCONCEPTION_OF = {
  'no-older-event': 'M1',
  'lateness-moves-watermark': 'M2',
  'late-is-dropped': 'M3',
  'discarding-drops-late': 'M4',
  'one-watermark-rule': 'M5',
  'clock-closes-windows': 'M6',
  'quiet-partition-is-harmless': 'M7',
  'published-is-final': 'M8',
  'stream-is-approximate': 'M13',
  'batch-has-the-whole-day': 'M13',
  'order-does-not-matter': 'M24',
  'lateness-leaves-watermark': 'M2',
  'complete-stream-equals-batch': 'M13',
} as const;
export type ClaimName = keyof typeof MISCONCEPTION_OF;
export const CLAIM_NAMES = Object.keys(MISCONCEPTION_OF) as ClaimName[];

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
