import { expect, test, vi } from 'vitest';
import { type CompareCell } from '../../src/notebook/document';
import { parseLesson } from '../../src/notebook/parse';
import { applySetting, cellsOf, runSpecs } from '../../src/notebook/settle';
import { type SessionClient } from '../../src/session/client';
import { createSession } from '../../src/session/session';
import { SideBySide } from '../../src/site/compare.svelte.ts';
import { prepareLesson } from '../../src/site/build/prepare';

const TEXT = `---
title: Two waits
minutes: 5
concepts: []
---

\`\`\`scenario id=day
streams:
  payments:
    columns: {card: INT, amount: "DECIMAL(10,2)", ts: TIMESTAMP(3)}
    key: card
    events:
      - {at: "10:01", card: 1, amount: 10.00}
      - {at: "10:07", card: 1, amount: 1.00}
      - {at: "10:03", arrives: "10:08", card: 1, amount: 5.00}
      - {at: "10:12", card: 1, amount: 2.00}
\`\`\`

\`\`\`sql id=spend reads=day wait="0 s"
SELECT card, window_start, SUM(amount) AS spend FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))
GROUP BY card, window_start, window_end;
\`\`\`

\`\`\`compare id=two reads=spend
runs: {none: , some: {lateness: 10 m}}
result-table: {}
show: {moment: fired, n: 1}
\`\`\`
`;

/** The page's half, on a session of this thread that has not opened anything yet. */
async function opened() {
  const lesson = parseLesson(TEXT, { file: 'two.md', slug: 'two', part: 'time', partTitle: 'Time' });
  const data = await prepareLesson(lesson, 'two.md', createSession());
  const [cell] = cellsOf(lesson).filter((one): one is CompareCell => one.kind === 'compare');
  const specs = runSpecs(lesson);
  const sides = cell.sides.map(({ of, set }) => applySetting(specs[of], set));
  const client = createSession() as SessionClient;
  return { view: new SideBySide(cell, data.compares.two, sides), client, sides };
}

const lengths = (view: SideBySide): number[] => view.snapshots.map(({ parts }) => parts['two.result'].table.length);

test('both runs stand at the time of the first one, and move together', async () => {
  const { view, client, sides } = await opened();
  expect(view.snapshots.map(({ clocks }) => clocks.processingTime)).toEqual([view.time, view.time]);
  await view.adopt(client, sides);
  view.seek(-1);
  await vi.waitFor(() => expect(lengths(view)).toEqual([0, 0]));
  expect(view.time).toBe(-Infinity);
  view.seek(99);
  await vi.waitFor(() => expect(lengths(view)).toEqual([3, 3]));
  expect(view.at).toBe(view.last);
  expect(view.trouble).toBeNull();
});

test('what the reader lays over a run is compared anew, also when that is given up once', async () => {
  const { view, client, sides } = await opened();
  await view.adopt(client, sides);
  expect(view.comparison.cells.filter(({ differs }) => differs.some(Boolean))).toHaveLength(1);
  view.seek(view.last);
  const compare = client.compare.bind(client);
  const spy = vi
    .spyOn(client, 'compare')
    .mockResolvedValueOnce({ cancelled: true })
    .mockImplementation((...args) => compare(...args));
  await view.adopt(client, [applySetting(sides[0], { lateness: 600_000 }), sides[1]]);
  expect(spy).toHaveBeenCalledTimes(2);
  expect(view.comparison.cells.filter(({ differs }) => differs.some(Boolean))).toHaveLength(0);
  expect(view.at).toBe(view.last);
});

test('runs that cannot be compared any more say so, and what was compared stays', async () => {
  const { view, client, sides } = await opened();
  const before = view.comparison;
  await view.adopt(client, [{ ...sides[0], sql: 'SELECT card FROM payments' }, sides[1]]);
  expect(view.trouble?.what).toMatch(/no windows to compare/);
  expect(view.comparison).toBe(before);
});
