import fc from 'fast-check';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { checksum } from '../../src/site/keep/checksum';
import { CALLS, FAULTS } from '../site/keep/fakeBrowser';
import { Reader, type Open } from '../site/keep/reader';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const RUNS = process.env.LONG ? 1_000 : 60;
const MOST_TABS = 4;

const DEEDS = [
  'type',
  'type',
  'type',
  'write',
  'write',
  'undo',
  'open',
  'open a link',
  'reload',
  'close',
  'kill',
  'export',
  'import',
  'bad import',
  'choose',
  'full',
  'room',
  'fault',
  'fault',
  'wait',
  'deploy',
] as const;

interface Deed {
  do: (typeof DEEDS)[number];
  /** Chooses the tab, the cell, the fault and when it strikes. */
  n: number;
}

const deeds: fc.Arbitrary<Deed[]> = fc.array(fc.record({ do: fc.constantFrom(...DEEDS), n: fc.nat({ max: 9_999 }) }), {
  minLength: 5,
  maxLength: 40,
});

let lessons = 0;

/** A row as the first version of the site wrote it. */
function oldRow(slug: string) {
  const saved = {
    revision: 1,
    edits: { a: 'of the first version' },
    knobs: {},
    bets: {},
    answers: {},
    hints: {},
    position: {},
  };
  const text = JSON.stringify({ format: 1, saved: { ...saved, done: false } });
  return { slug, kind: 'kept' as const, number: 1, text, checksum: checksum(text) };
}

async function play(all: readonly Deed[], seed: number, startsOld: boolean): Promise<void> {
  const lesson = `sequence-${(lessons += 1)}`;
  const reader = new Reader(lesson);
  const { browser } = reader;
  let state = seed;
  browser.pick = (count) => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % count;
  let strikes: { call: number; fault: (typeof FAULTS)[number] } | null = null;
  browser.plan = (call, name) => {
    if (!strikes || call < strikes.call || !CALLS[name].includes(strikes.fault)) return null;
    const { fault } = strikes;
    strikes = null;
    return fault;
  };
  if (startsOld) reader.isThere(oldRow(lesson), 'edits', 'a', 'of the first version');

  const open: Open[] = [await reader.open()];
  const pending: Promise<unknown>[] = [];
  let file = '';
  const at = async (n: number): Promise<Open> => {
    const i = n % open.length;
    if (open[i].tab.gone) open[i] = await reader.open(open[i].link);
    return open[i];
  };
  const act: Record<Deed['do'], (n: number) => Promise<unknown>> = {
    type: async (n) => pending.push(reader.write(await at(n), 'edits', 'abc'[n % 3], `text ${n}`)),
    write: async (n) => reader.write(await at(n), n % 2 ? 'edits' : 'knobs', 'abc'[n % 3], n % 2 ? `text ${n}` : n),
    undo: async (n) => reader.write(await at(n), 'edits', 'abc'[n % 3], undefined),
    open: async () => open.length < MOST_TABS && open.push(await reader.open()),
    'open a link': async () => open.length < MOST_TABS && open.push(await reader.open(true)),
    reload: async (n) => {
      const one = await at(n);
      one.tab.kill(n % 2 === 0);
      open[n % open.length] = await reader.open(one.link);
    },
    close: async (n) => {
      await reader.close(await at(n));
      open[n % open.length] = await reader.open(n % 3 === 0);
    },
    kill: async (n) => (await at(n)).tab.kill(n % 3 === 0),
    export: async (n) => (file = await (await at(n)).keep.exportFile().text()),
    import: async (n) => file && reader.import(await at(n), file),
    'bad import': async (n) => reader.import(await at(n), file.slice(0, n % (file.length || 1))),
    choose: async (n) => reader.choose(await at(n), n % 2 === 0),
    full: async () => (browser.full = true),
    room: async () => (browser.full = false),
    fault: async (n) => (strikes = { call: browser.calls.length + (n % 17), fault: FAULTS[n % FAULTS.length] }),
    wait: async () => Promise.all(pending.splice(0)),
    // A later version of the site is rare, and after it nothing is stored any more.
    deploy: async (n) => n % 3 === 0 && reader.deploy(),
  };
  for (const one of all) await act[one.do](one.n);
  await Promise.all(pending);
  await reader.holds();
}

test(`U-13 ${RUNS} sequences of faults: nothing that was called saved is lost or torn, and the reader can go on`, async () => {
  await fc.assert(fc.asyncProperty(deeds, fc.nat(), fc.boolean(), play), { numRuns: RUNS });
});
