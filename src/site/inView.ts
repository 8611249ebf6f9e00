/** At most so many figures of other people's pages have an engine at a time, over all frames of one page. */
const PLACES = ['tidemark engine 1', 'tidemark engine 2'];
/** A place that is free is taken sooner than this, in ms: nothing is said of it. */
const WAIT = 500;

/**
 * Begins `live` whenever the element is in view and a place is free, and ends it by what it has returned as soon as the
 * element is out of view. `onwait` is told whether it is in view without a place. Returns a function that ends all for
 * good.
 */
export function whileInView(
  element: Element,
  live: () => Promise<() => void>,
  onwait: (waits: boolean) => void,
): () => void {
  let stay: AbortController | null = null;
  const observer = new IntersectionObserver((entries) => {
    const { isIntersecting } = entries[entries.length - 1];
    if (isIntersecting === (stay !== null)) return;
    stay?.abort();
    stay = isIntersecting ? new AbortController() : null;
    if (stay) enter(stay.signal);
  });

  function enter(signal: AbortSignal): void {
    const late = setTimeout(() => onwait(true), WAIT);
    const settle = (): void => {
      clearTimeout(late);
      onwait(false);
    };
    signal.addEventListener('abort', settle, { once: true });
    void takePlace(signal, () => {
      settle();
      return live();
    });
  }

  observer.observe(element);
  return () => {
    observer.disconnect();
    stay?.abort();
  };
}

async function takePlace(signal: AbortSignal, live: () => Promise<() => void>): Promise<void> {
  const left = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  let isIn = false;
  const stay = async (): Promise<void> => {
    if (isIn || signal.aborted) return;
    isIn = true;
    const end = await live();
    await left;
    end();
  };
  const waits = PLACES.map(() => new AbortController());
  void left.then(() => waits.forEach((one) => one.abort()));
  const inOne = (place: string, i: number): Promise<void> =>
    navigator.locks.request(place, { signal: waits[i].signal }, () => {
      waits.forEach((one, other) => other !== i && one.abort());
      return stay();
    });
  try {
    await Promise.any(PLACES.map(inOne));
  } catch {
    // A frame without an origin of its own has no locks: it cannot know of others.
    await stay();
  }
}
