import type { Aggregate } from './aggregate';

/** The value some rows earlier in the partition, whatever the frame. */
export const LAG: Aggregate = {
  detail: 'LAG(x, rows, otherwise) OVER (…): of an earlier row',
  takes: 'any',
  type: (type) => type,
  nullable: 'of nothing',
  inFlink: true,
  fold: null,
};
