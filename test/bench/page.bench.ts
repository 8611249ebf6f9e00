import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { findBrowser } from '../browser';
import { buildSite } from '../e2e/build';
import { files, listen } from '../e2e/serve';

// The page as a reader meets it. A ratio is what is allowed divided by what was measured (for frames the other way
// round), so at least 1 is good. Budgets: STACK §9.

/** Drives a browser, so it cannot run in one. */
export const only = 'node';

const LESSON = 'the-event-that-came-late.html';
const LOADS = 5;

export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-site-'));
  buildSite(folder);
  const server = await listen(files(folder, '/'));
  const { executablePath, args, env } = findBrowser();
  const browser = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } });
  const address = `http://localhost:${server.port}/${LESSON}`;
  try {
    const plain = await loads(browser, address, 1);
    const slow = await loads(browser, address, 4);
    const frames = await playing(browser, address);
    return [
      { name: 'a lesson answers', ratio: 600 / plain, note: `median of ${LOADS}: ${plain.toFixed(0)} ms, at most 600` },
      { name: 'at a quarter of the speed', ratio: 1500 / slow, note: `${slow.toFixed(0)} ms, at most 1500` },
      { name: 'frames while playing', ratio: frames / 50, note: `${frames.toFixed(0)} per second, at least 50` },
    ];
  } finally {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Median time from the navigation to the first player that can be moved, ms. */
async function loads(browser: Browser, address: string, slowdown: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < LOADS; n++) {
    const page = await browser.newPage();
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    times.push(await answered(page, address));
    await page.close();
  }
  return times.sort((a, b) => a - b)[LOADS >> 1];
}

async function answered(page: Page, address: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  const found = await page.waitForFunction(() => {
    const slider = document.querySelector<HTMLInputElement>('[role="toolbar"] input[type="range"]');
    return slider && !slider.disabled ? performance.now() : 0;
  });
  return found.jsonValue();
}

/** Frames drawn in a second while the fastest speed plays. */
async function playing(browser: Browser, address: string): Promise<number> {
  const page = await browser.newPage();
  await answered(page, address);
  const toolbar = page.getByRole('toolbar', { name: 'Player' }).first();
  await toolbar.getByRole('slider', { name: 'Step' }).press('Home');
  const speed = toolbar.getByRole('combobox', { name: 'Speed' });
  await speed.selectOption({ index: (await speed.locator('option').count()) - 1 });
  await toolbar.getByRole('button', { name: 'Play', exact: true }).click();
  const frames = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const start = performance.now();
        let count = 0;
        const next = (now: number) => {
          count++;
          if (now - start < 2000) requestAnimationFrame(next);
          else done((count * 1000) / (now - start));
        };
        requestAnimationFrame(next);
      }),
  );
  await page.close();
  return frames;
}
