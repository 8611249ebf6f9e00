import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { build, createServer, type InlineConfig } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../browser';
import { files, listen, type Served } from './serve';
import { createSession } from '../../src/session/session';
import { sameBytes } from '../session/same-bytes';

/** The session in a page as it is built and served, and as it is developed, each under a sub-path. */
const UNDER = '/some/path/';
const root = join(import.meta.dirname, 'session');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-'));
const config: InlineConfig = {
  root,
  cacheDir: join(folder, '.vite'),
  configFile: false,
  logLevel: 'error',
  worker: { format: 'es' },
  // Other packages must not be scanned for: the page needs one.
  optimizeDeps: { noDiscovery: true, include: [] },
};

let browser: Browser;
let served: Served;

beforeAll(async () => {
  const input = ['index', 'framed'].map((name) => join(root, `${name}.html`));
  const target = 'es2022';
  await build({
    ...config,
    base: './',
    mode: 'production',
    build: { outDir: folder, target, rolldownOptions: { input } },
  });
  const site = files(folder, UNDER);
  served = await listen((request, response) => {
    // A host that lets pages without an origin load its modules; browsers refuse them to such pages otherwise.
    response.setHeader('access-control-allow-origin', '*');
    if (request.url === '/frame.html') {
      response.setHeader('content-type', 'text/html');
      response.end(`<title>host</title><iframe sandbox="allow-scripts" src="${UNDER}framed.html"></iframe>`);
    } else site(request, response);
  });
  const { executablePath, args, env } = findBrowser();
  browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } });
}, 60_000);

afterAll(async () => {
  await browser.close();
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Report {
  states: { state: string; thread?: string }[];
  answers: Record<string, unknown>;
  keep: string;
  violations: string[];
}

async function reportOf(page: Page, address: string): Promise<Report> {
  const heard = page.addInitScript(() => {
    addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (top === self) Object.assign(globalThis, { report: data });
    });
  });
  await heard;
  await page.goto(address);
  await page.waitForFunction(() => 'report' in globalThis, null, { timeout: 20_000 });
  return page.evaluate(() => (globalThis as unknown as { report: Report }).report);
}

const last = ({ states }: Report) => states.at(-1);

test('the built page runs its worker under the strict policy, with no violation', async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const report = await reportOf(page, `http://localhost:${served.port}${UNDER}`);
  expect(report.violations).toEqual([]);
  expect(last(report)).toEqual({ state: 'ready', thread: 'worker' });
  expect(report.keep).toBe('kept saved');
  expect(errors).toEqual([]);
  expect(page.workers().length).toBeGreaterThan(0);
  await page.close();
});

test('I-01 data, steps and results are the same in Node, in the built worker and on a page', async () => {
  const here = await sameBytes(createSession());
  expect(Object.keys(here).length).toBeGreaterThan(10);
  for (const address of [UNDER, '/frame.html']) {
    const page = await browser.newPage();
    const { answers } = await reportOf(page, `http://localhost:${served.port}${address}`);
    expect(answers).toEqual(here);
    await page.close();
  }
});

test('H-02 the worker is held by the policy of the page: it reaches no other host', async () => {
  const asked: string[] = [];
  const elsewhere = await listen((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*');
    response.end('reached');
  });
  const page = await browser.newPage();
  await reportOf(page, `http://localhost:${served.port}${UNDER}`);
  const [worker] = page.workers();
  const reach = (address: string) =>
    fetch(address).then(
      (response) => response.text(),
      () => 'refused',
    );
  expect(await worker.evaluate(reach, `http://localhost:${elsewhere.port}/secret`)).toBe('refused');
  expect(await worker.evaluate(reach, `http://localhost:${served.port}${UNDER}index.html`)).toContain(
    '<!doctype html>',
  );
  expect(asked).toEqual([]);
  await page.close();
  await elsewhere.close();
});

test('U-04 in a sandboxed frame the session runs on the page and the keep in memory', async () => {
  const page = await browser.newPage();
  const report = await reportOf(page, `http://localhost:${served.port}/frame.html`);
  expect(last(report)).toEqual({ state: 'ready', thread: 'page' });
  expect(report.keep).toBe('memory saved');
  await page.close();
});

test('a page in development runs its worker too, under a sub-path', async () => {
  const server = await createServer({
    ...config,
    base: UNDER,
    server: { port: 0, host: 'localhost', ws: false, hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('the server has no port');
  const page = await browser.newPage();
  const report = await reportOf(page, `http://localhost:${address.port}${UNDER}framed.html`);
  expect(last(report)).toEqual({ state: 'ready', thread: 'worker' });
  await page.close();
  await server.close();
});
