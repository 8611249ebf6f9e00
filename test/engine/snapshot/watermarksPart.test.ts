import { expect, test } from 'vitest';
import { MAX_TIME, readRow, type Snapshot, type Value } from '../../../src/model';
import { pictured } from '../../support/pictures';

const rows = (snapshot: Snapshot, name: string): Value[][] => {
  const { table } = snapshot.parts[`f.${name}`];
  return Array.from({ length: table.length }, (_, row) => readRow(table, row));
};

const plane = (run: string) => pictured(run, 'event-time-plane', { partitions: true, ideal: true });

test.each(['stuck', 'freed'])(
  'S1.4 S1.8 %s: the watermark is the least of the partitions that are not idle',
  async (run) => {
    const snapshot = await plane(run);
    const moves = rows(snapshot, 'partitions').map((row) => row.map(Number));
    const line = rows(snapshot, 'watermarks').map((row) => row.map(Number));
    const now = new Map<number, { watermark: number; idle: boolean }>();
    const combined = new Map<number, number>();
    for (const [processing, , partition, watermark, idle] of moves) {
      now.set(partition, { watermark, idle: idle === 1 });
      const active = [...now.values()].filter((one) => !one.idle);
      if (now.size === 3 && active.length > 0)
        combined.set(processing, Math.min(...active.map((one) => one.watermark)));
    }
    expect(line.length).toBeGreaterThan(0);
    for (const [processing, watermark] of line) {
      const least = combined.get(processing);
      if (least !== undefined) expect(watermark).toBeGreaterThanOrEqual(least);
    }
    expect(now.size).toBe(3);
    expect([...now].map(([partition, { watermark }]) => [partition, watermark])).toEqual(
      snapshot.partitions.map((one) => [one.partition, one.watermark]),
    );
  },
);

test('S20.1 no event is late under the perfect watermark', async () => {
  const snapshot = await plane('stuck');
  const ideal = rows(snapshot, 'ideal').map((row) => row.map(Number));
  const events = snapshot.parts['f.events'].table;
  const [time, append] = ['#time', '#append'].map((name) => events.schema.findIndex((one) => one.name === name));
  for (let row = 0; row < events.length; row += 1) {
    const before = ideal.filter(([processing]) => processing < Number(readRow(events, row)[append])).at(-1);
    if (before) expect(Number(readRow(events, row)[time])).toBeGreaterThan(before[1]);
  }
  expect(ideal.at(-1)![1]).toBe(MAX_TIME);
});
