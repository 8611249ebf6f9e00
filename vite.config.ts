import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { type UserConfig } from 'vite';
import { defineConfig } from 'vitest/config';
import { pages } from './src/site/build/index.ts';
import { findBrowser } from './test/browser.ts';

const SRC = join(import.meta.dirname, 'src');

/**
 * The stream operators come in pieces, each in a file small enough to be fetched beside the others. Pieces import each
 * other, so what is read while a module is evaluated is elsewhere: the base, and the tables of the families.
 */
const pieces = {
  output: {
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'base', test: /src\/(model|sim|engine\/state)\// },
        { name: 'joins', test: /engine\/nodes\/join\/(?!batch|kinds|stream|why)/ },
        { name: 'rolling', test: /engine\/(frames\.ts|lag\.ts|nodes\/over\/(?!batch|kinds|stream|why))/ },
        {
          name: 'panes',
          test: /engine\/nodes\/window\/(windowing\/|windowOperator|windowFiring|windowSettings|paneRows)/,
        },
      ],
    },
  },
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
const inBrowser = ['test/figures/**/*.test.ts', 'test/browser/**/*.test.ts', 'test/**/*.browser.test.ts'];

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
  worker: { format: 'es', rolldownOptions: pieces },
  preview: { cors: { origin: '*' } },
  plugins: [svelte({ configFile: false }), pages()],
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
          exclude: [...inBrowser, 'test/site/**'],
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
          exclude: ['test/site/**'],
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
          include: ['test/site/**/*.test.ts'],
          globalSetup: 'test/site/setup.ts',
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
