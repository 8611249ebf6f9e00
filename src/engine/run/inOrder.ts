import { type RowRange } from '../stream/operator';

/** Calls `visit` for the rows of all inputs of an operator, one stretch at a time, in the order of their input numbers. */
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
