import { expect, test } from 'vitest';
import { TidemarkError } from '../../../src/model';
import { checksum } from '../../../src/site/keep/checksum';
import { decodeLink, encodeLink, isOldLink, LINK_LIMITS, type LinkState } from '../../../src/site/keep/link';

const state: LinkState = {
  lesson: 'the-event-that-came-late',
  seed: 7,
  knobs: { wait: 120_000, lateness: 0.5 },
  edits: {
    spend: "SELECT card, SUM(amount) AS spend\nFROM payments -- é 価 🃏 \ud800\nWHERE card = 'x<svg onload=alert(1)>'",
  },
  forks: {
    spend: [
      { at: 3, action: { do: 'set', wait: 5 } },
      { at: 9, action: { do: 'inject', stream: 'payments', eventTime: -1, values: { card: 'a', ok: true, n: null } } },
    ],
  },
  moment: { spend: [41, 2], other: [-1, -1] },
  clock: { spend: 'known', other: 'event' },
  place: { machines: 17, systems: -1 },
  bets: { bet: 62, word: 'late', sure: true, none: null },
};

const MUTATIONS = process.env.LONG ? 100_000 : 5_000;

/** A link that is whole but holds what we choose. */
async function forge(bytes: Uint8Array | string, version = 2): Promise<string> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return sealed(Buffer.from(await new Response(stream).arrayBuffer()), version);
}

function sealed(deflated: Buffer, version = 2): string {
  const body = `${version}.${deflated.toString('base64url')}`;
  return `#s=${body}.${checksum(body)}`;
}

const refusal = async (fragment: string): Promise<TidemarkError> => {
  const thrown: unknown = await decodeLink(fragment).then(
    (decoded) => new Error(`accepted: ${JSON.stringify(decoded).slice(0, 200)}`),
    (error: unknown) => error,
  );
  if (!(thrown instanceof TidemarkError)) throw thrown;
  expect(thrown.facts).toMatchObject({ where: 'the link', what: expect.any(String), hint: expect.any(String) });
  return thrown;
};

function randomness(seed: number) {
  return (below: number) => {
    seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return ((seed ^ (seed >>> 13)) >>> 0) % below;
  };
}

test('a link restores exactly what it was made of', async () => {
  const fragment = await encodeLink(state);
  expect(fragment).toMatch(/^#s=2\.[A-Za-z0-9_-]+\.[0-9a-f]{8}$/);
  expect(await decodeLink(fragment)).toEqual(state);
  expect(await decodeLink(fragment.slice(1))).toEqual(state);
});

test('a link without clocks and places opens', async () => {
  const { clock: _clock, place: _place, ...plain } = state;
  expect(await decodeLink(await encodeLink(plain))).toEqual(plain);
});

test('a link of version 1 keeps seed, knobs, edits and bets, and no moment', async () => {
  const { moment: _moment, ...old } = state;
  const link = await forge(JSON.stringify({ ...old, step: { spend: 41, other: -1 } }), 1);
  const { lesson, seed, knobs, edits, bets } = state;
  expect(await decodeLink(link)).toEqual({ lesson, seed, knobs, edits, bets, forks: {}, moment: {} });
  expect([isOldLink(link), isOldLink(link.slice(1)), isOldLink(await encodeLink(state))]).toEqual([true, true, false]);
  await refusal(await forge(JSON.stringify(old), 1));
});

test('a clock that is none is told as what it is, and which there are', async () => {
  const link = await forge(JSON.stringify({ ...state, clock: { spend: 'wall' } }));
  expect((await refusal(link)).facts).toMatchObject({
    what: 'clock.spend does not fit',
    expected: '"event" or "known"',
    found: '"wall"',
  });
});

test('500 random states come back as they were', async () => {
  const random = randomness(3);
  const word = () =>
    Array.from({ length: random(30) }, () => String.fromCharCode(random(3) ? 32 + random(95) : random(0xd7ff))).join(
      '',
    );
  for (let k = 0; k < 500; k += 1) {
    const record = <T>(value: () => T) =>
      Object.fromEntries(Array.from({ length: random(5) }, (_, n) => [`k${n}`, value()]));
    const made: LinkState = {
      ...state,
      seed: random(2) ? null : random(1e9),
      knobs: record(() => random(1e6) / 8),
      edits: record(word),
      moment: record(() => [random(1e5), random(9)] as const),
      bets: record(() => [null, true, 'x', random(100)][random(4)]),
    };
    expect(await decodeLink(await encodeLink(made))).toEqual(made);
  }
});

test(`A-62 ${MUTATIONS} mutated links: each is refused with a message, none is half accepted`, async () => {
  const fragment = await encodeLink(state);
  const alphabet = 'ABCXYZabcxyz0129-_.#=s%\u0000é/+ ';
  const random = randomness(5);
  for (let k = 0; k < MUTATIONS; k += 1) {
    const at = random(fragment.length);
    const mutated = [
      () => fragment.slice(0, at),
      () => fragment.slice(0, at) + alphabet[random(alphabet.length)] + fragment.slice(at + 1),
      () => fragment.slice(0, at) + fragment.slice(at + 1 + random(20)),
      () => fragment.slice(0, at) + fragment.slice(random(at + 1)),
      () =>
        fragment.slice(0, at) +
        String.fromCharCode(fragment.charCodeAt(at) ^ (1 << random(7))) +
        fragment.slice(at + 1),
    ][random(5)]();
    // Without its first character it is the same link.
    if (mutated !== fragment && mutated !== fragment.slice(1)) await refusal(mutated);
  }
});

test(`A-62 damage behind a right checksum is refused too, or gives a whole state`, async () => {
  const deflated = Buffer.from((await encodeLink(state)).split('.')[1], 'base64url');
  const random = randomness(9);
  let refused = 0;
  for (let k = 0; k < MUTATIONS / 5; k += 1) {
    const bytes = Buffer.from(deflated);
    bytes[random(bytes.length)] ^= 1 << random(8);
    const cut = random(4) ? bytes : bytes.subarray(0, random(bytes.length));
    const link = sealed(Buffer.from(cut));
    try {
      expect(Object.keys(await decodeLink(link)).sort()).toEqual(Object.keys(state).sort());
    } catch (thrown) {
      if (!(thrown instanceof TidemarkError)) throw thrown;
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 10);
});

test('A-60 a link of 2 MB is refused before its checksum is looked at', async () => {
  expect((await refusal(`#s=2.${'A'.repeat(2_000_000)}.00000000`)).facts.what).toBe('too long for a link of this site');
});

test('A-61 a deflate bomb stops after 2 MB', async () => {
  const fragment = await forge(new Uint8Array(5_500_000));
  expect(fragment.length).toBeLessThan(LINK_LIMITS.characters);
  expect((await refusal(fragment)).facts.what).toContain('unpacks to more');
});

test.each([0, 3, 9, 10])('A-62 version %i is refused with advice', async (version) => {
  expect((await refusal(await forge(JSON.stringify(state), version))).facts).toMatchObject({
    what: 'of another version',
    found: `version ${version}`,
  });
});

test.each([
  ['a prototype at the top (A-63)', JSON.stringify(state).replace('{', '{"__proto__":{"polluted":true},')],
  ['depth 10,000 (A-64)', `${'{"knobs":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['lists 100,000 deep (A-64)', JSON.stringify(state).replace('null', '['.repeat(100_000) + ']'.repeat(100_000))],
  [
    'too many cells (A-64)',
    JSON.stringify({
      ...state,
      seed: 7,
      knobs: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`c${n}`, n])),
    }),
  ],
  ['a lone surrogate in a name (A-64)', JSON.stringify({ ...state, knobs: { 'a\ud800': 1 } })],
  ['bidi characters in a name (A-64)', JSON.stringify({ ...state, knobs: { 'a\u202eb': 1 } })],
  ['zero-width characters in a name (A-64)', JSON.stringify({ ...state, knobs: { 'a\u200bb': 1 } })],
  ['a lesson that is an address (A-65)', JSON.stringify({ ...state, lesson: 'javascript:alert(1)' })],
  ['a lesson in another folder', JSON.stringify({ ...state, lesson: '../admin' })],
  ['an unknown field', JSON.stringify({ ...state, run: true })],
  ['a missing field', JSON.stringify({ ...state, bets: undefined })],
  ['a number that is a text', JSON.stringify({ ...state, knobs: { wait: '1' } })],
  ['an infinite number', JSON.stringify(state).replace('120000', '1e999')],
  ['a moment that is none', JSON.stringify({ ...state, moment: { spend: [1.5, 0] } })],
  ['a moment of one number', JSON.stringify({ ...state, moment: { spend: [1] } })],
  ['a moment half before the first', JSON.stringify({ ...state, moment: { spend: [3, -1] } })],
  ['a clock that is none', JSON.stringify({ ...state, clock: { spend: 'wall' } })],
  ['the clock of all runs at once', JSON.stringify({ ...state, clock: 'event' })],
  ['a place that is none', JSON.stringify({ ...state, place: { systems: 0.5 } })],
  ['a place before the start', JSON.stringify({ ...state, place: { systems: -2 } })],
  ['an unknown action', JSON.stringify({ ...state, forks: { spend: [{ at: 1, action: { do: 'eval', code: '1' } }] } })],
  ['a list', '[]'],
  ['a word', 'true'],
  ['nothing', ''],
  ['no UTF-8', Uint8Array.of(0x7b, 0xff, 0xfe)],
])('a whole link that holds %s is refused', async (_, content) => {
  await refusal(await forge(content));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('attack 7, A-63: names that JavaScript knows are names like others, and reach nothing', async () => {
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty']) {
    const given = JSON.parse(
      JSON.stringify({ ...state, edits: { x: 'SELECT 1' } })
        .replace('"x"', `"${name}"`)
        .replace('"card"', `"${name}"`),
    ) as typeof state;
    const found = await decodeLink(await encodeLink(given));
    expect(Object.entries(found.edits)).toEqual([[name, 'SELECT 1']]);
    expect(JSON.stringify(found)).toBe(JSON.stringify(given));
  }
  const none = (await decodeLink(await encodeLink({ ...state, edits: {} }))).edits;
  for (const name of ['toString', '__proto__', 'constructor']) expect(none[name]).toBeUndefined();
});

test('A-59 code in a link is text and stays text', async () => {
  const edits = { a: '<img src=x onerror=alert(1)>', b: 'javascript:alert(1)', c: '");alert(1)//' };
  expect((await decodeLink(await encodeLink({ ...state, edits }))).edits).toEqual(edits);
});

test('a state that is too much for a link says to export a file', async () => {
  const random = randomness(1);
  const noise = Array.from({ length: 20_000 }, () => String.fromCharCode(33 + random(90))).join('');
  await expect(encodeLink({ ...state, edits: { spend: noise } })).rejects.toMatchObject({
    facts: { what: 'too long to share', where: 'the link', hint: expect.stringContaining('Export a file') },
  });
});

test('a state that no link may hold is refused when it is made', async () => {
  await expect(encodeLink({ ...state, knobs: { wait: Number.NaN } })).rejects.toMatchObject({
    facts: { what: 'knobs.wait does not fit', where: 'the link' },
  });
});
