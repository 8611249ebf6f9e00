import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { type UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { pages } from './src/site/build/index.ts';
import { licences } from './src/site/build/licences.ts';
import { findBrowser } from './test/browser.ts';

const SRC = join(import.meta.dirname, 'src');

/**
 * How the code is cut into files. A group takes the modules that it names and everything that these import, unless an
 * earlier group has it: so a file imports only earlier ones, never in a circle, and whatever a module reads while it is
 * evaluated is there. `entriesAware` divides a group further by the entries that need a module.
 */
const groups = [
  {
    name: 'shell',
    test: /src\/(notebook\/units|site\/(entry\/start|Trouble|DataTable|Prose|shell\/(Shell|Lessons|Notices)))\./,
  },
  // The operators are half of the engine, which would be too large for one file.
  { name: 'operators', test: /src\/engine\/nodes\/(join|over)\//, entriesAware: true },
  { name: 'session', test: /src\/session\//, entriesAware: true, entriesAwareMergeThreshold: 1000 },
  { name: 'lesson', test: /src\/site\/(Scene|player\/Keys)\./ },
];

const pieces = {
  // Below the page a module only defines what it exports, so an import of types alone brings no code along.
  treeshake: {
    moduleSideEffects: (id: string) =>
      !/\/src\/(model|sim|data|aggregates|sql|engine|notebook|words)\/[^?]*\.ts$/.test(id),
  },
  output: { codeSplitting: { groups } },
};

const site: UserConfig['build'] = {
  outDir: '../dist/site',
  emptyOutDir: true,
  target: 'es2022',
  modulePreload: { polyfill: false },
  rolldownOptions: pieces,
};

/** The script that other sites include: one classic file beside the pages. */
const loader: UserConfig['build'] = {
  outDir: '../dist/site',
  emptyOutDir: false,
  copyPublicDir: false,
  target: 'es2022',
  lib: { entry: join(SRC, 'widgets/loader.ts'), formats: ['iife'], name: 'tidemark', fileName: () => 'embed.js' },
};

/** Tests that draw or start workers; they run in the browser itself. */
const inBrowser = ['test/figures/**/*.test.ts', 'test/**/*.browser.test.ts'];

function browserLaunch() {
  const { executablePath, args, env } = findBrowser();
  return { executablePath, args, env: { ...process.env, ...env } as Record<string, string> };
}

/** How long a test may take, in ms: long enough for two busy cores, and for the long mode. */
const PATIENCE = process.env.LONG ? 1_800_000 : 60_000;

export default defineConfig(({ mode }) => ({
  root: 'src',
  base: mode === 'test' ? '/' : './',
  publicDir: '../public',
  cacheDir: '../node_modules/.vite',
  worker: { format: 'es', rolldownOptions: pieces, plugins: () => [licences('worker')] },
  preview: { cors: { origin: '*' } },
  plugins: [svelte({ configFile: false }), pages(), ...(mode === 'production' ? [licences('pages')] : [])],
  build: mode === 'loader' ? loader : site,
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          root: '.',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...inBrowser, 'test/e2e/**'],
          setupFiles: ['test/support/seed.ts'],
          testTimeout: PATIENCE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        optimizeDeps: {
          include: [
            'svelte',
            'svelte/internal/client',
            'vitest-browser-svelte',
            'd3',
            'comlink',
            'axe-core',
            'markdown-it',
          ],
        },
        test: {
          name: 'browser',
          root: '.',
          include: inBrowser,
          exclude: ['test/e2e/**'],
          testTimeout: PATIENCE,
          sequence: { groupOrder: 1 },
          expect: { poll: { timeout: 5_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: browserLaunch() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'site',
          root: '.',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/setup.ts',
          testTimeout: PATIENCE,
          hookTimeout: 120_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 20_000 } },
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
}));
