import { expect, vi } from 'vitest';
import { TidemarkError } from '../../../src/model';
import { nothingSaved, openKeep, openWork, type Keep, type Saved, type WriteOutcome } from '../../../src/site/keep';
import { checksum } from '../../../src/site/keep/checksum';
import { FIELDS, isWork, type FieldName } from '../../../src/site/keep/merge';
import { type Row } from '../../../src/site/keep/store';
import { FakeBrowser, keyOf, type FakeTab } from './fakeBrowser';

/** What a reader has before them: a tab, with a document of the lesson in it. */
export interface Open {
  tab: FakeTab;
  keep: Keep;
  link: boolean;
}

/** One thing that a reader has made, and what it was made of. */
interface Made {
  link: boolean;
  field: FieldName;
  key: string;
  /** undefined: back to what the author wrote. */
  value: unknown;
  /** Name of that. */
  from: string | null;
  acknowledged: boolean;
}

/** What made things are known by: a value that is made twice is one. */
const nameOf = ({ link, field, key, value }: Pick<Made, 'link' | 'field' | 'key' | 'value'>): string =>
  JSON.stringify([link, field, key, value ?? null]);

const HASH = '#s=2.of_a_link.00000000';

/** A reader at a browser. Remembers what the page called saved, and looks whether it is there. */
export class Reader {
  readonly browser = new FakeBrowser();
  private readonly all: Made[] = [];
  /** What a later version of the site has stored. */
  private ofLater: Row | null = null;

  constructor(private readonly lesson: string) {
    vi.stubGlobal('IDBKeyRange', { bound: (lower: unknown, upper: unknown) => ({ lower, upper }) });
  }

  /** Opens the lesson, or a link to it; again where the tab is killed meanwhile. */
  async open(link = false): Promise<Open> {
    for (;;) {
      const tab = this.browser.tab();
      const shows = { ...nothingSaved(), edits: { a: 'of the link' } };
      const keep = await this.settle(
        tab,
        link
          ? openKeep(this.lesson, { ...tab.options, link: { hash: HASH, shows } })
          : openWork(this.lesson, '', tab.options).then(async ({ keep, also }) => (await also, keep)),
      );
      if (!keep || tab.gone) continue;
      keep.onchange(() => undefined);
      this.tellsOf(keep);
      return { tab, keep, link };
    }
  }

  /** Changes one entry; undefined takes it away. What the page answers comes with the promise. */
  async write({ tab, keep, link }: Open, field: FieldName, key: string, value: unknown): Promise<WriteOutcome | null> {
    const before = keep.read()[field];
    const from = nameOf({ link, field, key, value: before[key] });
    const made: Made = { link, field, key, value, from, acknowledged: false };
    this.all.push(made);
    const writing = keep.write({ [field]: { ...before, [key]: value } });
    expect(keep.read()[field][key]).toEqual(value);
    const outcome = await this.settle(tab, writing);
    if (outcome === null) return null;
    // What is taken away gives way to what another tab has written meanwhile.
    if (outcome !== 'refused' && keep.state === 'kept') made.acknowledged = value !== undefined;
    if (outcome === 'refused') expect(keep.reason).toMatch(/.{20}/);
    this.tellsOf(keep);
    return outcome;
  }

  /** Takes one version of an entry, or keeps the one in use: the others are no longer wanted. */
  async choose({ tab, keep, link }: Open, takes: boolean): Promise<void> {
    const conflict = keep.conflicts().at(0);
    if (!conflict) return;
    const { id, field, key, here, others } = conflict;
    const outcome = await this.settle(tab, keep.resolve({ id, keep: takes ? others[0].id : 'here' }));
    if (outcome === 'refused') return void expect(keep.reason).toMatch(/.{20}/);
    const [kept, ...dropped] = takes
      ? [others[0].value, ...others.slice(1).map(({ value }) => value), here]
      : [here, ...others.map(({ value }) => value)];
    const chosen: Made = { link, field, key, value: kept, from: null, acknowledged: false };
    for (const value of dropped) this.all.push({ ...chosen, from: nameOf({ ...chosen, value }) });
  }

  /** Lays a file over what is there, or is told why not. */
  async import({ tab, keep, link }: Open, content: string): Promise<void> {
    const { saved = {} } = parsed(content) as { saved?: Partial<Saved> };
    const entries = FIELDS.filter(isWork).map((field) => [field, saved[field] ?? {}] as const);
    const before = keep.read();
    const file = { size: content.length, text: async () => content } as Blob;
    const thrown = await this.settle(
      tab,
      keep.importFile(file).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    if (tab.gone) return;
    if (thrown) return void expect(thrown).toBeInstanceOf(TidemarkError);
    for (const [field, values] of entries)
      for (const [key, value] of Object.entries(values)) {
        // What gives way to a file stays beside it, but where there was nothing, nothing can.
        const from = before[field][key] === undefined ? nameOf({ link, field, key, value: undefined }) : null;
        this.all.push({ link, field, key, value, from, acknowledged: keep.state === 'kept' });
      }
  }

  /** A row that an earlier visit has stored, and what it holds. */
  isThere(row: Row, field: FieldName, key: string, value: unknown): void {
    this.browser.version = 1;
    this.browser.rows.set(keyOf(row), row);
    this.all.push({ link: false, field, key, value, from: null, acknowledged: true });
  }

  /** A later version of the site opens the lesson and stores it in a format of its own. */
  async deploy(): Promise<void> {
    await this.rests();
    if (this.ofLater) return;
    const kept = [...this.browser.rows.values()].filter(({ slug, kind }) => slug === this.lesson && kind === 'kept');
    const newest = kept.sort((a, b) => b.number - a.number).at(0);
    if (!newest) return;
    const text = JSON.stringify({ ...(JSON.parse(newest.text) as object), format: 3, moods: 'new' });
    this.ofLater = { ...newest, number: newest.number + 1, text, checksum: checksum(text) };
    this.browser.rows = new Map([...this.browser.rows, [keyOf(this.ofLater), this.ofLater]]);
  }

  async close({ tab, keep }: Open): Promise<void> {
    keep.close();
    await this.settle(tab, keep.write({}));
  }

  /** Everything that was called saved is there, nothing is torn, and the reader can go on. */
  async holds(): Promise<void> {
    const { browser } = this;
    Object.assign(browser, { plan: () => null, full: false, version: Math.min(browser.version, 1) });
    await this.rests();
    for (const { text, checksum: sum } of browser.rows.values()) {
      expect(checksum(text)).toBe(sum);
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
    if (this.ofLater) {
      expect(browser.rows.get(keyOf(this.ofLater))).toEqual(this.ofLater);
      expect(browser.rows.has(keyOf({ ...this.ofLater, number: this.ofLater.number + 1 }))).toBe(false);
    }
    for (const link of [false, true]) {
      const open = await this.open(link);
      expect(open.keep.state).toBe('kept');
      if (!open.keep.readOnly) expect(open.keep.reason).toBeNull();
      const lost = this.all.filter((made) => made.link === link && made.acknowledged && !this.lives(made, open.keep));
      expect(lost.map(({ field, key, value }) => ({ field, key, value }))).toEqual([]);
      if (open.keep.readOnly) continue;
      expect(await this.write(open, 'edits', 'goes on', 'yes')).toBe('saved');
      expect((await this.open(link)).keep.read().edits).toMatchObject({ 'goes on': 'yes' });
    }
  }

  /** Does all that the browser has still to do. */
  private async rests(): Promise<void> {
    for (let idle = 0; idle < 2;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.browser.step()) idle = 0;
      else if (vi.getTimerCount()) vi.advanceTimersByTime(500);
      else idle += 1;
    }
  }

  /** Does what the browser has to do until a promise is settled; null where its tab is gone by then. */
  async settle<T>(tab: FakeTab, promise: Promise<T>): Promise<T | null> {
    let settled = false;
    const mark = () => (settled = true);
    promise.then(mark, mark);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      if (tab.gone) return null;
      if (this.browser.step()) continue;
      if (!vi.getTimerCount()) throw new Error('nothing will answer this any more');
      vi.advanceTimersByTime(500);
    }
  }

  /** Whether it, or something that was made of it, is in use or kept beside. */
  private lives(made: Made, keep: Keep): boolean {
    const { field, key } = made;
    const conflict = keep.conflicts().find((one) => one.field === field && one.key === key);
    const there = [keep.read()[field][key], ...(conflict?.others.map(({ value }) => value) ?? [])];
    const found = new Set(there.map((value) => nameOf({ ...made, value })));
    const descendants = new Set([nameOf(made)]);
    for (const name of descendants) for (const one of this.all) if (one.from === name) descendants.add(nameOf(one));
    return [...descendants].some((name) => found.has(name));
  }

  /** Where nothing outlives the page, the page says so. */
  private tellsOf(keep: Keep): void {
    if (keep.state === 'memory') expect(keep.reason).toMatch(/^Not saved/);
  }
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return {};
  }
}
