import { errorFacts, TidemarkError } from '../../model';
import { openChannel, type Channel } from './channel';
import { readFile, writeFile } from './file';
import { indexedStore } from './indexed';
import { localJournal, type Journal } from './journal';
import { changesOf, FIELDS, isWork, merge, same, type Change, type Displaced, type FieldName } from './merge';
import { forkRows, keptIn, nextRevision, type Fork, type Kept } from './revisions';
import { nothingSaved, type Saved } from './saved';
import { fits, sift } from './sift';
import { memoryStore, type Plan, type Row, type Store } from './store';
import { readWaiting, writeWaiting, type Waiting } from './waiting';

export type WriteOutcome = 'saved' | 'conflict' | 'refused';

/** Versions of one entry, from other tabs or from a file; `here` is the one in use. */
export interface Conflict {
  id: string;
  field: FieldName;
  key: string;
  here: unknown;
  /** Oldest first. */
  others: { id: number; value: unknown }[];
}

/** What a reader has made of one lesson, or of one link to it, in this browser. */
export interface Keep {
  /** `kept`: survives the page. `memory`: does not, and `reason` is why. */
  readonly state: 'kept' | 'memory';
  /** A sentence for the reader while something is wrong: nothing is saved, or not the newest, or not all. Else null. */
  readonly reason: string | null;
  /** Whether everything here outlives the page. */
  readonly lasts: boolean;
  /** A later version of Tidemark wrote this: it is shown, and never overwritten. */
  readonly readOnly: boolean;
  /** What this tab knows: what was stored, what other tabs have told `onchange`, and its own writes, kept or not. */
  read(): Saved;
  /**
   * Saves the given fields; each is given whole, so an entry that is missing is taken away. Entries that another tab
   * has changed meanwhile are merged; where both changed the same one, `conflict`: the other version is in
   * `conflicts()`. `refused`: `reason` says why; what was given stays in this tab, and goes with the next write. An
   * entry that does not fit is not stored, and does not keep the others from it.
   */
  write(change: Partial<Saved>): Promise<WriteOutcome>;
  /** Called when another tab has changed something, with what is known now. Returns a function that takes it off. */
  onchange(listener: (saved: Saved) => void): () => void;
  conflicts(): Conflict[];
  /** Ends a conflict: the version in use stays, or the one of that id takes its place. */
  resolve(choice: { id: string; keep: 'here' | number }): Promise<WriteOutcome>;
  exportFile(): Blob;
  /** Lays a file over what is here; entries that give way are in `conflicts()`. Throws a `TidemarkError` if it cannot. */
  importFile(file: Blob): Promise<void>;
  /** Back to the author's lesson. Throws a `TidemarkError` if it cannot. */
  reset(): Promise<void>;
  close(): void;
}

export interface KeepOptions {
  store?: () => Promise<Store>;
  journal?: (name: string) => Journal;
  channel?: (name: string, onNews: () => void) => Channel;
  /**
   * A link has a document of its own, by its fragment: what a reader changes where a link is shown is kept there, over
   * `shows`, and what they have made of the lesson stays as it is.
   */
  link?: { hash: string; shows: Saved };
}

/** The last resort where the browser keeps nothing. */
export const onThisPage = memoryStore();

interface Outcome {
  kept: Kept;
  forks: Fork[];
  conflicting: Set<Waiting>;
}

export async function openKeep(
  slug: string,
  { store = indexedStore, journal = localJournal, channel = openChannel, link }: KeepOptions = {},
): Promise<Keep> {
  const name = documentName(slug, link?.hash);
  const base = link?.shows ?? nothingSaved();
  let opened: { store: Store; rows: Row[] };
  let state: Keep['state'] = 'kept';
  let reason: string | null = null;
  try {
    const kept = await store();
    opened = { store: kept, rows: await kept.rows(name) };
  } catch (thrown) {
    state = 'memory';
    reason = `Not saved in this browser: ${why(thrown)}. Your work lasts until this page is closed; export it to a file to keep it.`;
    opened = { store: onThisPage, rows: await onThisPage.rows(name) };
  }
  const lasting = reason;
  const rows = opened.store;
  let kept = keptIn(opened.rows, base);
  /** What the page has been told of, without its own waiting changes. */
  let known = kept.saved;
  let waiting: Waiting[] = [];
  /** Changes that cannot be stored, with the sentence that says why. */
  let unfit: { change: Change; why: string }[] = [];
  const notes = journal(name);
  const conflicted = new WeakSet<Waiting>();
  let queue: Promise<unknown> = Promise.resolve();
  const listeners = new Set<(saved: Saved) => void>();
  if (kept.damaged) {
    reason ??= kept.readable
      ? 'The newest saved version of this lesson was damaged; the one before it was opened.'
      : 'What was saved of this lesson is damaged and could not be opened.';
  }
  const others = state === 'kept' ? channel(name, () => void inTurn(refresh).catch(() => undefined)) : null;

  /** One piece of work after the other, whether or not the last one succeeded. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  }

  /** What is stored or waits to be. */
  const storable = (): Saved =>
    merge(
      known,
      waiting.flatMap(({ changes }) => changes),
    ).saved;

  const view = (): Saved =>
    merge(
      storable(),
      unfit.map(({ change }) => change),
    ).saved;

  function enqueue(mine: Waiting): void {
    waiting.push(mine);
    note();
  }

  /** Should the page be closed before the transaction is through, the next opening finds this. */
  function note(): void {
    notes.note(waiting.length ? writeWaiting(waiting) : null);
  }

  async function refresh(): Promise<void> {
    const found = keptIn(await rows.rows(name), base);
    // A page that does not listen has not learnt of it: its next write must find the conflict.
    if (listeners.size) learn(found);
    else kept = { ...found, saved: kept.saved };
  }

  /** Takes what is stored for known, and tells the page if that is news. */
  function learn(found: Kept, own: readonly Change[] = []): void {
    const expected = merge(known, own).saved;
    kept = found;
    known = found.saved;
    if (FIELDS.every((field) => same(expected[field], known[field])) && expected.done === known.done) return;
    for (const listener of listeners) listener(view());
  }

  /** Stores everything that waits, in one transaction, on top of what is stored by now. */
  async function flush(extra: Displaced[] = [], drop: readonly Fork[] = []): Promise<Outcome> {
    const batch = [...waiting];
    const outcome = await rows.change(name, (found): Plan<Outcome> => {
      const stored = keptIn(found, base);
      if (stored.newer) throw new TidemarkError({ what: 'a later version of this site wrote this lesson' });
      let saved = stored.saved;
      const displaced = [...extra];
      const conflicting = new Set<Waiting>();
      for (const one of batch) {
        const merged = merge(saved, one.changes);
        saved = merged.saved;
        displaced.push(...one.aside, ...merged.displaced);
        if (merged.displaced.length) conflicting.add(one);
      }
      saved = { ...saved, revision: stored.last + 1 };
      const { put, remove } = nextRevision(name, found, { saved, readable: stored.readable });
      // A number may be another version's by now.
      const goes = stored.forks.filter((fork) => drop.some((one) => same(one, fork))).map(({ number }) => number);
      const dropped = found.filter((row) => row.kind === 'fork' && goes.includes(row.number));
      const left = found.filter((row) => !dropped.includes(row));
      const forked = forkRows(name, left, displaced);
      const gone = [...remove, ...dropped, ...forked.remove];
      const { forks } = keptIn([...left.filter((row) => !gone.includes(row)), ...forked.put], base);
      const result = {
        kept: { ...stored, saved, forks, damaged: 0, last: saved.revision, readable: saved.revision },
        forks,
        conflicting,
      };
      return { put: [put, ...forked.put], remove: gone, result };
    });
    waiting = waiting.filter((one) => !batch.includes(one));
    note();
    reason = lasting;
    others?.tell(outcome.kept.saved.revision);
    learn(
      outcome.kept,
      batch.flatMap(({ changes }) => changes),
    );
    return outcome;
  }

  function refuse(thrown: unknown): void {
    reason = `Not saved: ${why(thrown)}. Your work is still on this page; export it to a file to keep it.`;
  }

  async function write(change: Partial<Saved>): Promise<WriteOutcome> {
    const before = storable();
    const sifted = sift(before, changesOf(before, change));
    const { changes } = sifted;
    const given = ({ change: { field } }: (typeof unfit)[number]) => change[field] !== undefined;
    unfit = [...unfit.filter((one) => !given(one)), ...sifted.unfit];
    if (!changes.length && !waiting.length) return unfit.some(given) ? 'refused' : 'saved';
    const mine: Waiting = { changes, aside: [] };
    enqueue(mine);
    const outcome = await storeWaiting(mine, change);
    return unfit.some(given) ? 'refused' : outcome;
  }

  function storeWaiting(mine: Waiting, change: Partial<Saved>): Promise<WriteOutcome> {
    return inTurn(async () => {
      // An earlier write may have taken this one along.
      if (!waiting.includes(mine)) return conflicted.has(mine) ? 'conflict' : 'saved';
      try {
        const { conflicting } = await flush();
        for (const one of conflicting) conflicted.add(one);
        if (state === 'kept' && change.edits) askToPersist();
        return conflicting.has(mine) ? 'conflict' : 'saved';
      } catch (thrown) {
        refuse(thrown);
        return 'refused';
      }
    });
  }

  /** Stores what a tab had noted when it was closed. */
  async function takeUp(): Promise<void> {
    if (kept.newer) return;
    for (const { text, done } of notes.left()) {
      const { changes, aside } = readWaiting(text) ?? { changes: [], aside: [] };
      const mine: Waiting = { changes: changes.filter(fits).map((change) => ({ ...change, late: true })), aside };
      enqueue(mine);
      const outcome = await storeWaiting(mine, {});
      if (outcome !== 'refused' && state === 'kept') done();
    }
  }

  /** As `flush`, for actions that the reader asked for by name: a refusal is an error. */
  async function must(work: () => Promise<unknown>, what: string): Promise<void> {
    try {
      await inTurn(work);
    } catch (thrown) {
      // Storage that did not answer may have stored it all the same: the page is to show what is there.
      await inTurn(refresh).catch(() => undefined);
      if (thrown instanceof TidemarkError && thrown.facts.where) throw thrown;
      throw new TidemarkError({
        what: `${what}: ${why(thrown)}`,
        where: slug,
        hint: 'Export what you have, and try again.',
      });
    }
  }

  const conflicts = (): Conflict[] => {
    const here = view();
    const found = new Map<string, Conflict>();
    for (const { number, field, key, value } of [...kept.forks].sort((a, b) => a.number - b.number)) {
      const id = `${field} ${key}`;
      const conflict = found.get(id) ?? { id, field, key, here: here[field][key], others: [] };
      conflict.others.push({ id: number, value });
      found.set(id, conflict);
    }
    return [...found.values()];
  };

  await takeUp();

  return {
    state,
    get reason() {
      return (kept.newer ? OF_LATER_VERSION : reason) ?? unfit[0]?.why ?? null;
    },
    get lasts() {
      return !waiting.length && !unfit.length && (state === 'kept' || !kept.saved.revision);
    },
    get readOnly() {
      return kept.newer !== null;
    },
    read: view,
    write,
    onchange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    conflicts,
    resolve: async ({ id, keep }) => {
      const conflict = conflicts().find((one) => one.id === id);
      if (!conflict) return 'saved';
      const { field, key, others } = conflict;
      const chosen = others.find((one) => one.id === keep);
      if (!chosen && keep !== 'here') return 'saved';
      const base = storable()[field][key];
      const mine: Waiting = { changes: chosen ? [{ field, key, base, value: chosen.value }] : [], aside: [] };
      if (chosen) unfit = unfit.filter(({ change }) => change.field !== field || change.key !== key);
      return inTurn(async () => {
        waiting.push(mine);
        try {
          await flush(
            [],
            others.map(({ id: number, value }) => ({ field, key, value, number })),
          );
          return 'saved';
        } catch (thrown) {
          waiting = waiting.filter((one) => one !== mine);
          refuse(thrown);
          return 'refused';
        }
      });
    },
    exportFile: () => writeFile({ slug, saved: storable(), forks: kept.forks, newer: kept.newer }),
    importFile: async (file) => {
      const { saved, forks } = await readFile(file, slug);
      await must(async () => {
        const before = storable();
        const laid = FIELDS.map((field) => [field, { ...before[field], ...saved[field] }] as const);
        const changes = changesOf(before, { ...Object.fromEntries(laid), done: saved.done || before.done });
        const gaveWay = changes.flatMap(({ field, key, base }) =>
          field === 'done' || !isWork(field) || base === undefined ? [] : [{ field, key, value: base }],
        );
        const mine: Waiting = { changes, aside: [] };
        waiting.push(mine);
        try {
          await flush([...forks, ...gaveWay]);
        } catch (thrown) {
          waiting = waiting.filter((one) => one !== mine);
          throw thrown;
        }
        for (const listener of listeners) listener(view());
      }, 'the file could not be stored');
    },
    reset: () =>
      must(async () => {
        const stored = await rows.change(name, (found): Plan<Kept> => {
          const before = keptIn(found, base);
          if (before.newer) throw new TidemarkError({ what: 'a later version of this site wrote this lesson' });
          const saved = { ...base, revision: before.last + 1 };
          const { put, remove } = nextRevision(name, found, { saved, readable: before.readable });
          const forks = found.filter((row) => row.kind === 'fork');
          return {
            put: [put],
            remove: [...remove, ...forks],
            result: { ...before, saved, forks: [], last: saved.revision, readable: saved.revision },
          };
        });
        waiting = [];
        unfit = [];
        note();
        reason = lasting;
        kept = stored;
        known = stored.saved;
        others?.tell(known.revision);
      }, 'the lesson could not be set back'),
    close: () => {
      listeners.clear();
      // What waits is stored first.
      void inTurn(async () => {
        others?.close();
        if (state === 'kept') rows.close();
      });
    },
  };
}

const OF_LATER_VERSION =
  'A later version of this site saved this lesson. It is shown as far as possible, and nothing is written over it: reload the page to go on with it.';

/** What a document is stored under. */
const documentName = (slug: string, hash = ''): string => `${slug}${hash}`;

/** Why storage refused, as the part of a sentence. */
function why(thrown: unknown): string {
  const name = (thrown as { name?: unknown } | null)?.name;
  if (name === 'QuotaExceededError') return 'the browser has no room left for this site';
  if (name === 'SecurityError')
    return 'the browser keeps nothing for this page (storage is blocked, or the page is embedded)';
  if (name === 'VersionError') return 'a later version of this site has changed its storage; reload the page';
  return errorFacts(thrown).what || 'storage was refused';
}

let asked = false;

/** Once, after the first real edit: the browser then does not clear this site by itself. */
function askToPersist(): void {
  if (asked || typeof navigator === 'undefined') return;
  asked = true;
  navigator.storage?.persist?.().catch(() => undefined);
}
