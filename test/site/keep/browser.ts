import { afterEach } from 'vitest';
import { openKeep, type Keep, type Saved } from '../../../src/site/keep';
import { localJournal } from '../../../src/site/keep/journal';
import { memoryStore, type Store } from '../../../src/site/keep/store';

const open: Keep[] = [];

afterEach(() => {
  for (const keep of open.splice(0)) keep.close();
});

/** One tab of a browser that keeps rows in `store` and notes in `memory`. */
export async function tab(store: Store = memoryStore(), memory?: Storage): Promise<Keep> {
  const keep = await openKeep('lesson', {
    store: async () => ({ ...store, close: () => undefined }),
    ...(memory && { journal: (slug) => localJournal(slug, () => memory) }),
  });
  open.push(keep);
  return keep;
}

/** What a browser keeps as `localStorage`. */
export function memoryStorage(): Storage {
  const texts = new Map<string, string>();
  return {
    get length() {
      return texts.size;
    },
    key: (n) => [...texts.keys()][n] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
    clear: () => texts.clear(),
  };
}

/** A store whose writes never come through: the page is gone before. */
export const cutOff = (store: Store): Store => ({ ...store, change: () => new Promise(() => undefined) });

/** One character more than a text may have. */
export const LONG = 'x'.repeat(200_001);

export const contentOf = ({ revision: _, ...content }: Saved) => content;
