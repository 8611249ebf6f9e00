/** How many spans of time lie on each other at most. */
export function deepest(spans: { start: number; end: number }[]): number {
  const edges = spans.flatMap(({ start, end }) => [
    { at: start, by: 1 },
    { at: end, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  let most = 0;
  let now = 0;
  for (const { by } of edges) most = Math.max(most, (now += by));
  return most;
}
