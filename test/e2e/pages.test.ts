import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page } from 'playwright';
import { describe, expect, inject, test } from 'vitest';
import { axe, newPage, settled, site, visit } from './visit';

const pages = inject('pages');

/** SAFETY §4.5 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; base-uri 'none'; form-action 'none'; " +
  "object-src 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html app-worker";

test('the site has a home page, an embed page and lessons', () => {
  expect(pages).toEqual(expect.arrayContaining(['index.html', 'embed.html']));
  expect(pages.length).toBeGreaterThanOrEqual(4);
});

describe.each(pages)('%s', (path) => {
  test('opens without an error, a policy report or a request to another host, and reads without JavaScript', async () => {
    const { page: still } = await visit(path, { javaScriptEnabled: false });
    const text = words(await still.locator('body').innerText());
    expect(text.length).toBeGreaterThan(20);
    const { page, troubles } = await visit(path);
    await scrollThrough(page);
    expect(troubles).toEqual([]);
    expect(await page.title()).not.toBe('');
    const paragraphs = await page.locator('main p').allInnerTexts();
    const lost = paragraphs.map(words).filter((one) => one.length > 60 && !text.includes(one));
    // What a run says of itself changes once it is live; the prose does not.
    if (path !== 'embed.html') expect(lost.length).toBeLessThanOrEqual(Math.ceil(paragraphs.length / 4));
  });

  test('carries the strict policy before anything else', () => {
    const html = readFileSync(join(inject('folder'), path), 'utf8');
    const head = /<head>\s*([\s\S]*?)<\/head>/.exec(html)?.[1] ?? '';
    const first = /<[a-z]+[^>]*>/.exec(head)?.[0] ?? '';
    const content = /content="([^"]*)"/.exec(first)?.[1] ?? '';
    expect(first).toMatch(/http-equiv="content-security-policy"/i);
    expect(directives(content.replaceAll('&#39;', "'").replaceAll('&#x27;', "'"))).toEqual(directives(POLICY));
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)(?![^>]*type="application\/json")/);
    expect(html).not.toMatch(/<style\b|<[a-z][^>]*\sstyle="/);
  });

  test('axe finds nothing, in light and in dark', async () => {
    const { page } = await visit(path, { colorScheme: 'light', reducedMotion: 'reduce' });
    expect(await axe(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await settled(page);
    expect(await axe(page)).toEqual([]);
  });

  // 320 px is what is left of 1280 px at 400 % zoom (WCAG 1.4.10).
  test('does not scroll sideways on a phone or at 400 % zoom', async () => {
    const { page } = await visit(path, { viewport: { width: 360, height: 640 } });
    expect(await tooWide(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 256 });
    await settled(page);
    expect(await tooWide(page)).toEqual([]);
  });
});

test('every page links the licences of all that is shipped', () => {
  const folder = inject('folder');
  const text = readFileSync(join(folder, 'licences.txt'), 'utf8');
  for (const part of ['svelte', 'comlink', 'd3-', '@codemirror/view', '@fontsource-variable/inter', 'Tidemark'])
    expect(text).toMatch(new RegExp(`^${part}`, 'm'));
  for (const terms of ['Apache License', 'ISC', 'MIT', 'SIL OPEN FONT LICENSE']) expect(text).toContain(terms);
  for (const path of pages.filter((one) => one !== 'embed.html'))
    expect(readFileSync(join(folder, path), 'utf8')).toMatch(/<footer[^>]*>.*href="\.\/licences\.txt"/s);
});

test('a page refuses text that would become markup or code', async () => {
  const { page } = await newPage();
  await page.goto(site);
  const outcome = await page.evaluate(() => {
    const refused = (attempt: () => unknown) => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    };
    const name = ['inner', 'HTML'].join('');
    return {
      markup: refused(() => Reflect.set(document.createElement('p'), name, '<b>x</b>')),
      worker: refused(() => new Worker('assets/any.js')),
    };
  });
  expect(outcome).toEqual({ markup: true, worker: true });
});

test('a worker of the page cannot reach another host', async () => {
  const lesson = pages.find((path) => !['index.html', 'embed.html', '404.html'].includes(path)) ?? '';
  const { page } = await visit(lesson);
  await expect.poll(() => page.workers().length, { timeout: 10_000 }).toBeGreaterThan(0);
  const reached = await page.workers()[0].evaluate(() =>
    fetch('http://127.0.0.1:9/', { mode: 'no-cors' }).then(
      () => 'reached',
      (error: unknown) => String(error),
    ),
  );
  expect(reached).toContain('Failed to fetch');
  await expect.poll(() => blockedByPolicy(page)).toBe(true);
});

/** A request that the policy stops never starts, so that the page's own network log does not have it. */
async function blockedByPolicy(page: Page): Promise<boolean> {
  return page.workers()[0].evaluate(
    () =>
      new Promise<boolean>((done) => {
        addEventListener('securitypolicyviolation', () => {
          done(true);
        });
        fetch('http://127.0.0.1:9/', { mode: 'no-cors' }).catch(() => undefined);
        setTimeout(() => {
          done(false);
        }, 1000);
      }),
  );
}

/** What reaches over the right edge without scrolling by itself; the page, where it scrolls sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const scrolls = (element: Element): boolean => {
      for (let up: Element | null = element; up && up !== document.body; up = up.parentElement) {
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
      }
      return false;
    };
    const over = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > limit + 1 && !scrolls(element))
      .map((element) => element.outerHTML.slice(0, 120));
    const { scrollWidth } = document.documentElement;
    return scrollWidth > limit ? [...over, `the page: ${scrollWidth} px`] : over;
  });
}

const directives = (policy: string) =>
  policy
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean)
    .sort();

const words = (text: string) => text.replace(/\s+/g, ' ').trim();

async function scrollThrough(page: Page): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let y = 0; y < height; y += 700) {
    await page.evaluate((top) => {
      scrollTo(0, top);
    }, y);
    await page.waitForTimeout(60);
  }
  await settled(page);
}
