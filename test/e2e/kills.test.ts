import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterEach, expect, test } from 'vitest';
import { findBrowser } from '../browser';
import { encodeLink } from '../../src/site/keep';
import { LATE, live, readerOf, type } from './journey';
import { settled, site } from './visit';

const KILLS = process.env.LONG ? 200 : 3;

const folder = mkdtempSync(join(tmpdir(), 'kills-'));
let running: ChildProcess | null = null;

afterEach(async () => {
  await kill();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser whose storage outlives it. */
async function start(): Promise<Browser> {
  const { executablePath, args, env } = findBrowser();
  rmSync(join(folder, 'DevToolsActivePort'), { force: true });
  running = spawn(
    executablePath,
    [...args, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'],
    { env: { ...process.env, ...env }, stdio: 'ignore' },
  );
  const port = await expect
    .poll(() => portOf(folder))
    .not.toBe('')
    .then(() => portOf(folder));
  return chromium.connectOverCDP(`http://127.0.0.1:${port}`);
}

function portOf(profile: string): string {
  try {
    return readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0];
  } catch {
    return '';
  }
}

async function kill(): Promise<void> {
  const child = running;
  running = null;
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

async function open(browser: Browser, hash = ''): Promise<Page> {
  const page = await browser.contexts()[0].newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(new URL(LATE, site).href + hash);
  await settled(page);
  await live(page);
  return page;
}

/** A revision of the lesson, or of the link to it. */
interface Revision {
  slug: string;
  revision: number;
}

/** Each revision that a page was told to be stored; kept outside of the page. */
async function listen(page: Page): Promise<Revision[]> {
  const stored: Revision[] = [];
  await page.exposeFunction('stored', (revision: Revision) => stored.push(revision));
  await page.evaluate(() => {
    new BroadcastChannel('tidemark-keep').onmessage = ({ data }: MessageEvent<Revision>) =>
      (globalThis as unknown as { stored: (revision: Revision) => void }).stored(data);
  });
  return stored;
}

/** Revisions and texts as the browser has them. */
const kept = (page: Page): Promise<{ revisions: Revision[]; text: string; damaged: number }> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('tidemark');
        request.onerror = () => reject(new Error(String(request.error)));
        request.onsuccess = () => {
          const rows = request.result.transaction('rows').objectStore('rows').getAll();
          rows.onsuccess = () => {
            const all = rows.result as { slug: string; kind: string; number: number; text: string }[];
            const read = all.filter((row) => row.kind === 'kept');
            const damaged = read.filter((row) => {
              try {
                JSON.parse(row.text);
                return false;
              } catch {
                return true;
              }
            }).length;
            request.result.close();
            const revisions = read.map(({ slug, number }) => ({ slug, revision: number }));
            resolve({ revisions, text: all.map((row) => row.text).join(), damaged });
          };
        };
      }),
  );

test('U-01 the browser is killed while the reader types, with a second tab and with a link: nothing stored is lost', async () => {
  const link = await encodeLink({
    lesson: LATE.replace('.html', ''),
    seed: null,
    knobs: {},
    edits: { hourly: 'SELECT 2 AS of_the_link' },
    forks: {},
    moment: {},
    bets: {},
  });
  const acknowledged = new Map<string, number>();
  let last = '';
  let acknowledgements = 0;
  for (let n = 0; n <= KILLS; n += 1) {
    const browser = await start();
    const page = await open(browser, n % 3 === 2 ? link : '');
    const { revisions, text, damaged } = await kept(page);
    expect(damaged).toBe(0);
    for (const [slug, least] of acknowledged) {
      const there = revisions.filter((one) => one.slug === slug).map(({ revision }) => revision);
      expect(Math.max(...there)).toBeGreaterThanOrEqual(least);
    }
    expect(text).toContain(last);
    await expect.poll(() => page.locator('.notices').innerText()).not.toContain('damaged');
    if (n === KILLS) break;
    const second = n % 3 === 1 ? readerOf({ page: await open(browser), troubles: [] }) : null;
    const watching = await open(browser);
    const stored = await listen(watching);
    const reader = readerOf({ page, troubles: [] });
    await page.bringToFront();
    last = `kill_${n}_begun`;
    await type(reader, reader.sql('hourly'), `SELECT 1 AS ${last}`);
    await expect.poll(() => stored.length).toBeGreaterThan(0);
    if (second) await type(second, second.sql('patient'), `SELECT 2 AS second_${n}`);
    const before = stored.length;
    const typing = page.keyboard.type(' -- '.repeat(20), { delay: 2 }).catch(() => undefined);
    // How many letters are stored together is the browser's affair; what is typed is stored at least once.
    await expect.poll(() => stored.length, { interval: 1 }).toBeGreaterThan(before);
    for (const { slug, revision } of stored) acknowledged.set(slug, Math.max(acknowledged.get(slug) ?? 0, revision));
    acknowledgements += stored.length;
    await kill();
    await typing;
    await browser.close().catch(() => undefined);
  }
  expect(acknowledgements).toBeGreaterThanOrEqual(2 * KILLS);
  expect(acknowledged.size).toBe(2);
});
