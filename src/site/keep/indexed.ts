import { type Row, type Store } from './store';

const NAME = 'tidemark';
const VERSION = 1;
const ROWS = 'rows';

/** Some browsers never answer when storage is broken. */
const OPEN_WITHIN = 4_000;

type Work<T> = (rows: IDBObjectStore, give: (value: T) => void, fail: (thrown: unknown) => void) => void;

/**
 * Rows in IndexedDB. Rejects where the browser refuses: storage blocked, sandboxed embeds, some private windows.
 * `factory` is an argument so that a test can refuse.
 */
export async function indexedStore(factory: () => IDBFactory = () => indexedDB): Promise<Store> {
  let database = await open(factory());

  async function transact<T>(mode: IDBTransactionMode, work: Work<T>): Promise<T> {
    try {
      return await finish(database, mode, work);
    } catch (thrown) {
      // The browser may have closed the database meanwhile, for an update or to free memory: once more, from anew.
      if ((thrown as DOMException | null)?.name !== 'InvalidStateError') throw thrown;
      database = await open(factory());
      return finish(database, mode, work);
    }
  }

  return {
    rows: (slug) => transact<Row[]>('readonly', (rows, give) => answer(rows.getAll(ofLesson(slug)), give)),
    allRows: () => transact<Row[]>('readonly', (rows, give) => answer(rows.getAll(), give)),
    names: async () => {
      const keys = await transact<IDBValidKey[]>('readonly', (rows, give) => answer(rows.getAllKeys(), give));
      return [...new Set((keys as [string, string, number][]).map(([slug]) => slug))];
    },
    change: (slug, plan) =>
      transact('readwrite', (rows, give, fail) =>
        answer(rows.getAll(ofLesson(slug)), (found: Row[]) => {
          try {
            const { put, remove, result } = plan(found);
            for (const row of remove) rows.delete([row.slug, row.kind, row.number]);
            for (const row of put) rows.put(row);
            give(result);
          } catch (thrown) {
            // A plan that throws must not leave half of its work behind.
            fail(thrown);
          }
        }),
      ),
    close: () => database.close(),
  };
}

const ofLesson = (slug: string): IDBKeyRange => IDBKeyRange.bound([slug], [slug, []]);

function answer<T>(request: IDBRequest<T>, give: (value: T) => void): void {
  request.onsuccess = () => give(request.result);
}

/** Resolves with what `work` gave once the transaction is complete: only then is it stored. */
function finish<T>(database: IDBDatabase, mode: IDBTransactionMode, work: Work<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const transaction = database.transaction(ROWS, mode);
    const outcome: { value?: T; failed?: unknown } = {};
    transaction.oncomplete = () => resolve(outcome.value as T);
    transaction.onabort = () => reject(asError(outcome.failed ?? transaction.error));
    work(
      transaction.objectStore(ROWS),
      (value) => (outcome.value = value),
      (thrown) => {
        outcome.failed = thrown;
        transaction.abort();
      },
    );
  });
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error || thrown instanceof DOMException ? thrown : new Error('the write was taken back');

function open(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('storage did not answer')), OPEN_WITHIN);
    const request = factory.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ROWS, { keyPath: ['slug', 'kind', 'number'] });
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error ?? new Error('storage was refused'));
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      // A later version of the site may upgrade: this tab must not stand in its way.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}
