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
 * other, so what is read while a module is evaluated is elsewhere: the model that every page has, the base, and
 * the tables of the families.
 */
const operators = [
  { name: 'model', test: /src\/model\/(change|column|error|grown|policy|schema|search|snapshot|time)\.ts/ },
  { name: 'base', test: /src\/(model|sim|engine\/state)\// },
  { name: 'values', test: /src\/engine\/(expression|spans\.ts|stream\/rows\.ts)/ },
  { name: 'joins', test: /engine\/nodes\/join\/(?!batch|kinds|stream|why)/ },
  { name: 'rolling', test: /engine\/(frames\/|nodes\/over\/(?!batch|kinds|stream|why))/ },
  {
    name: 'panes',
    test: /engine\/nodes\/window\/(windowing\/|windowOperator|windowFiring|paneRows)/,
  },
];

/**
 * What the page of a lesson needs at once, in few files, since many small ones compress badly: what a session on the
 * page's own thread needs too, what most pages have, and the rest.
 */
const lesson = [
  {
    name: 'options',
    test: /src\/(notebook\/(calls|options|runOptions|settle|trigger)|engine\/stream\/options|sql\/(fail|plan|reserved|suggest))\.ts$/,
  },
  { name: 'common', test: /src\/site\/(\w+\/)?(Announce|DataTable|Notices|Prose|Trouble|trouble)\./ },
  {
    name: 'lesson',
    test: /src\/(words\/en\/(phrases|steps)\.ts|notebook\/figures|figures\/(figure|known)\.ts|site\/(Scene|Code|highlight|clock|context|fresh|notebook|notices|options|parts|run|scenes|words|player\/(Glyph|Player|Said|Scrub|keys)|figure\/\w+|why\/pointed|cells\/(Figure|Knob|Scenario|Sql|SqlField|Table|index))[./])/,
  },
];

const pieces = (groups: { name: string; test: RegExp }[]) => ({
  // Below the page a module only defines what it exports, so an import of types alone brings no code along.
  treeshake: {
    moduleSideEffects: (id: string) =>
      !/\/src\/(model|sim|data|aggregates|sql|engine|notebook|words)\/[^?]*\.ts$/.test(id),
  },
  output: { codeSplitting: { includeDependenciesRecursively: false, groups } },
});

const site: UserConfig['build'] = {
  outDir: '../dist/site',
  emptyOutDir: true,
  target: 'es2022',
  modulePreload: { polyfill: false },
  rolldownOptions: pieces([...operators, ...lesson]),
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
  worker: { format: 'es', rolldownOptions: pieces(operators) },
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
