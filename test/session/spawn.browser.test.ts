import { afterEach, expect, test } from 'vitest';
import { connect, type ConnectOptions, type SessionClient, type SessionState } from '../../src/session/client';
import { createSession } from '../../src/session/session';
import { type SessionApi } from '../../src/session/protocol';
import { spawnWorker } from '../../src/session/spawn';
import { paymentsSpec, sameBytes } from './same-bytes';

/** The real engine behind the real boundary. */
const clients: SessionClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

function open(options: ConnectOptions = {}) {
  const workers: Worker[] = [];
  const spawn = () => {
    workers.push(spawnWorker());
    return workers.at(-1)!;
  };
  const client = connect({ spawn, ...options });
  clients.push(client);
  const reach = (wanted: SessionState['state']) =>
    new Promise<void>((resolve) => client.onstate(({ state }) => void (state === wanted && resolve())));
  return { client, workers, reach };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Data, then a run and its end; long enough to be killed in any part. */
async function read(session: SessionApi): Promise<string> {
  const data = await session.generate('page', 7, 'realistic');
  const run = await session.run(paymentsSpec());
  if (!('ok' in run) || !('ok' in data)) throw new Error(JSON.stringify([data, run]));
  const end = await session.state(run.ok.id, run.ok.steps - 1, { result: { part: 'result' } });
  return JSON.stringify([data.ok.hash, run.ok, end]);
}

test('worker and page agree on data, steps and results', async () => {
  expect(await sameBytes(open().client)).toEqual(await sameBytes(createSession()));
});

test('U-07 8 random kills of the engine leave the same data, steps and results as none', async () => {
  let seed = 5;
  const random = (below: number) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 4) % below;
  const unkilled = await read(open().client);
  for (let kill = 0; kill < 8; kill += 1) {
    const { client, workers, reach } = open({ spare: false });
    const reading = read(client);
    await reach('ready');
    await wait(random(400));
    if (random(3)) workers[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
    else workers[0].terminate();
    expect(await reading).toBe(unkilled);
    client.dispose();
  }
});

test('cancel goes through while the lab data is made', async () => {
  const { client } = open();
  const told: number[] = [];
  const making = client.generate('lab', 7, 'realistic', ({ done }) => told.push(done));
  await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThan(2);
  await client.cancel();
  expect(await making).toEqual({ cancelled: true });
});

test('a long piece of work is not taken for a hang', async () => {
  const { client } = open();
  const states: string[] = [];
  client.onstate(({ state }) => states.push(state));
  const made = await client.generate('lab', 7, 'realistic');
  expect(made).toHaveProperty('ok');
  expect(states).toEqual(['starting', 'ready']);
});
