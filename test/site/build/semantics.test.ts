import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSession } from '../../../src/session/session';
import { semanticsOf } from '../../../src/site/build/semantics';
import { KINDS } from '../../cases/kinds';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-page-'));
  mkdirSync(join(root, 'test/semantics'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const HASH = 479470107;

const write = (name: string, group: string, cases: object[], count = cases.length) =>
  writeFileSync(join(root, 'test/semantics', name), JSON.stringify({ group, count, cases }));

const hashCase = (id: string, hash = HASH) => ({
  id,
  kind: 'key-hash',
  profile: 'kafka',
  source: ['somewhere'],
  provenance: 'derived',
  rule: 'the hash of a key',
  config: { hash: 'murmur2' },
  events: [{ key: 'abc' }],
  expected: [{ after: 0, hash }],
  compare: 'ordered',
});

test('the page has every case with its input, what is expected and what came out', async () => {
  write('b.json', 'S10 later', [hashCase('two')]);
  write('a.json', 'S9 earlier', [hashCase('one')]);
  const { groups, runs } = await semanticsOf(root, createSession(), KINDS);
  expect([...runs.keys()]).toEqual([]);
  expect(groups.map(({ name }) => name)).toEqual(['S9 earlier', 'S10 later']);
  const output = { columns: ['at event', 'hash'], rows: [['0', String(HASH)]] };
  expect(groups[0].cases).toEqual([
    {
      id: 'one',
      rule: 'the hash of a key',
      kind: 'key-hash',
      profile: 'kafka',
      source: ['somewhere'],
      provenance: 'derived',
      compare: 'ordered',
      notes: null,
      runs: false,
      settings: [['hash', 'murmur2']],
      input: { columns: ['event', 'key'], rows: [['0', 'abc']] },
      outputs: [{ system: null, expected: output, actual: output }],
    },
  ]);
});

test('a case that fails stops the build, and says which and why', async () => {
  write('a.json', 'S9 earlier', [hashCase('one', 5)]);
  await expect(semanticsOf(root, createSession(), KINDS)).rejects.toThrow(
    /test\/semantics, case one.*the hash of a key: output 0 differs.*479470107/,
  );
});

test('so does one without an adapter, and a file that is wrong', async () => {
  write('a.json', 'S9 earlier', [{ ...hashCase('one'), kind: 'recovery' }]);
  await expect(semanticsOf(root, createSession(), KINDS)).rejects.toThrow(/no adapter for kind recovery/);
  write('a.json', 'S9 earlier', [], 1);
  await expect(semanticsOf(root, createSession(), KINDS)).rejects.toThrow(/count is 1/);
});
