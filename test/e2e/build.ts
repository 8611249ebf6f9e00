import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = process.cwd();

/**
 * Builds the whole site into a folder, in a process of its own without what the test runner sets: under
 * `NODE_ENV=test` another Svelte would be built in.
 */
export function buildSite(folder: string): void {
  const { NODE_ENV: _mode, VITEST: _vitest, TEST: _test, ...env } = process.env;
  for (const mode of ['production', 'loader']) {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const args = [vite, 'build', '--mode', mode, '--outDir', folder, '--logLevel', 'warn'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`vite build --mode ${mode} failed\n${stdout}${stderr}`);
  }
}
