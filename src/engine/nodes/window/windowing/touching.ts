import { type Span } from './assign';

/** Whether windows that only touch (the end of one is the start of the other) are one (S3.2). */
export type Touching = 'merge' | 'separate';

/** Whether two windows are one session. Also for windows of no length (S3.7). */
export const meet = ([start, end]: Span, [otherStart, otherEnd]: Span, touching: Touching): boolean =>
  touching === 'merge' ? start <= otherEnd && otherStart <= end : start < otherEnd && otherStart < end;
