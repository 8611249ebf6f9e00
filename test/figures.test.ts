import { svelte } from '@sveltejs/vite-plugin-svelte';
import { chromium } from 'playwright';
import { render } from 'svelte/server';
import { createServer, type Plugin } from 'vite';
import { describe, expect, test } from 'vitest';
import { findBrowser } from './browser';
import { scenes } from './support/scenes';

const written = Object.fromEntries(
  Object.entries(scenes).map(([id, { component, props }]) => [id, render(component, { props }).body]),
);

describe.each(Object.entries(written))('%s, written on a server', (_id, html) => {
  test('has nothing that the page policy blocks, and no broken number', () => {
    expect(html).not.toMatch(/ style=/);
    expect(html).not.toMatch(/<style|<script|NaN|undefined|Infinity/);
    expect(html).not.toMatch(/ id=/);
  });
});

test('a figure says what it says without a script', () => {
  expect(written['event-time-plane-late-720']).toContain('€102.00');
  expect(written['log-tape-late-720']).toContain('10:04:10');
  expect(written['window-lanes-late-720']).toContain('card 4417');
  expect(written['state-table-late-720']).toContain('just changed');
  expect(written['changelog-retracting']).toContain('2, late');
  expect(written['partitions-freed']).toContain('idle: the watermark does not wait for it');
  expect(written['join-lanes-rule']).toContain('left: payments');
});

/** The page as a build would write it, and the script that takes it over. */
const page: Plugin = {
  name: 'page',
  configureServer: (server) => {
    server.middlewares.use('/page', (_request, response) => {
      const body = Object.entries(written).map(([id, html]) => `<section id="${id}">${html}</section>`);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><meta charset="utf-8"><title>figures</title><link rel="icon" href="data:,">
        <body>${body.join('')}<script type="module" src="/test/support/hydrate.ts"></script></body>`);
    });
  },
};

test('hydration finds every figure as it would draw it', { timeout: 60_000 }, async () => {
  const server = await createServer({
    configFile: false,
    root: new URL('..', import.meta.url).pathname,
    cacheDir: 'node_modules/.cache/figures-ssr',
    appType: 'custom',
    logLevel: 'error',
    plugins: [svelte({ configFile: false }), page],
    optimizeDeps: { include: ['svelte', 'd3', 'markdown-it', 'yaml'] },
    server: { port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const { executablePath, args, env } = findBrowser();
  const browser = await chromium.launch({
    executablePath,
    args,
    env: { ...process.env, ...env },
  });
  try {
    const tab = await browser.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    tab.on('pageerror', (error) => complaints.push(error.message));
    await tab.goto(new URL('page', server.resolvedUrls!.local[0]).href);
    await tab
      .waitForFunction(() => 'changed' in window, undefined, { timeout: 40_000 })
      .catch((error: unknown) => {
        throw new Error(`not hydrated: ${complaints.join('\n')}`, { cause: error });
      });
    expect(await tab.evaluate(() => (window as unknown as { changed: string[] }).changed)).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    await server.close();
  }
});
