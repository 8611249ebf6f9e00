import { afterEach, expect, test } from 'vitest';
import { connect, type ConnectOptions, type SessionClient, type SessionState } from '../../src/session/client';
import { serve } from '../../src/session/worker';
import { fakeSession, specOf } from './fake-session';
import workerUrl from './fake-worker?worker&url';

const clients: SessionClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

const { scenario, options: exact } = specOf('');

function open(options: ConnectOptions = {}) {
  const workers: Worker[] = [];
  const spawn = () => {
    workers.push(new Worker(workerUrl, { type: 'module' }));
    return workers.at(-1)!;
  };
  const client = connect({ spawn, patience: 1_000, ...options });
  clients.push(client);
  const states: SessionState[] = [];
  client.onstate((state) => states.push(state));
  const reach = (wanted: SessionState['state']) =>
    new Promise<SessionState>((resolve) => client.onstate((state) => void (state.state === wanted && resolve(state))));
  return { client, workers, states, reach };
}

async function hashOf(client: SessionClient, sql: string): Promise<string> {
  const outcome = await client.run(specOf(sql));
  if (!('ok' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.ok.hash;
}

/** What a reader does: opens runs one after the other and looks at one of them. */
async function script(client: SessionClient): Promise<string> {
  const hashes: string[] = [];
  for (const sql of ['a', 'bb', 'ccc', 'dddd']) hashes.push(await hashOf(client, sql));
  return JSON.stringify([hashes, await client.state('run ccc 7', 4, {}), await client.seekTime('run a 7', 'event', 1)]);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a session answers from a worker', async () => {
  const { client, states } = open();
  expect(await script(client)).toContain('ok');
  expect(states).toEqual([{ state: 'starting' }, { state: 'ready', thread: 'worker' }]);
});

test('an uncaught error in the worker is a crash: it is replaced, and the runs come back', async () => {
  const { client, states, reach } = open();
  const before = await script(client);
  void client.diagnose('crash', scenario, exact);
  expect(await reach('replaced')).toMatchObject({ why: expect.stringMatching(/^The engine stopped with an error/) });
  expect(await client.seekTime('run bb 7', 'event', 0)).toEqual({ ok: 20 });
  expect(await script(client)).toBe(before);
  expect(states.map(({ state }) => state)).toEqual(['starting', 'ready', 'replaced', 'ready']);
});

test('a loop without end is a hang: it is replaced, and gives up what loops twice', async () => {
  const { client, reach } = open();
  const before = await script(client);
  const looping = client.diagnose('hang', scenario, exact);
  expect(await reach('replaced')).toMatchObject({ why: expect.stringMatching(/did not answer for 1 s/) });
  expect(await looping).toMatchObject({ errors: [{ what: expect.stringContaining('lost twice') }] });
  expect(await script(client)).toBe(before);
});

test('U-07 50 random kills leave the same state as none', async () => {
  let seed = 23;
  const random = (below: number) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 4) % below;
  const unkilled = await script(open().client);
  const round = async () => {
    const { client, workers, reach } = open({ spare: random(2) === 0 });
    const running = script(client);
    await reach('ready');
    await wait(random(150));
    // A worker that is ended from outside tells nobody: only its silence does.
    workers[0].terminate();
    expect(await running).toBe(unkilled);
    client.dispose();
  };
  for (let kill = 0; kill < 50; kill += 10) await Promise.all(Array.from({ length: 10 }, round));
});

test('a hung worker and a spare: the spare takes over', async () => {
  const { client, workers, reach } = open();
  await hashOf(client, 'a');
  await expect.poll(() => workers.length, { timeout: 5_000 }).toBe(2);
  await wait(300);
  workers[0].terminate();
  await reach('replaced');
  await reach('ready');
  expect(workers).toHaveLength(2);
});

test.each([
  ['its file does not exist', () => new Worker('/no-such-worker.js', { type: 'module' })],
  [
    'the page may not start any',
    () => {
      throw new DOMException('denied', 'SecurityError');
    },
  ],
])('the session runs on the page where %s', async (_, spawn) => {
  const here = async () => {
    const { port1, port2 } = new MessageChannel();
    serve(port1, fakeSession());
    return port2;
  };
  const { client, states } = open({ spawn, here, startPatience: 5_000 });
  expect(await script(client)).toContain('ok');
  expect(states.at(-1)).toEqual({ state: 'ready', thread: 'page' });
});

test('five columns of 100,000 rows arrive by transfer, and the worker keeps its own', async () => {
  const { client } = open();
  await client.ping();
  const outcome = await client.events(scenario, 'wide', 100_000);
  if (!('ok' in outcome)) throw new Error('no answer');
  expect(outcome.ok.columns.map(({ data }) => [data.length, data[99_999]])).toEqual(
    [0, 1, 2, 3, 4].map((c) => [100_000, 99_999 * 5 + c]),
  );
  expect(await client.diagnose('count', scenario, exact)).toEqual({ errors: [{ what: '100000' }] });
});

test('progress is told at most once a frame', async () => {
  const { client } = open();
  await client.ping();
  let told = 0;
  let frames = 0;
  let counting = true;
  const count = () => {
    frames += 1;
    if (counting) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  await client.run(specOf('a'), () => (told += 1));
  counting = false;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(frames + 1);
});
