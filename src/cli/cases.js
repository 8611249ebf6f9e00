// npm run cases -- FOLDER: runs every case in a folder on the engine. Node 20 cannot run TypeScript, hence this file is
// JavaScript and bundles the rest first.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const BUNDLES = join(ROOT, 'node_modules/.cache/cases');

await build({
  root: ROOT,
  configFile: false,
  logLevel: 'error',
  publicDir: false,
  build: {
    ssr: join(ROOT, 'src/cli/cases.ts'),
    outDir: BUNDLES,
    minify: false,
    target: 'es2022',
    rolldownOptions: { output: { entryFileNames: 'cases.mjs', codeSplitting: false } },
  },
});
const { main } = await import(pathToFileURL(join(BUNDLES, 'cases.mjs')).href);
const { lines, status } = await main(process.argv.slice(2));
console.log(lines.join('\n'));
process.exitCode = status;
