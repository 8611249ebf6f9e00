import { MAX_TIME, MIN_TIME, type Extent } from '../../model';
import { type TracedRun } from '../run/tracedRun';

export const emptyExtent = (): Extent => ({ time: [MAX_TIME, MIN_TIME], processing: [MAX_TIME, MIN_TIME] });

/** MIN_TIME for a time that does not count. */
export function widen({ time: span, processing: lived }: Extent, time: number, processing: number): void {
  if (time !== MIN_TIME) {
    if (time < span[0]) span[0] = time;
    if (time > span[1]) span[1] = time;
  }
  if (processing !== MIN_TIME) {
    if (processing < lived[0]) lived[0] = processing;
    if (processing > lived[1]) lived[1] = processing;
  }
}

/** Results come at any processing time of the run. */
export function resultExtent({ engine }: TracedRun): Extent {
  const extent = emptyExtent();
  const { inputs } = engine;
  const { length } = inputs;
  if (length > 0) {
    widen(extent, MIN_TIME, inputs.processing(0));
    widen(extent, MIN_TIME, inputs.processing(length - 1));
  }
  return extent;
}
