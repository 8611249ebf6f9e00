import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const BUNDLES = join(ROOT, 'node_modules/.cache/cases');

/**
 * The command and the adapters of the kinds as one file that Node 20 can run: it cannot run TypeScript. Every call has a folder of its own, so that
 * several commands can run at once; `dispose` takes it away.
 */
export async function bundle() {
  mkdirSync(BUNDLES, { recursive: true });
  const outDir = mkdtempSync(join(BUNDLES, 'run-'));
  const dispose = () => rmSync(outDir, { recursive: true, force: true });
  try {
    await build({
      root: ROOT,
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      build: {
        ssr: join(ROOT, 'test/cases/command.ts'),
        outDir,
        minify: false,
        target: 'es2022',
        rolldownOptions: { output: { entryFileNames: 'cases.mjs', codeSplitting: false } },
      },
    });
  } catch (thrown) {
    dispose();
    throw thrown;
  }
  return { url: pathToFileURL(join(outDir, 'cases.mjs')).href, dispose };
}
