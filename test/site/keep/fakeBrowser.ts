import { openChannel } from '../../../src/site/keep/channel';
import { indexedStore } from '../../../src/site/keep/indexed';
import { localJournal } from '../../../src/site/keep/journal';
import { type KeepOptions } from '../../../src/site/keep/keep';
import { type Row } from '../../../src/site/keep/store';

/**
 * What may become of one call: it throws; its request fails; its transaction is aborted, or finds no room when it
 * commits; it is never answered; a later version of the site upgrades the database meanwhile; the tab is killed before
 * it, or after it and before its answer.
 */
export const FAULTS = ['throws', 'fails', 'aborts', 'full', 'silent', 'upgraded', 'killed', 'killed after'] as const;
export type Fault = (typeof FAULTS)[number];

const SYNCHRONOUS: readonly Fault[] = ['throws', 'killed', 'killed after'];
const REQUEST: readonly Fault[] = ['throws', 'fails', 'aborts', 'silent', 'upgraded', 'killed', 'killed after'];

/** The faults that each call of the browser can have. */
export const CALLS: Readonly<Record<string, readonly Fault[]>> = {
  open: ['throws', 'fails', 'silent', 'upgraded', 'killed', 'killed after'],
  createObjectStore: ['throws', 'killed'],
  transaction: ['throws', 'aborts', 'full', 'silent', 'upgraded', 'killed', 'killed after'],
  objectStore: ['throws', 'killed'],
  getAll: REQUEST,
  getAllKeys: REQUEST,
  put: [...REQUEST, 'full'],
  delete: REQUEST,
  abort: [],
  close: ['throws', 'killed'],
  length: SYNCHRONOUS,
  key: SYNCHRONOUS,
  getItem: SYNCHRONOUS,
  setItem: [...SYNCHRONOUS, 'full'],
  removeItem: SYNCHRONOUS,
  channel: ['throws', 'killed'],
  listen: ['throws', 'killed'],
  postMessage: ['throws', 'silent', 'killed', 'killed after'],
  closeChannel: ['throws', 'killed'],
  event: ['silent', 'killed', 'killed after'],
};

const ERRORS: Partial<Record<Fault, () => DOMException>> = {
  throws: () => new DOMException('denied', 'SecurityError'),
  fails: () => new DOMException('an internal error', 'UnknownError'),
  aborts: () => new DOMException('taken back', 'AbortError'),
  full: () => new DOMException('full', 'QuotaExceededError'),
};

const errorOf = (fault: Fault): DOMException => (ERRORS[fault] ?? ERRORS.throws)!();

/** One browser: what it keeps on disk, its tabs, and what it has still to do for them, one thing after the other. */
export class FakeBrowser {
  rows = new Map<string, Row>();
  /** Of the database; 0 where there is none. */
  version = 0;
  texts = new Map<string, string>();
  /** No call that stores something finds room. */
  full = false;
  /** Calls so far, by name. */
  readonly calls: string[] = [];
  /** Decides what becomes of a call, by its number and name. */
  plan: (call: number, name: string) => Fault | null = () => null;
  /** Which of so many tabs is served next. */
  pick: (count: number) => number = () => 0;
  readonly tabs: FakeTab[] = [];
  private tasks: { tab: FakeTab; work: () => void }[] = [];
  private transactions: FakeTransaction[] = [];

  tab(): FakeTab {
    const tab = new FakeTab(this);
    this.tabs.push(tab);
    return tab;
  }

  /** What is to become of this call. */
  faultOf(name: string): Fault | null {
    const call = this.calls.push(name) - 1;
    const planned = this.plan(call, name);
    return planned && CALLS[name].includes(planned) ? planned : null;
  }

  later(tab: FakeTab, work: () => void): void {
    if (!tab.gone) this.tasks.push({ tab, work });
  }

  /** Does the next thing for one of the tabs; false where there is none. */
  step(): boolean {
    const waiting = [...new Set(this.tasks.map(({ tab }) => tab))];
    if (!waiting.length) return false;
    const tab = waiting[this.pick(waiting.length)];
    const at = this.tasks.findIndex((task) => task.tab === tab);
    const [{ work }] = this.tasks.splice(at, 1);
    work();
    return true;
  }

  forget(tab: FakeTab, commits: boolean): void {
    this.tasks = this.tasks.filter((task) => task.tab !== tab);
    for (const one of this.transactions.filter((transaction) => transaction.tab === tab)) one.drop(commits);
  }

  /** A later version of the site opens its database. */
  upgrade(): void {
    this.version = 2;
    for (const tab of this.tabs) for (const database of tab.databases) database.versionChanges();
  }

  begin(transaction: FakeTransaction): void {
    this.transactions.push(transaction);
    if (this.transactions.length === 1) transaction.activate();
  }

  /** One transaction after the other. */
  end(transaction: FakeTransaction): void {
    const wasFirst = this.transactions[0] === transaction;
    this.transactions = this.transactions.filter((one) => one !== transaction);
    if (wasFirst) this.transactions[0]?.activate();
  }
}

/** One tab, and the browser's storage as its page sees it. */
export class FakeTab {
  gone = false;
  readonly databases: FakeDatabase[] = [];
  readonly ports: ((data: unknown) => void)[] = [];

  constructor(readonly browser: FakeBrowser) {}

  get options(): KeepOptions {
    return {
      store: () => indexedStore(() => this.factory),
      journal: (name) => localJournal(name, () => this.storage()),
      channel: (name, onNews) => openChannel(name, onNews, () => this.port()),
    };
  }

  /** The same by the names that a page knows them by. */
  get globals(): Record<string, unknown> {
    const port = () => this.port();
    return {
      IDBKeyRange: { bound: (lower: unknown, upper: unknown) => ({ lower, upper }) },
      indexedDB: this.factory,
      localStorage: this.storage(),
      BroadcastChannel: function () {
        return port();
      },
    };
  }

  /** `commits`: what it has asked for is stored all the same, and the answer finds no page. */
  kill(commits = false): void {
    this.gone = true;
    this.browser.forget(this, commits);
  }

  /** Does a call, or what is to become of it. `undone` is what a page that is gone sees of it. */
  call<T>(name: string, undone: T, work: (fault: Fault | null) => T): T {
    if (this.gone) return undone;
    const fault = this.browser.faultOf(name);
    if (fault === 'killed') {
      this.kill();
      return undone;
    }
    if (fault === 'upgraded') this.browser.upgrade();
    if (fault === 'throws' || (fault === 'full' && name === 'setItem')) throw errorOf(fault);
    const result = work(fault);
    if (fault === 'killed after') this.kill();
    return result;
  }

  /** Lets the page know, unless it is gone by then. */
  event(work: () => void): void {
    this.browser.later(this, () => {
      const fault = this.browser.faultOf('event');
      if (fault === 'killed' || fault === 'killed after') this.kill(fault === 'killed after');
      else if (fault !== 'silent') work();
    });
  }

  private readonly factory = {
    open: (_name: string, version: number) =>
      this.call('open', new FakeRequest(), (fault) => {
        const request = new FakeRequest();
        if (fault !== 'silent') this.browser.later(this, () => this.opens(request, version, fault));
        return request;
      }),
  } as unknown as IDBFactory;

  private opens(request: FakeRequest, version: number, fault: Fault | null): void {
    const { browser } = this;
    const fail = (error: DOMException) => this.event(() => request.fails(error));
    if (fault === 'fails') return fail(errorOf(fault));
    if (browser.version > version) return fail(new DOMException('a higher version is stored', 'VersionError'));
    const database = new FakeDatabase(this);
    request.result = database;
    if (browser.version < version) {
      try {
        request.onupgradeneeded?.();
      } catch {
        return fail(errorOf('aborts'));
      }
      browser.version = version;
    }
    this.databases.push(database);
    this.event(() => request.onsuccess?.());
  }

  private storage() {
    const { texts } = this.browser;
    const call = <T>(name: string, undone: T, work: () => T): T => this.call(name, undone, work);
    return {
      get length() {
        return call('length', 0, () => texts.size);
      },
      key: (n: number) => call('key', null, () => [...texts.keys()][n] ?? null),
      getItem: (key: string) => call('getItem', null, () => texts.get(key) ?? null),
      setItem: (key: string, text: string) =>
        call('setItem', undefined, () => {
          if (this.browser.full) throw errorOf('full');
          texts.set(key, text);
        }),
      removeItem: (key: string) => call('removeItem', undefined, () => void texts.delete(key)),
    };
  }

  private port(): Pick<BroadcastChannel, 'addEventListener' | 'postMessage' | 'close'> {
    return this.call('channel', undefined as never, () => {
      let listen: ((data: unknown) => void) | null = null;
      return {
        addEventListener: (_type: string, listener: unknown) =>
          this.call('listen', undefined, () => {
            listen = (data) => (listener as (event: { data: unknown }) => void)({ data });
            this.ports.push(listen);
          }),
        postMessage: (data: unknown) =>
          this.call('postMessage', undefined, (fault) => {
            if (fault === 'silent') return;
            for (const tab of this.browser.tabs)
              for (const port of tab.ports) if (port !== listen) tab.event(() => port(data));
          }),
        close: () =>
          this.call('closeChannel', undefined, () => {
            if (listen) this.ports.splice(this.ports.indexOf(listen), 1);
          }),
      };
    });
  }
}

class FakeRequest {
  result: unknown;
  error: DOMException | null = null;
  onsuccess?: () => void;
  onerror?: () => void;
  onupgradeneeded?: () => void;

  fails(error: DOMException): void {
    this.error = error;
    this.onerror?.();
  }
}

class FakeDatabase {
  onversionchange?: () => void;
  private closed = false;

  constructor(readonly tab: FakeTab) {}

  versionChanges(): void {
    if (!this.closed) this.tab.event(() => this.onversionchange?.());
  }

  createObjectStore(): void {
    this.tab.call('createObjectStore', undefined, () => undefined);
  }

  transaction(_store: string, mode: IDBTransactionMode): FakeTransaction {
    const { browser } = this.tab;
    return this.tab.call('transaction', new FakeTransaction(this.tab, mode, 'silent'), (fault) => {
      if (this.closed) throw new DOMException('the database is closed', 'InvalidStateError');
      const transaction = new FakeTransaction(this.tab, mode, fault);
      browser.begin(transaction);
      return transaction;
    });
  }

  close(): void {
    this.tab.call('close', undefined, () => (this.closed = true));
  }
}

/** The key of a row, as text. */
export const keyOf = ({ slug, kind, number }: Row): string => JSON.stringify([slug, kind, number]);

/** Requests one after the other on a draft, which becomes what is stored all at once or not at all. */
class FakeTransaction {
  oncomplete?: () => void;
  onabort?: () => void;
  error: DOMException | null = null;
  private draft: Map<string, Row> | null = null;
  private readonly waiting: {
    request: FakeRequest;
    work: (draft: Map<string, Row>) => unknown;
    fault: Fault | null;
  }[] = [];
  private ended = false;

  constructor(
    readonly tab: FakeTab,
    private readonly mode: IDBTransactionMode,
    private readonly fault: Fault | null,
  ) {}

  objectStore() {
    return this.tab.call('objectStore', this.store(), () => this.store());
  }

  abort(): void {
    this.tab.call('abort', undefined, () => {
      if (this.ended) throw new DOMException('the transaction has ended', 'InvalidStateError');
      this.aborts(null);
    });
  }

  activate(): void {
    if (this.fault === 'silent') return;
    this.draft = new Map(this.tab.browser.rows);
    this.tab.browser.later(this.tab, () => (this.fault === 'aborts' ? this.aborts(errorOf('aborts')) : this.next()));
  }

  /** Ends it without a word to the page. */
  drop(commits: boolean): void {
    this.ended = true;
    if (commits && this.draft && this.mode === 'readwrite' && !this.isFull()) {
      for (const { work } of this.waiting) work(this.draft);
      this.tab.browser.rows = this.draft;
    }
    this.tab.browser.end(this);
  }

  private store() {
    const ask = (name: string, work: (draft: Map<string, Row>) => unknown): FakeRequest =>
      this.tab.call(name, new FakeRequest(), (fault) => {
        if (this.ended) throw new DOMException('the transaction has ended', 'TransactionInactiveError');
        const request = new FakeRequest();
        this.waiting.push({ request, work, fault });
        return request;
      });
    const store = {
      getAll: (range?: { lower: [string] }) =>
        ask('getAll', (draft) => [...draft.values()].filter(({ slug }) => !range || slug === range.lower[0])),
      getAllKeys: () =>
        ask('getAllKeys', (draft) => [...draft.values()].map(({ slug, kind, number }) => [slug, kind, number])),
      put: (row: Row) => ask('put', (draft) => draft.set(keyOf(row), { ...row })),
      delete: (key: unknown) => ask('delete', (draft) => draft.delete(JSON.stringify(key))),
    };
    return store;
  }

  private next(): void {
    if (this.ended) return;
    const one = this.waiting.shift();
    if (!one) return this.commits();
    const { request, work, fault } = one;
    if (fault === 'silent') return;
    if (fault === 'aborts') return this.aborts(errorOf(fault));
    if (fault === 'fails' || fault === 'full') {
      request.error = errorOf(fault);
      this.tab.event(() => request.onerror?.());
      return this.aborts(request.error);
    }
    request.result = work(this.draft!);
    this.tab.event(() => {
      request.onsuccess?.();
      this.tab.browser.later(this.tab, () => this.next());
    });
  }

  private commits(): void {
    const { browser } = this.tab;
    const stores = this.mode === 'readwrite';
    if (stores && this.isFull()) return this.aborts(errorOf('full'));
    if (stores) browser.rows = this.draft!;
    this.ended = true;
    browser.end(this);
    this.tab.event(() => this.oncomplete?.());
  }

  private isFull(): boolean {
    return this.fault === 'full' || this.tab.browser.full;
  }

  private aborts(error: DOMException | null): void {
    this.ended = true;
    this.error = error;
    this.tab.browser.end(this);
    this.tab.event(() => this.onabort?.());
  }
}
