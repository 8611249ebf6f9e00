import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { collect, report, runCase } from '../../src/cases';
import { KINDS } from '../cases/kinds';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-cases-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hashCase = (id: string, hash: number) => ({
  id,
  kind: 'key-hash',
  profile: 'kafka',
  source: ['invented'],
  provenance: 'derived',
  rule: 'the hash is a signed number',
  config: { hash: 'murmur2' },
  events: [{ key: 'kafka' }],
  expected: [{ after: 0, hash }],
  compare: 'ordered',
});
const RIGHT = KINDS.get('key-hash')!
  .start({ events: [] } as never)
  .handle({ key: 'kafka' }, 0)[0].hash as number;

const fileOf = (cases: object[], group = 'hashes') => JSON.stringify({ group, count: cases.length, cases });

/** Runs the command itself, as npm does. */
function command(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'src/cli/cases.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('the command prints counts per group and each failure, and its status says so', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { cases: string } };
  expect(scripts.cases).toBe('node src/cli/cases.js');
  writeFileSync(join(folder, 'a.json'), fileOf([hashCase('good', RIGHT), hashCase('bad', RIGHT + 1)]));
  writeFileSync(join(folder, 'b.json'), fileOf([{ ...hashCase('later', 1), kind: 'recovery' }], 'more'));
  const { status, output } = command(folder);
  expect(status).toBe(1);
  expect(output).toMatch(/^hashes +1 passed, 1 failed, 0 skipped$/m);
  expect(output).toMatch(/^more +0 passed, 1 failed, 0 skipped$/m);
  expect(output).toContain('failed: bad (key-hash, kafka)');
  expect(output).toContain('rule: the hash is a signed number');
  expect(output).toContain(`expected: {"after":0,"hash":${RIGHT + 1}}`);
  expect(output).toContain(`actual:   {"after":0,"hash":${RIGHT}}`);
  expect(output).toMatch(/^1 passed, 2 failed, 0 skipped$/m);
});

test('skips are counted as such only where they are allowed', () => {
  writeFileSync(join(folder, 'a.json'), fileOf([hashCase('good', RIGHT)]));
  expect(command(folder).status).toBe(1);
  const allowed = command(folder, '--allow-skip');
  expect(allowed.status).toBe(0);
  expect(allowed.output).toMatch(/^1 passed, 0 failed, 1 skipped$/m);
  expect(command(join(folder, 'a.json')).status).toBe(0);
});

test('the command says how it is used', () => {
  expect(command()).toMatchObject({ status: 2, output: expect.stringContaining('usage:') as string });
  expect(command(folder, '--fast').status).toBe(2);
  expect(command(join(folder, 'nowhere')).status).toBe(2);
});

test('a case that hangs is stopped and counted, and the rest still runs', () => {
  // A patience of next to nothing takes every case for one that hangs.
  const bundle = pathToFileURL(join(ROOT, 'src/cli/bundle.js')).href;
  const script = `const { bundle } = await import(${JSON.stringify(bundle)});
    const { url, dispose } = await bundle();
    const { main } = await import(url);
    const { lines, status } = await main([${JSON.stringify(folder)}], 0.01);
    console.log(lines.join('\\n')); process.exitCode = status; dispose();`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toContain('did not end within');
  expect(stdout).toMatch(/^0 passed, 2 failed, 0 skipped$/m);
});

test('an invalid file is reported, and the other files still run', () => {
  const good = { path: 'good.json', content: fileOf([hashCase('one', RIGHT)]) };
  const counted = {
    path: 'counted.json',
    content: JSON.stringify({ group: 'g', count: 3, cases: [hashCase('two', RIGHT)] }),
  };
  const { work, troubles } = collect([
    good,
    counted,
    { path: 'again.json', content: fileOf([hashCase('one', RIGHT)]) },
    { path: 'broken.json', content: '{' },
  ]);
  expect(work).toHaveLength(3);
  expect(troubles).toEqual([
    'counted.json: count is 3, but there are 1 cases',
    'again.json: id one is in good.json already',
    expect.stringMatching(/^broken\.json: not JSON/) as string,
  ]);
  const results = work.map(({ group, value }) => ({ group, verdict: runCase(value, KINDS) }));
  expect(report(results, troubles, true).ok).toBe(false);
  expect(report(results, [], true).ok).toBe(true);
  expect(collect([]).troubles).toEqual(['no file with cases']);
});
