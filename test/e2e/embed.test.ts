import { type Frame, type Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { livePlayer, playerOf, stepOnce } from './player';
import { listen, pages, type HostPage, type Served } from './serve';
import { axe, newPage, settled, site } from './visit';

const SCRIPT = new URL('embed.js', site).href;
const ORIGIN = new URL(site).origin;

/** A host page may have as strict a policy as there is. */
const STRICT = `default-src 'none'; script-src ${ORIGIN}; frame-src ${ORIGIN}; require-trusted-types-for 'script'`;

/** Pages of someone else: another host name and another port. */
const held = new Map<string, HostPage>();
let host: Served;

beforeAll(async () => {
  host = await listen(pages(held));
});

afterAll(() => host.close());

interface Opened {
  page: Page;
  troubles: string[];
}

/** Puts a page on the other origin and opens it. */
async function openHost(
  body: string,
  headers: Record<string, string> = {},
  head = '',
  first: () => void = () => undefined,
): Promise<Opened> {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>${head}</head><body>${body}</body></html>`;
  const path = `/${held.size}.html`;
  held.set(path, { html, headers });
  const { page, troubles } = await newPage({ viewport: { width: 1000, height: 4000 } });
  await page.addInitScript(first);
  await page.goto(`http://127.0.0.1:${host.port}${path}`);
  return { page, troubles };
}

interface Target {
  lesson: string;
  figure: string;
}

/** A figure that exists: the first of the first lesson that has one. */
async function someFigure(): Promise<Target> {
  const { page } = await newPage();
  for (const path of inject('pages')) {
    const lesson = /([^/]+)\.html$/.exec(path)?.[1] ?? '';
    if (['index', 'embed', '404', 'data', 'semantics', 'semantics-run'].includes(lesson)) continue;
    await page.goto(new URL(path, site).href);
    const figure = await page
      .locator('figure[id], [data-figure]')
      .first()
      .evaluate((element) => element.getAttribute('data-figure') ?? element.id);
    if (figure) return { lesson, figure };
  }
  throw new Error('no lesson has a figure');
}

let target: Target;
const tag = ({ lesson, figure } = target) =>
  `<tidemark-figure lesson="${lesson}" figure="${figure}"></tidemark-figure>`;
const include = `<script src="${SCRIPT}"></script>`;

beforeEach(async () => {
  target ??= await someFigure();
});

const embeds = (page: Page) =>
  page.frames().filter((frame) => frame.url().startsWith(new URL('embed.html', site).href));

/** Waits for that many embedded pages in which a player is ready. */
async function ready(page: Page, count: number): Promise<Frame[]> {
  await expect.poll(() => embeds(page).length, { timeout: 20_000 }).toBe(count);
  for (let n = 0; n < count; n++) {
    const within = page.locator('tidemark-figure').nth(n).frameLocator('iframe');
    await livePlayer(within);
  }
  return embeds(page);
}

const frameHeight = (page: Page, n = 0) =>
  page.evaluate((index) => {
    const element = document.querySelectorAll('tidemark-figure')[index];
    return element?.shadowRoot?.querySelector('iframe')?.getBoundingClientRect().height ?? 0;
  }, n);

const contentHeight = (frame: Frame) =>
  frame.evaluate(() => Math.ceil(document.documentElement.getBoundingClientRect().height));

describe('the element on another site', () => {
  test('adds an iframe and follows its height, on a page with a strict policy', async () => {
    const { page, troubles } = await openHost(`${tag()}${include}`, { 'content-security-policy': STRICT });
    const [frame] = await ready(page, 1);
    await expect.poll(async () => (await frameHeight(page)) - (await contentHeight(frame))).toBe(0);
    expect(await contentHeight(frame)).toBeGreaterThan(200);
    expect(troubles).toEqual([]);
  });

  test('a page whose policy keeps the frame out says so in its place (ATTACKS 9)', async () => {
    const policy = STRICT.replace(`frame-src ${ORIGIN}; `, '');
    const { page } = await openHost(`${tag()}${include}`, { 'content-security-policy': policy });
    await page.getByText(`its content security policy lacks frame-src ${ORIGIN}`).waitFor();
    expect(await page.getByRole('link', { name: 'Open the figure by itself' }).getAttribute('href')).toContain(
      target.lesson,
    );
  });

  test('the height grows and shrinks with the content', async () => {
    const { page } = await openHost(`${include}${tag()}`);
    const [frame] = await ready(page, 1);
    const before = await contentHeight(frame);
    await expect.poll(() => frameHeight(page)).toBe(before);
    await frame.evaluate(() => {
      const tall = document.createElement('div');
      tall.id = 'tall';
      tall.className = 'tall';
      tall.style.height = '700px';
      document.body.append(tall);
    });
    await expect.poll(() => frameHeight(page)).toBeGreaterThanOrEqual(before + 690);
    await frame.evaluate(() => document.getElementById('tall')?.remove());
    await expect.poll(() => frameHeight(page)).toBe(before);
  });

  test('of six on one page two have an engine at a time, those in view, and all work (ATTACKS 9)', async () => {
    const { page, troubles } = await openHost(`${include}${tag().repeat(6)}`);
    await expect.poll(() => embeds(page).length).toBe(6);
    const of = (n: number) => page.locator('tidemark-figure').nth(n);
    const waits = (n: number) => of(n).frameLocator('iframe').getByText('Two figures of a page run at a time');
    for (let n = 0; n < 6; n++) await expect.poll(async () => (await frameHeight(page, n)) > 200).toBe(true);
    // All six are in view.
    await expect
      .poll(async () => (await Promise.all([0, 1, 2, 3, 4, 5].map((n) => waits(n).count()))).filter(Boolean).length)
      .toBe(4);
    await expect.poll(() => page.workers().length).toBe(2);
    // Each of them can be had by hand; the one that has been live for longest waits then.
    for (let n = 0; n < 6; n++) {
      const run = of(n).frameLocator('iframe').getByRole('button', { name: 'Run this one' });
      if (await run.count()) await run.press('Enter');
      await stepOnce(await livePlayer(of(n).frameLocator('iframe')));
      expect(await run.count()).toBe(0);
      await expect.poll(() => page.workers().length).toBe(2);
    }
    await page.setViewportSize({ width: 1000, height: 300 });
    for (let n = 5; n >= 0; n--) {
      await of(n).scrollIntoViewIfNeeded();
      const within = of(n).frameLocator('iframe');
      await livePlayer(within);
      await stepOnce(playerOf(within));
      await expect.poll(() => page.workers().length).toBeLessThanOrEqual(2);
    }
    expect(troubles).toEqual([]);
  });

  test('works where storage is blocked', async () => {
    const { page, troubles } = await openHost(`${include}${tag()}`, {}, '', () => {
      for (const name of ['indexedDB', 'localStorage', 'sessionStorage', 'caches']) {
        Object.defineProperty(globalThis, name, {
          get: () => {
            throw new DOMException('storage is blocked', 'SecurityError');
          },
        });
      }
    });
    const [frame] = await ready(page, 1);
    await stepOnce(playerOf(frame));
    await expect.poll(async () => (await frameHeight(page)) - (await contentHeight(frame))).toBe(0);
    expect(troubles).toEqual([]);
  });

  // Modules need the host's consent there (`Access-Control-Allow-Origin: *`, as GitHub Pages sends).
  test('works in a sandboxed page, which has no origin and no storage', async () => {
    const inner = `/sandboxed-${held.size}.html`;
    held.set(inner, { html: `<!doctype html><title>Inner</title>${include}${tag()}` });
    const { page, troubles } = await openHost(
      `<iframe title="sandbox" sandbox="allow-scripts" width="900" height="3000" src="${inner}"></iframe>`,
    );
    await expect.poll(() => embeds(page).length).toBe(1);
    const [frame] = embeds(page);
    await stepOnce(await livePlayer(frame));
    expect(await frame.evaluate(() => self.origin)).toBe('null');
    const around = page.frames().find((one) => one.url().endsWith(inner));
    const told = () =>
      around?.evaluate(() => {
        const element = document.querySelector('tidemark-figure');
        return Number(element?.shadowRoot?.querySelector('iframe')?.height);
      });
    await expect.poll(async () => Number(await told()) - (await contentHeight(frame))).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('survives a move, a removal and a second script', async () => {
    const { page, troubles } = await openHost(`<div id="a">${tag()}</div><div id="b"></div>${include}${include}`);
    await ready(page, 1);
    await page.evaluate(() => document.getElementById('b')?.append(...document.querySelectorAll('tidemark-figure')));
    await ready(page, 1);
    await page.evaluate(() => {
      const element = document.querySelector('tidemark-figure');
      element?.remove();
      document.body.append(element ?? '');
    });
    const [frame] = await ready(page, 1);
    await expect.poll(async () => (await frameHeight(page)) - (await contentHeight(frame))).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('a changed attribute shows something else, without a new entry in the history', async () => {
    const { page } = await openHost(`${include}${tag()}`);
    await ready(page, 1);
    const before = await page.evaluate(() => history.length);
    await page.evaluate(() => document.querySelector('tidemark-figure')?.setAttribute('step', '3'));
    await expect.poll(() => embeds(page).map((frame) => new URL(frame.url()).searchParams.get('step'))).toEqual(['3']);
    expect(await page.evaluate(() => history.length)).toBe(before);
  });

  test('a message from a wrong source, or a wrong one, is ignored (A-78, A-85)', async () => {
    const { page } = await openHost(`${include}${tag()}`);
    const [frame] = await ready(page, 1);
    const height = await contentHeight(frame);
    await expect.poll(() => frameHeight(page)).toBe(height);
    await page.evaluate(() => {
      window.postMessage({ tidemark: 'height', height: 333 }, '*');
    });
    await frame.evaluate(() => {
      for (const data of [
        null,
        'height',
        { tidemark: 'height' },
        { tidemark: 'height', height: NaN },
        { height: 222 },
      ]) {
        parent.postMessage(data, '*');
      }
    });
    await page.waitForTimeout(200);
    expect(await frameHeight(page)).toBe(height);
    await frame.evaluate(() => {
      for (let n = 0; n < 2000; n++) parent.postMessage({ tidemark: 'height', height: 1e9 + n }, '*');
    });
    await expect.poll(() => frameHeight(page)).toBe(6000);
  });

  test.each([
    ['a script address', 'javascript:parent.stolen=1'],
    ['quotes and markup', `"><script>window.stolen = 1</script><img src=x onerror="window.stolen=1">`],
    ['another path', '../../../index.html?x#y'],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['nothing', ''],
  ])('hostile attributes do no harm: %s (A-79)', async (_name, value) => {
    const { page, troubles } = await openHost(`${include}<div id="here"></div>`);
    await page.evaluate((text) => {
      const element = document.createElement('tidemark-figure');
      for (const name of ['lesson', 'figure', 'src', 'step', 'state', 'theme', 'title'])
        element.setAttribute(name, text);
      document.body.append(element);
    }, value);
    await expect.poll(() => embeds(page).length).toBe(1);
    const [frame] = embeds(page);
    await settled(frame);
    expect(new URL(frame.url()).pathname).toBe(new URL('embed.html', site).pathname);
    expect(frame.url().length).toBeLessThan(10_000);
    await expect.poll(() => frame.locator('body').innerText()).toMatch(/\S/);
    expect(await page.evaluate(() => 'stolen' in window)).toBe(false);
    expect(troubles.filter((line) => !line.includes('404'))).toEqual([]);
  });

  test('a page that changed the built-ins gets an iframe and no exception (A-82)', async () => {
    const pollute = `<script>
      Object.prototype.mode = 'closed'; Object.prototype.get = 1; Array.prototype.map = null; Array.prototype.filter = null;
      Array.prototype[Symbol.iterator] = Array.prototype.values; Function.prototype.call = null; window.URLSearchParams = null;
    </script>`;
    const { page, troubles } = await openHost(`${include}${tag()}`, {}, pollute);
    await ready(page, 1);
    expect(troubles).toEqual([]);
  });

  test('what the author wrote inside is shown when the script is missing', async () => {
    const { page } = await openHost(
      '<tidemark-figure lesson="x" figure="y"><a href="https://x.test/">a link</a></tidemark-figure>',
    );
    expect(await page.getByText('a link').isVisible()).toBe(true);
  });
});

describe('embed.html', () => {
  test('axe finds nothing in it', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await newPage({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(new URL(`embed.html?${new URLSearchParams({ ...target }).toString()}`, site).href);
      await livePlayer(page);
      expect(await axe(page)).toEqual([]);
    }
  });

  test('says what is wrong where it is asked for something that is not there', async () => {
    const { page, troubles } = await newPage();
    await page.goto(new URL('embed.html?lesson=no-such-lesson&figure=none', site).href);
    await expect.poll(() => page.locator('body').innerText()).toMatch(/no-such-lesson/);
    expect(troubles.filter((line) => !line.includes('404'))).toEqual([]);
  });
});
