import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Frame, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';

export const site = inject('site');

let browser: Browser;
const opened: (() => Promise<void>)[] = [];

beforeAll(async () => {
  browser = await chromium.connect(inject('browser'));
});

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

afterAll(async () => {
  await browser.close();
});

export interface Visit {
  page: Page;
  /** Console errors, uncaught errors, policy reports, failed requests and requests to another host, as they come. */
  troubles: string[];
}

/** A fresh context with nothing stored, and a page in it that is listened to. Closed after the test. */
export async function newPage(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  opened.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    const failure = request.failure()?.errorText ?? '';
    if (failure !== 'net::ERR_ABORTED') troubles.push(`request failed: ${request.url()} ${failure}`);
  });
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && !['localhost', '127.0.0.1'].includes(url.hostname)) {
      troubles.push(`another host: ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (report) => {
      console.error(`policy: ${report.effectiveDirective} blocked ${report.blockedURI} ${report.sample}`);
    });
  });
  return { page, troubles };
}

/** Opens a page of the site and waits until it has settled. */
export async function visit(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const visit = await newPage(options);
  await visit.page.goto(new URL(path, site).href);
  if (options.javaScriptEnabled !== false) await settled(visit.page);
  return visit;
}

/**
 * Waits until nothing on the page says that it is busy, for a quarter of a second on end. (Playwright's own
 * `networkidle` never comes where a page has a `blob:` worker.)
 */
export async function settled(page: Page | Frame): Promise<void> {
  await page.waitForLoadState('load');
  for (let calm = 0; calm < 5;) {
    const busy = await page.locator('[aria-busy="true"]').count();
    calm = busy === 0 ? calm + 1 : 0;
    await new Promise((done) => setTimeout(done, 50));
  }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeNode {
  html: string;
  failureSummary?: string;
}

interface Axe {
  run: (options: object) => Promise<{ violations: { id: string; help: string; nodes: AxeNode[] }[] }>;
}

/** What axe finds, one line for each place. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    // Colours on their way from light to dark are no colours of the page.
    const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(moving.map(({ finished }) => finished));
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary ?? ''}`),
    );
  });
  return violations;
}
