import { isStateless, type Wiring } from './build';
import { type RowRange } from './operator';
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

/** Calls `visit` for one stretch of rows of a port after another, by their inputs. */
export function inOrder(ranges: readonly RowRange[], visit: (port: number, from: number, to: number) => void): void {
  const next = ranges.map(({ from }) => from);
  for (;;) {
    let port = -1;
    let first = Infinity;
    let second = Infinity;
    for (let i = 0; i < ranges.length; i += 1) {
      const { batch, to } = ranges[i];
      if (next[i] === to) continue;
      const input = batch.input[next[i]];
      if (input < first) {
        second = first;
        first = input;
        port = i;
      } else if (input < second) second = input;
    }
    if (port < 0) return;
    const { batch, to } = ranges[port];
    const from = next[port];
    let end = from + 1;
    while (end < to && batch.input[end] < second) end += 1;
    next[port] = end;
    visit(port, from, end);
  }
}
