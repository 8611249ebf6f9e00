import { afterEach, expect, test } from 'vitest';
import { TidemarkError } from '../../../src/model';
import { openKeep, type Keep, type Saved } from '../../../src/site/keep';
import { nothingSaved } from '../../../src/site/keep/saved';
import { memoryStore } from '../../../src/site/keep/store';

const open: Keep[] = [];

afterEach(() => {
  for (const keep of open.splice(0)) keep.close();
});

async function tab(slug = 'lesson', store = memoryStore()): Promise<Keep> {
  const keep = await openKeep(slug, { store: async () => store });
  open.push(keep);
  return keep;
}

const work: Partial<Saved> = {
  edits: { a: 'SELECT 1', b: '\ud800 <b> \u202e 価' },
  knobs: { wait: 0.1 },
  seed: { data: 7 },
  forks: { a: [{ at: 3, action: { do: 'set', wait: 1 } }] },
  bets: { b: { value: null, locked: true }, c: { value: '62', locked: false } },
  answers: { e: { setting: { wait: 3, edge: 'closed' }, passed: false } },
  hints: { e: 1 },
  position: { a: -1 },
  done: true,
};

const contentOf = ({ revision: _, ...content }: Saved) => content;

const exported = async (): Promise<string> => {
  const keep = await tab();
  await keep.write(work);
  return keep.exportFile().text();
};

const refusal = async (content: string, keep?: Keep): Promise<TidemarkError> => {
  keep ??= await tab();
  const thrown: unknown = await keep.importFile(new Blob([content])).catch((error: unknown) => error);
  if (!(thrown instanceof TidemarkError)) throw new Error(`accepted: ${content.slice(0, 200)}`);
  expect(thrown.facts).toMatchObject({ where: 'the file', hint: expect.any(String) });
  expect(keep.read()).toEqual(nothingSaved());
  return thrown;
};

test('a file restores everything in another browser', async () => {
  const keep = await tab();
  await keep.importFile(new Blob([await exported()]));
  expect(contentOf(keep.read())).toEqual(work);
  expect(keep.conflicts()).toEqual([]);
});

test('a file carries the versions that are in conflict', async () => {
  const store = memoryStore();
  const [left, right] = [await tab('lesson', store), await tab('lesson', store)];
  await left.write({ edits: { a: 'left' } });
  await right.write({ edits: { a: 'right' } });
  const keep = await tab();
  await keep.importFile(right.exportFile());
  expect(keep.conflicts()).toMatchObject([{ key: 'a', here: 'right', others: [{ value: 'left' }] }]);
});

test('a file laid over other work keeps both', async () => {
  const keep = await tab();
  let told = 0;
  keep.onchange(() => (told += 1));
  await keep.write({ edits: { a: 'mine', z: 'mine too' } });
  await keep.importFile(new Blob([await exported()]));
  expect(keep.read().edits).toEqual({ ...work.edits, z: 'mine too' });
  expect(keep.conflicts()).toMatchObject([{ field: 'edits', key: 'a', here: 'SELECT 1', others: [{ value: 'mine' }] }]);
  expect(told).toBe(1);
});

test('U-05 500 random lessons go out and come in without loss', async () => {
  let seed = 1;
  const random = (below: number) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % below;
  const record = <T>(value: () => T) =>
    Object.fromEntries(Array.from({ length: random(6) }, () => [`k${random(1e6)}`, value()]));
  const word = () => Array.from({ length: random(40) }, () => String.fromCharCode(random(0xffff))).join('');
  for (let k = 0; k < 500; k += 1) {
    const made: Partial<Saved> = {
      edits: record(word),
      knobs: record(() => random(1e6) / 7),
      seed: record(() => random(1e9)),
      forks: record(() => [{ at: random(99), action: { do: 'wait', from: 0, until: random(9) } }]),
      bets: record(() => ({ value: [word(), random(9), true, null][random(4)], locked: random(2) === 0 })),
      answers: record(() => ({ setting: record(() => (random(2) ? word() : random(99))), passed: random(2) === 0 })),
      hints: record(() => random(5)),
      position: record(() => random(1e5) - 1),
      done: random(2) === 0,
    };
    const keep = await tab();
    await keep.write(made);
    const back = await tab();
    await back.importFile(keep.exportFile());
    expect(contentOf(back.read())).toEqual(made);
  }
});

test('a file of another lesson says which', async () => {
  const keep = await tab('another');
  await keep.write(work);
  expect((await refusal(await keep.exportFile().text())).facts).toMatchObject({ expected: 'lesson', found: 'another' });
});

test('U-12 5,000 damaged files are refused whole, each with what and where', async () => {
  const content = await exported();
  const keep = await tab();
  let seed = 5;
  const random = (below: number) => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % below;
  let refused = 0;
  for (let k = 0; k < 5_000; k += 1) {
    const at = random(content.length);
    const damaged = random(2)
      ? content.slice(0, at)
      : content.slice(0, at) + String.fromCharCode(content.charCodeAt(at) ^ (1 << random(7))) + content.slice(at + 1);
    // Space between the fields is not content.
    if (JSON.stringify(parsed(damaged)) === JSON.stringify(parsed(content))) continue;
    await refusal(damaged, keep);
    refused += 1;
  }
  expect(refused).toBeGreaterThan(4_000);
});

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

test.each([
  ['of a later format', (file: object) => ({ ...file, format: 3 }), 'later version'],
  ['of no format', (file: object) => ({ ...file, format: 0 }), 'format does not fit'],
  ['with a foreign field', (file: object) => ({ ...file, run: 'now' }), 'does not fit'],
  ['that is a list', () => [], 'does not fit'],
  ['that is null', () => null, 'not JSON'],
])('a file %s is refused', async (_, change, message) => {
  const file = change(JSON.parse(await exported()) as object);
  expect((await refusal(JSON.stringify(file))).message).toContain(message);
});

test('attack 7, A-63: names that JavaScript knows go out and come in like others, and reach nothing', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty'];
  for (const name of names) {
    const keep = await tab();
    const edits = JSON.parse(`{"${name}":"SELECT 1"}`) as Record<string, string>;
    expect(await keep.write({ edits })).toBe('saved');
    const back = await tab();
    await back.importFile(keep.exportFile());
    expect(Object.entries(back.read().edits)).toEqual([[name, 'SELECT 1']]);
    for (const other of names) if (other !== name) expect(back.read().edits[other]).toBeUndefined();
  }
  await refusal((await exported()).replace('{', '{"__proto__":{"polluted":1},'));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('a file of 6 MB is refused unread', async () => {
  expect((await refusal('x'.repeat(6_000_000))).facts.what).toBe('too large for a lesson');
});
