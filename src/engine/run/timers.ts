import { addTime, MAX_TIME } from '../../model';
import { type RunTimers } from './agenda';
import { type RunOperator } from './runOperator';
import { type Sources } from './sources';

/** The processing-time timers of sources, operators and state; null where the clock never has anything to do. */
export function timersOf(sources: Sources, operators: readonly RunOperator[]): RunTimers | null {
  const lifetime = operators.reduce((least, { backend }) => Math.min(least, backend.shortestLifetime), MAX_TIME);
  if (!sources.needsClock && lifetime === MAX_TIME && !operators.some(mayAsk)) return null;
  return {
    next: () =>
      operators.reduce(
        (least, { operator, backend }) => Math.min(least, backend.alarm(), operator.alarm?.() ?? MAX_TIME),
        sources.alarm(),
      ),
    earliestFrom: (now) =>
      operators.some(mayAsk) ? now : Math.min(sources.earliestTimer(now), addTime(now, lifetime)),
  };
}

/** Whether an operator, as it is set, may ask for a processing time. */
const mayAsk = ({ operator }: RunOperator): boolean => operator.alarm !== undefined && operator.isClocked !== false;
