import { afterEach, expect, test } from 'vitest';
import { connect, type ConnectOptions, type SessionClient, type SessionState } from '../../src/session/client';
import { type Progress, type RunSummary } from '../../src/session/protocol';
import { serve } from '../../src/session/worker';
import { fakeSession, specOf } from './fake-session';
import { FakeThread } from './fake-thread';

const clients: SessionClient[] = [];
const ports: MessagePort[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const port of ports.splice(0)) port.close();
});

function open(options: ConnectOptions = {}, slices = 8) {
  const threads: FakeThread[] = [];
  const spawn = () => {
    threads.push(new FakeThread(fakeSession(slices)));
    return threads.at(-1)!;
  };
  const client = connect({ spawn, spare: false, patience: 80, startPatience: 1_000, ...options });
  clients.push(client);
  const states: SessionState[] = [];
  client.onstate((state) => states.push(state));
  const seen = () => states.map(({ state }) => state);
  const reach = (wanted: SessionState['state']) =>
    new Promise<SessionState>((resolve) => {
      client.onstate((state) => {
        if (state.state === wanted) resolve(state);
      });
    });
  /** Crashes a thread and waits until another has taken over. */
  const replace = async (thread: FakeThread) => {
    thread.crash();
    await reach('replaced');
    await reach('ready');
  };
  return { client, threads, states, seen, reach, replace };
}

const summary = async (client: SessionClient, sql = 'SELECT 1'): Promise<RunSummary> => {
  const outcome = await client.run(specOf(sql));
  if (!('ok' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.ok;
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a run and a snapshot come through', async () => {
  const { client, seen } = open();
  const run = await summary(client);
  const snapshot = await client.state(run.id, 3, {});
  expect(snapshot).toMatchObject({ ok: { step: 3, parts: { result: { table: { length: 1 } } } } });
  expect(seen()).toEqual(['starting', 'ready']);
});

test('every method of the session answers', async () => {
  const { client } = open();
  const run = await summary(client);
  expect(await client.ping()).toBe(1);
  expect(await client.steps(run.id, 0, 1)).toMatchObject({ failed: { what: `no steps of ${run.id}` } });
  expect(await client.seekTime(run.id, 'event', 5)).toEqual({ ok: 13 });
  expect(await client.ask({ ask: 'value', value: 1, unit: 'number' }, {})).toEqual({ ok: 42 });
  expect(await client.sweep(specOf('a'), [{ wait: 1 }])).toEqual({ cancelled: true });
  expect(await client.events(specOf('a').scenario, 'xy', 3)).toMatchObject({ ok: { length: 3 } });
  expect(await client.diagnose('oops', specOf('a').scenario, specOf('a').options)).toEqual({
    errors: [{ what: 'oops' }],
  });
  expect(await client.complete('SELECT', 3, specOf('a').scenario)).toMatchObject([{ label: 'SEL' }]);
  await client.close(run.id);
  expect(await client.state(run.id, 0, {})).toMatchObject({ failed: { what: 'no such run' } });
});

test('an engine that throws answers as failed, with what it threw', async () => {
  const { client } = open();
  const outcome = await client.generate('page', 7, 'realistic');
  expect(outcome).toMatchObject({ failed: { what: 'a bug in the engine', where: 'the engine' } });
});

test('a specification is copied: proxies of the page may be given, and may change later', async () => {
  const { client, threads, replace } = open();
  const spec = specOf('SELECT 1');
  const reactive = new Proxy(spec, {});
  const outcome = await client.run(reactive);
  spec.sql = 'SELECT something longer';
  await replace(threads[0]);
  expect(await client.run(specOf('SELECT 1'))).toEqual(outcome);
  expect(await client.ping()).toBe(1);
});

test('a crash in the middle of a run changes nothing but the time it takes', async () => {
  const unkilled = await summary(open().client);
  const { client, threads, seen, states } = open();
  const running = summary(client);
  await wait(5);
  threads[0].crash();
  expect(await running).toEqual(unkilled);
  expect(seen()).toEqual(['starting', 'ready', 'replaced', 'ready']);
  expect(states[2]).toMatchObject({ why: expect.stringContaining('stopped with an error (out of memory)') });
  expect(threads[0].terminated).toBe(true);
});

test('runs that were open are open again after a crash', async () => {
  const { client, threads } = open();
  const [a, b] = [await summary(client, 'a'), await summary(client, 'bb')];
  const before = await client.state(b.id, 3, {});
  threads[0].crash();
  expect(await client.state(b.id, 3, {})).toEqual(before);
  expect(await client.seekTime(a.id, 'event', 0)).toEqual({ ok: 8 });
});

test('a closed run is not run again', async () => {
  const { client, threads } = open();
  const run = await summary(client);
  await client.close(run.id);
  threads[0].crash();
  expect(await client.ping()).toBe(0);
});

test('a thread that stops answering is replaced after the patience', async () => {
  const { client, threads, reach } = open();
  const run = await summary(client);
  threads[0].hang();
  const began = performance.now();
  const snapshot = await client.state(run.id, 1, {});
  expect(snapshot).toMatchObject({ ok: { step: 1 } });
  expect(performance.now() - began).toBeGreaterThan(60);
  expect(await reach('ready')).toEqual({ state: 'ready', thread: 'worker' });
  expect(threads).toHaveLength(2);
});

test('a long run that yields is not taken for hung', async () => {
  const { client, seen } = open({}, 200);
  await summary(client);
  expect(seen()).toEqual(['starting', 'ready']);
});

test('a pause of the page itself is not taken for a hung thread', async () => {
  const { client, seen } = open();
  await summary(client);
  await wait(30);
  const until = performance.now() + 200;
  while (performance.now() < until);
  await wait(100);
  expect(seen()).toEqual(['starting', 'ready']);
});

test('the spare takes over, and a new spare is made', async () => {
  const { client, threads, replace } = open({ spare: true });
  await summary(client);
  expect(threads).toHaveLength(1);
  await expect.poll(() => threads.length).toBe(2);
  await replace(threads[0]);
  expect(threads).toHaveLength(2);
  await expect.poll(() => threads.length).toBe(3);
});

test('a spare that dies is not used', async () => {
  const { client, threads, replace } = open({ spare: true });
  await summary(client);
  await expect.poll(() => threads.length).toBe(2);
  threads[1].crash();
  await wait(5);
  await replace(threads[0]);
  expect(threads).toHaveLength(3);
  expect(await client.ping()).toBe(1);
});

test('a call that loses the engine twice is given up, and the session goes on', async () => {
  const { client, threads, reach, replace } = open({}, 1_000);
  const running = client.run(specOf('too much'));
  await reach('ready');
  await replace(threads[0]);
  await wait(5);
  await replace(threads[1]);
  expect(await running).toMatchObject({ failed: { what: expect.stringContaining('lost twice') } });
  expect(await client.ping()).toBe(0);
  // As it stands it is not begun a third time; anything else is.
  expect(await client.run(specOf('too much'))).toMatchObject({
    failed: { what: expect.stringContaining('ended the engine twice') },
  });
  expect(threads).toHaveLength(3);
  expect(await summary(client, 'less')).toBeDefined();
});

test('after three replacements in the time the client stops, says so, and answers every call', async () => {
  const { client, threads, reach, replace, seen } = open();
  await summary(client);
  for (const k of [0, 1, 2]) await replace(threads[k]);
  const open3 = [client.run(specOf('b')), client.state('x', 0, {}), client.cancel()];
  threads[3].crash();
  expect(await Promise.all(open3)).toMatchObject([{ failed: {} }, { failed: {} }, undefined]);
  expect(await reach('failed')).toMatchObject({ error: { what: expect.stringContaining('4 times within 30 s') } });
  expect(seen().filter((state) => state === 'replaced')).toHaveLength(3);
  expect(await client.run(specOf('c'))).toMatchObject({ failed: { where: 'the engine' } });
  expect(await client.diagnose('', specOf('c').scenario, specOf('c').options)).toMatchObject({ errors: [{}] });
  await expect(client.ping()).rejects.toThrow('the engine was lost');
  expect(threads.every(({ terminated }) => terminated)).toBe(true);
});

test('an engine that was given up can be started again, with the runs that were open', async () => {
  const { client, threads, reach, replace } = open();
  const { id } = await summary(client);
  for (const k of [0, 1, 2]) await replace(threads[k]);
  threads[3].crash();
  await reach('failed');
  client.restart();
  await reach('ready');
  expect(await client.state(id, 3, {})).toMatchObject({ ok: {} });
  client.dispose();
  client.restart();
  expect(await client.run(specOf('c'))).toMatchObject({ failed: { what: expect.stringContaining('closed') } });
});

test('replacements that lie further apart do not count together', async () => {
  const { client, threads, replace } = open({ within: 40 });
  await summary(client);
  for (const k of [0, 1, 2, 3, 4]) {
    await wait(30);
    await replace(threads[k]);
  }
  expect(await client.ping()).toBe(1);
});

test('cancel goes through while a run is going on', async () => {
  const { client } = open({}, 1_000);
  const running = client.run(specOf('long'));
  await wait(20);
  await client.cancel();
  expect(await running).toEqual({ cancelled: true });
});

test('a cancel that meets a hung thread keeps the run from being begun again', async () => {
  const { client, threads, reach } = open({}, 1_000);
  const running = client.run(specOf('long'));
  await wait(20);
  threads[0].hang();
  await client.cancel();
  expect(await running).toEqual({ cancelled: true });
  await reach('ready');
  expect(await client.ping()).toBe(0);
});

test('a cancel while runs are replayed stops what waits, and the replay goes on', async () => {
  const { client, threads } = open({}, 40);
  const run = await summary(client);
  threads[0].crash();
  const waiting = client.run(specOf('another'));
  await client.cancel();
  expect(await waiting).toEqual({ cancelled: true });
  expect(await client.state(run.id, 0, {})).toMatchObject({ ok: {} });
});

test('progress is reported at most once a frame, and the newest first', async () => {
  const { client } = open({}, 200);
  const told: Progress[] = [];
  const began = performance.now();
  await client.run(specOf('a'), (progress) => told.push(progress));
  const frames = (performance.now() - began) / 16;
  expect(told.length).toBeGreaterThan(1);
  expect(told.length).toBeLessThanOrEqual(Math.ceil(frames) + 1);
  const done = told.map((progress) => progress.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
});

test('no progress is reported after the answer', async () => {
  const { client } = open({}, 50);
  let answered = false;
  let late = 0;
  await client.run(specOf('a'), () => (late += answered ? 1 : 0));
  answered = true;
  await wait(50);
  expect(late).toBe(0);
});

test.each([
  [
    'throws',
    () => {
      throw new TypeError('refused');
    },
  ],
  [
    'fires an error before it answers',
    () => {
      const thread = new FakeThread(fakeSession());
      thread.hang();
      setTimeout(() => thread.crash(''), 5);
      return thread;
    },
  ],
  [
    'stays silent',
    () => {
      const thread = new FakeThread(fakeSession());
      thread.hang();
      return thread;
    },
  ],
])('where starting a worker %s, the session runs on the page', async (_, spawn) => {
  const here = async () => {
    const { port1, port2 } = new MessageChannel();
    ports.push(port1, port2);
    serve(port1, fakeSession());
    return port2;
  };
  const { client, seen, states } = open({ spawn, here, startPatience: 50 });
  const run = await summary(client);
  expect(await client.state(run.id, 2, {})).toMatchObject({ ok: { step: 2 } });
  expect(seen()).toEqual(['starting', 'ready']);
  expect(states[1]).toEqual({ state: 'ready', thread: 'page' });
});

test('where nothing can be started, that is said', async () => {
  const refuse = () => {
    throw new TypeError('refused');
  };
  const { client, reach } = open({ spawn: refuse, here: async () => refuse() });
  expect(await client.run(specOf('a'))).toMatchObject({ failed: { what: 'refused', where: 'the engine' } });
  expect(await reach('failed')).toMatchObject({ state: 'failed' });
});

test('dispose answers what is open and ends the threads', async () => {
  const { client, threads } = open({}, 1_000);
  const running = client.run(specOf('a'));
  await wait(10);
  client.dispose();
  expect(await running).toMatchObject({ failed: { what: 'the page has closed its session' } });
  expect(threads.every(({ terminated }) => terminated)).toBe(true);
});

test('50 random kills and hangs leave the same state as none', async () => {
  let seed = 11;
  const random = (below: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below;
  const script = async (client: SessionClient) => {
    const hashes: string[] = [];
    for (const sql of ['a', 'bb', 'ccc', 'dddd']) hashes.push((await summary(client, sql)).hash);
    return JSON.stringify([
      hashes,
      await client.state('run ccc 7', 4, {}),
      await client.seekTime('run a 7', 'event', 1),
    ]);
  };
  const unkilled = await script(open().client);
  for (let kill = 0; kill < 50; kill += 1) {
    const { client, threads, reach } = open({ patience: 24 });
    const running = script(client);
    await reach('ready');
    await wait(random(40));
    if (random(2)) threads[0].crash();
    else threads[0].hang();
    expect(await running).toBe(unkilled);
    await reach('ready');
    client.dispose();
  }
});
