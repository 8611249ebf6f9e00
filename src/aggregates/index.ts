import type { Aggregate } from './aggregate';
import { APPROX_COUNT_DISTINCT } from './approxCountDistinct';
import { AVG } from './avg';
import { COUNT } from './count';
import { FIRST_VALUE, LAST_VALUE } from './firstLast';
import { LAG } from './lag';
import { MEDIAN } from './median';
import { MAX, MIN } from './minMax';
import { STDDEV_POP, STDDEV_SAMP } from './stddev';
import { SUM } from './sum';

/** Every aggregate function, in the order in which completions offer them. */
export const AGGREGATES = {
  COUNT,
  SUM,
  AVG,
  MIN,
  MAX,
  STDDEV_SAMP,
  STDDEV_POP,
  FIRST_VALUE,
  LAST_VALUE,
  APPROX_COUNT_DISTINCT,
  MEDIAN,
  LAG,
} satisfies Record<string, Aggregate>;

export type AggregateName = keyof typeof AGGREGATES;

export const aggregateOf = (name: AggregateName): Aggregate => AGGREGATES[name];
