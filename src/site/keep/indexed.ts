import { type Row, type Store } from './store';

const NAME = 'tidemark';
const VERSION = 1;
const ROWS = 'rows';

/**
 * Some browsers never answer when storage is broken. So many waits of so many ms are enough; a busy page, whose timers
 * are late, is not taken for storage that is silent.
 */
const WAITS = 8;
const WAIT = 500;

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
    const answered = unlessSilent((silence) => {
      reject(silence);
      abort(transaction);
    });
    transaction.oncomplete = () => {
      answered();
      resolve(outcome.value as T);
    };
    transaction.onabort = () => {
      answered();
      reject(asError(outcome.failed ?? transaction.error));
    };
    try {
      work(
        transaction.objectStore(ROWS),
        (value) => (outcome.value = value),
        (thrown) => {
          outcome.failed = thrown;
          abort(transaction);
        },
      );
    } catch (thrown) {
      answered();
      reject(asError(thrown));
      abort(transaction);
    }
  });
}

/** Nothing of it may be stored once its failure was told. */
function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended, though no one was told.
  }
}

/** Calls `onSilence` unless the function that it returns is called in time. */
function unlessSilent(onSilence: (silence: Error) => void): () => void {
  let left = WAITS;
  const wait = (): ReturnType<typeof setTimeout> =>
    setTimeout(() => {
      left -= 1;
      if (left) timer = wait();
      else onSilence(new Error('storage did not answer'));
    }, WAIT);
  let timer = wait();
  return () => clearTimeout(timer);
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error || thrown instanceof DOMException ? thrown : new Error('the write was taken back');

function open(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(NAME, VERSION);
    let isLate = false;
    const answered = unlessSilent((silence) => {
      isLate = true;
      reject(silence);
    });
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ROWS, { keyPath: ['slug', 'kind', 'number'] });
    };
    request.onerror = () => {
      answered();
      reject(request.error ?? new Error('storage was refused'));
    };
    request.onsuccess = () => {
      answered();
      if (isLate) return request.result.close();
      // A later version of the site may upgrade: this tab must not stand in its way.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}
