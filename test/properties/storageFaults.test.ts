import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CALLS, FAULTS, type Fault } from '../site/keep/fakeBrowser';
import { Reader, type Open } from '../site/keep/reader';

let lessons = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const forks = (wait: number) => [{ at: 3, action: { do: 'set' as const, wait } }];

/** Everything that a reader does with storage, once. A tab that was killed is opened again. */
async function journey(reader: Reader): Promise<void> {
  const again = async (open: Open): Promise<Open> => (open.tab.gone ? reader.open(open.link) : open);
  let one = await reader.open();
  await Promise.all(['S', 'SE', 'SEL'].map((text) => reader.write(one, 'edits', 'a', text)));
  one = await again(one);
  await reader.write(one, 'knobs', 'k', 1);
  one = await again(one);
  await reader.write(one, 'seed', 'data', 8);
  one = await again(one);
  await reader.write(one, 'forks', 'a', forks(1));

  let two = await reader.open();
  await reader.write(two, 'edits', 'b', 'of the second tab');
  [one, two] = [await again(one), await again(two)];
  await Promise.all([reader.write(one, 'edits', 'c', 'one'), reader.write(two, 'edits', 'c', 'two')]);
  [one, two] = [await again(one), await again(two)];
  await reader.choose(two, true);

  one = await again(one);
  const file = await one.keep.exportFile().text();
  await reader.write(one, 'edits', 'a', 'after the export');
  one = await again(one);
  await reader.import(one, file.replace('format', 'Format'));
  one = await again(one);
  await reader.import(one, file);

  let linked = await reader.open(true);
  await reader.write(linked, 'edits', 'a', 'over the link');
  linked = await again(linked);
  await reader.close(linked);

  one = await again(one);
  await reader.write(one, 'edits', 'a', undefined);
  one = await again(one);
  await reader.write(one, 'bets', 'b', { value: 62, locked: true });
  await reader.close(one);
  one = await reader.open();
  const writing = reader.write(one, 'edits', 'd', 'typed last');
  one.tab.kill();
  await writing;
  one = await reader.open();
  two = await again(two);
  await reader.write(two, 'answers', 'e', { setting: { w: 1 }, passed: true });
}

async function faulted(plan: (call: number) => Fault | null): Promise<Reader> {
  const reader = new Reader(`lesson-${(lessons += 1)}`);
  reader.browser.plan = plan;
  await journey(reader);
  return reader;
}

test('U-03 a journey without a fault stores everything, and makes every call', async () => {
  const reader = await faulted(() => null);
  const { calls } = reader.browser;
  expect(Object.keys(CALLS).filter((name) => CALLS[name].length && !calls.includes(name))).toEqual([]);
  await reader.holds();
});

test.each(FAULTS)(
  'U-03 any one call %s: it is said, editing goes on, nothing that was saved is lost',
  async (fault) => {
    const { calls } = (await faulted(() => null)).browser;
    const hit = calls.flatMap((name, call) => (CALLS[name].includes(fault) ? [call] : []));
    expect(hit.length).toBeGreaterThan(10);
    for (const call of hit) {
      try {
        await (await faulted((n) => (n === call ? fault : null))).holds();
      } catch (thrown) {
        throw new Error(`${fault} at call ${call}, ${calls[call]}: ${String(thrown)}`, { cause: thrown });
      }
    }
  },
);
