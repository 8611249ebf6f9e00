// Runs every *.bench.ts and prints its ratios: in Node, or with --browser in a worker of a Chromium page. A file with
// `export const only = 'node'` (or 'browser') runs there alone. Words after that choose files by name.
// Node 20 cannot run TypeScript, hence this file is JavaScript.
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
const BENCH = 'test/bench';
const BUNDLES = join(ROOT, 'node_modules/.cache/bench');

const args = process.argv.slice(2);
const place = args.includes('--browser') ? 'browser' : 'node';
const wanted = args.filter((arg) => !arg.startsWith('--'));

const chosen = readdirSync(join(ROOT, BENCH), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.bench.ts'))
  .filter((path) => wanted.length === 0 || wanted.some((word) => path.includes(word)))
  .sort()
  .map((path) => `${BENCH}/${path}`);

/** Bundles a file first, as the site is: bindings of separate modules would cost more than what is measured. */
async function bundle(path, target) {
  const name = `${basename(path, '.ts')}.${target}.mjs`;
  const entry = join(ROOT, path);
  const output = { entryFileNames: name, codeSplitting: false };
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ...(target === 'node' ? { ssr: entry } : { lib: { entry, formats: ['es'], fileName: () => name } }),
      outDir: BUNDLES,
      emptyOutDir: false,
      minify: false,
      target: 'es2022',
      rolldownOptions: { output },
    },
  });
  return name;
}

const load = async (path) => import(pathToFileURL(join(BUNDLES, await bundle(path, 'node'))).href);

/** Calls `run` for each file of this place; what it throws is printed and makes the whole run fail. */
async function forEach(run) {
  for (const path of chosen) {
    try {
      const bench = await load(path);
      if ((bench.only ?? place) !== place) continue;
      console.log(`\n${basename(path, '.bench.ts')}`);
      print(await run(path, bench));
    } catch (error) {
      console.log(`  ${path} failed: ${error.stack ?? error}`);
      process.exitCode = 1;
    }
  }
}

function print(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, ratio, note } of rows) {
    console.log(`  ${name.padEnd(width)}  ${ratio.toPrecision(3).padStart(8)}  ${note}`);
  }
}

async function inNode() {
  console.log(`Node ${process.versions.node}`);
  await forEach((_path, { bench }) => bench());
}

/** Runs in the page: a worker imports the bundle and says what it measured. */
function inWorker(address) {
  const code = `onmessage = async ({ data }) => {
    try { postMessage({ rows: await (await import(data)).bench() }); }
    catch (error) { postMessage({ error: String(error.stack ?? error) }); }
  };`;
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { type: 'module' });
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.error) reject(new Error(data.error));
      else resolve(data.rows);
    };
    worker.postMessage(address);
  });
}

async function inBrowser() {
  const { findBrowser } = await load('test/browser.ts');
  const { files, listen } = await load('test/site/serve.ts');
  const { executablePath, args, env } = findBrowser();
  const server = await listen(files(BUNDLES, '/'));
  const base = `http://localhost:${server.port}`;
  writeFileSync(join(BUNDLES, 'blank.html'), '<!doctype html><title>Benchmarks</title>');
  const chrome = await chromium.launch({ executablePath, args, env: { ...process.env, ...env } });
  try {
    console.log(`Chromium ${chrome.version()}`);
    const page = await chrome.newPage();
    page.on('pageerror', (error) => console.log(`  ${error.message}`));
    await page.goto(`${base}/blank.html`);
    await forEach(async (path) => page.evaluate(inWorker, `${base}/${await bundle(path, 'browser')}`));
  } finally {
    await chrome.close();
    await server.close();
  }
}

await (place === 'browser' ? inBrowser() : inNode());
