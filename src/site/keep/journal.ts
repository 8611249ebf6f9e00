import { checksum } from './checksum';

/**
 * What one tab has not stored yet, as a text that is there at once: a transaction takes some milliseconds, and a page
 * that is closed meanwhile takes it along. The next opening stores what is found here.
 */
export interface Journal {
  /** Replaces what this tab has noted; null: nothing waits. Does nothing where the browser refuses. */
  note(text: string | null): void;
  /** What tabs have left, this one's own excepted, with what takes a text away again once it is stored. */
  left(): { text: string; done: () => void }[];
}

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const PREFIX = 'tidemark-waiting';

/** Texts in the browser's local storage, one per tab. They carry a checksum; one that does not match is passed over. */
export function localJournal(slug: string, storage: () => Storage = () => localStorage): Journal {
  const ofLesson = `${PREFIX}/${slug}/`;
  let own: string | null = null;
  return {
    note(text) {
      if (text === null && own === null) return;
      attempt(() => {
        const store = storage();
        own ??= `${ofLesson}${crypto.randomUUID()}`;
        if (text === null) store.removeItem(own);
        else store.setItem(own, `${checksum(text)}${text}`);
      });
    },
    left: () =>
      attempt(() => {
        const store = storage();
        const keys = Array.from({ length: store.length }, (_, n) => store.key(n) ?? '');
        return keys.flatMap((key) => {
          const noted = key.startsWith(ofLesson) && key !== own ? (store.getItem(key) ?? '') : '';
          const text = noted.slice(8);
          if (!noted || checksum(text) !== noted.slice(0, 8)) return [];
          // Its tab may have noted more since.
          const done = () => attempt(() => store.getItem(key) === noted && store.removeItem(key));
          return [{ text, done }];
        });
      }) ?? [],
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Storage is blocked, or full: the transaction is on its way all the same.
    return undefined;
  }
}
