import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type SqlCell } from '../../src/notebook/document';
import { parseLesson } from '../../src/notebook/parse';
import { cellsOf } from '../../src/notebook/settle';
import { encodeLink } from '../../src/site/keep';
import { Notebook } from '../../src/site/notebook.svelte.ts';
import { PLACE, SAMPLE } from '../notebook/sample';
import { FakeBrowser } from './keep/fakeBrowser';

const asked = vi.hoisted((): unknown[] => []);

vi.mock('../../src/session/client', () => ({
  connect: () => ({
    onstate: () => undefined,
    run: async (spec: unknown) => (asked.push(spec), { cancelled: true }),
    cancel: async () => undefined,
    dispose: () => undefined,
  }),
}));

const lesson = parseLesson(SAMPLE, PLACE);
const cell = cellsOf(lesson).find((one): one is SqlCell => one.kind === 'sql')!;

const ended: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});

afterEach(() => {
  for (const end of ended.splice(0)) end();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A page of the lesson in a tab of a browser. */
async function page(browser: FakeBrowser, hash = '') {
  const events = new EventTarget();
  const tab = browser.tab();
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
  vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events));
  for (const [name, value] of Object.entries(tab.globals)) vi.stubGlobal(name, value);
  const notebook = new Notebook({ lesson, runs: {}, events: {}, ddl: {}, compares: {}, claims: {} });
  let end: (() => void) | null = null;
  void notebook.start(hash).then((stop) => (end = stop));
  while (!end) await turn().then(() => browser.step());
  ended.push(end);
  await rest(browser);
  return { notebook, events, tab };
}

/** Lets the browser do what it has to do, without time going by. */
async function rest(browser: FakeBrowser): Promise<void> {
  for (let idle = 0; idle < 3;) {
    await turn();
    idle = browser.step() ? 0 : idle + 1;
  }
}

const stored = ({ rows, texts }: FakeBrowser): string =>
  [...[...rows.values()].map(({ text }) => text), ...texts.values()].join('\n');

const KEY = 50;
const MINUTE = 60_000;

test('U-01 each key of a minute without a pause is noted before the next, though storage answers nothing', async () => {
  const browser = new FakeBrowser();
  const { notebook, tab } = await page(browser);
  for (let ms = 0; ms < MINUTE; ms += KEY) {
    notebook.edit(cell, `SELECT ${ms}`);
    expect(stored(browser)).toContain(`SELECT ${ms}"`);
    vi.advanceTimersByTime(KEY);
    await turn();
  }
  tab.kill();
  const again = await page(browser);
  expect(again.notebook.edits[cell.id]).toBe(`SELECT ${MINUTE - KEY}`);
});

test('U-01 where nothing can be noted, at most 1 s goes by between a key and the call that stores it', async () => {
  const browser = new FakeBrowser();
  const { notebook } = await page(browser);
  browser.plan = (_, name) => (name === 'setItem' ? 'throws' : null);
  let longest = 0;
  let waits: number[] = [];
  for (let ms = 0; ms < MINUTE; ms += KEY) {
    waits.push(ms);
    const before = browser.calls.length;
    notebook.edit(cell, `SELECT ${ms}`);
    // A transaction takes a dozen such steps, of 50 ms each.
    await turn();
    browser.step();
    await turn();
    vi.advanceTimersByTime(KEY);
    if (browser.calls.slice(before).includes('transaction')) {
      longest = Math.max(longest, ms - waits[0]);
      waits = [];
    }
  }
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThanOrEqual(1_000);
  await rest(browser);
  expect(stored(browser)).toContain(`SELECT ${MINUTE - KEY}"`);
});

test.each(['pagehide', 'visibilitychange', 'freeze'])(
  'U-01 on %s, what storage has refused is given to it once more',
  async (name) => {
    const browser = new FakeBrowser();
    const { notebook, events } = await page(browser);
    browser.full = true;
    notebook.edit(cell, 'SELECT 1 AS refused');
    await rest(browser);
    expect(notebook.notices.list).toMatchObject([{ text: expect.stringContaining('no room left') }]);
    expect(stored(browser)).not.toContain('refused');
    browser.full = false;
    events.dispatchEvent(new Event(name));
    await rest(browser);
    expect(stored(browser)).toContain('SELECT 1 AS refused');
    expect(notebook.notices.list).toEqual([]);
  },
);

test('leaving a page where everything is stored says nothing and takes no notice away', async () => {
  const browser = new FakeBrowser();
  const [{ notebook, events }, other] = [await page(browser), await page(browser)];
  notebook.edit(cell, 'SELECT 1');
  await rest(browser);
  other.events.dispatchEvent(new Event('visibilitychange'));
  events.dispatchEvent(new Event('visibilitychange'));
  await rest(browser);
  expect(other.notebook.notices.list).toMatchObject([{ text: expect.stringContaining('Another tab') }]);
  expect(notebook.notices.list).toEqual([]);
});

test('what another tab has changed is run here too, and nothing is run for a text that is only typed', async () => {
  const browser = new FakeBrowser();
  const [{ notebook }, other] = [await page(browser), await page(browser)];
  notebook.edit(cell, 'SELECT 1');
  await rest(browser);
  expect(other.notebook.edits[cell.id]).toBe('SELECT 1');
  asked.length = 0;
  notebook.reseed(11);
  await rest(browser);
  expect(asked).toMatchObject(Array(2).fill({ scenario: { data: { seed: 11 } } }));
  expect(other.notebook.seed).toBe(11);
});

test('to look at a link stores nothing, not even where a run stands', async () => {
  const browser = new FakeBrowser();
  const link = { lesson: lesson.slug, seed: 11, knobs: {}, edits: {}, forks: {}, moment: {}, bets: {} };
  const { notebook, events } = await page(browser, await encodeLink(link));
  expect(notebook.seed).toBe(11);
  Object.assign(notebook.runs[cell.id], { moved: true, step: 5 });
  events.dispatchEvent(new Event('pagehide'));
  await rest(browser);
  expect(stored(browser)).toBe('');
  notebook.reseed(12);
  await rest(browser);
  expect(stored(browser)).toContain('"seed":{"data":12}');
  expect((await page(browser)).notebook.seed).toBeNull();
});
