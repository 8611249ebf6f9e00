import { isStateless, type Wiring } from './build';
import { type Sources } from './sources';

/**
 * Whether a range may have events of several topics, which wires with two ports then take in the order of their inputs.
 * That order must be known when the rows come: below such a wire nobody may remember rows, and no watermark may move by
 * the clock, or be left out for being idle.
 */
export function canMix({ wires, lookup }: Wiring, { list, needsClock }: Sources): boolean {
  return (
    list.length > 1 &&
    !needsClock &&
    lookup < 0 &&
    wires.every(({ ports }) => ports.length === 1 || ports.every(isStateless(wires)))
  );
}
