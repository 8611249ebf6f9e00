import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { type TestProject } from 'vitest/node';
import { findBrowser } from '../browser';
import { buildSite } from './build';
import { files, listen } from './serve';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built site, with its sub-path and a slash at the end. */
    site: string;
    /** Folder of the built site. */
    folder: string;
    /** Names of the built pages. */
    pages: string[];
    browser: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');
const UNDER = '/some/path/';

/** Builds the site once, serves it under a sub-path, and starts one browser for all tests of it. */
export default async function setup(project: TestProject) {
  const folder = join(ROOT, 'test-results', `site-${process.pid}`);
  buildSite(folder);
  const server = await listen(files(folder, UNDER));
  const { executablePath, args, env } = findBrowser();
  const browser = await chromium.launchServer({ executablePath, args, env: { ...process.env, ...env } });
  project.provide('site', `http://localhost:${server.port}${UNDER}`);
  project.provide('folder', folder);
  project.provide(
    'pages',
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html')),
  );
  project.provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
}
