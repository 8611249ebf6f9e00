import { expect, test, vi } from 'vitest';
import { type SqlCell } from '../../src/notebook/document';
import { type RunSpec } from '../../src/session/protocol';
import { type PreparedRun } from '../../src/site/pages';
import { fittingSpeed, Run } from '../../src/site/run.svelte.ts';
import { fakeClient } from '../support/fake-client';

const cell = { id: 'spend', title: 'Money per card' } as SqlCell;
const spec = (sql = 'SELECT') => ({ sql, forks: [] }) as unknown as RunSpec;

async function opened(client = fakeClient()) {
  const run = new Run(cell, null);
  const opening = run.open(client, spec());
  await vi.waitFor(() => expect(client.asked.length).toBe(1));
  await client.answer();
  await opening;
  return { run, client };
}

test('a run opens at its end, and its snapshot follows', async () => {
  const { run } = await opened();
  expect(run.step).toBe(99);
  expect(run.snapshot?.step).toBe(99);
});

test('scrubbing asks one question at a time, and next for where the reader is by then', async () => {
  const { run, client } = await opened();
  for (let step = 0; step < 60; step += 1) run.seek(step);
  expect(client.asked).toEqual([99, 0]);
  await client.answer();
  expect(client.asked).toEqual([99, 0, 59]);
  await client.answer();
  expect(run.snapshot?.step).toBe(59);
});

test('moments are stepped through both ways, and the ends hold', async () => {
  const { run } = await opened();
  run.first();
  expect(run.step).toBe(-1);
  run.back();
  expect(run.step).toBe(-1);
  run.nextMoment();
  run.nextMoment();
  expect(run.step).toBe(20);
  run.previousMoment();
  expect(run.step).toBe(10);
  run.end();
  run.forward();
  expect(run.step).toBe(99);
});

test('playing moves on by itself and stops at the end', async () => {
  const { run, client } = await opened();
  const answering = setInterval(() => void client.answer(), 2);
  run.seek(95);
  run.speed = 64;
  run.play();
  await vi.waitFor(() => expect(run.step).toBe(99), { timeout: 3000 });
  await vi.waitFor(() => expect(run.playing).toBe(false));
  clearInterval(answering);
  expect(Math.max(...client.asked)).toBe(99);
});

test('a run that fails says so and keeps what was there', async () => {
  const { run, client } = await opened();
  await run.open(client, spec('wrong'));
  expect(run.trouble).toMatchObject({ what: 'this does not fit here', where: 'Money per card' });
  expect(run.snapshot?.step).toBe(99);
  expect(run.summary?.id).toBe('SELECT');
});

test('after a cancelled run what was there stays, and is known to be from before', async () => {
  const { run, client } = await opened();
  await run.open(client, spec('cancelled'));
  expect([run.cancelled, run.trouble, run.summary?.id]).toEqual([true, null, 'SELECT']);
  const again = run.open(client, spec('other'));
  await vi.waitFor(() => expect(run.summary?.id).toBe('other'));
  await client.answer();
  await again;
  expect(run.cancelled).toBe(false);
});

test('another trace than the one written into the page is noticed', async () => {
  const summary = { id: 'SELECT', steps: 100, hash: 'written', marks: { columns: [{}, {}], length: 0 } };
  const prepared = { summary, drawn: {} } as unknown as PreparedRun;
  const differs = new Run(cell, prepared);
  await differs.open(fakeClient(), spec(), { authors: true });
  expect(differs.differs).toBe('written');
  const same = new Run(cell, prepared);
  await same.open(fakeClient({ hash: 'written' }), spec(), { authors: true });
  expect(same.differs).toBe(null);
});

test('the first speed lets a run last no longer than a minute, where there is one', () => {
  expect(fittingSpeed(50)).toBe(1);
  expect(fittingSpeed(316)).toBe(8);
  expect(fittingSpeed(1_000_000)).toBe(64);
});
