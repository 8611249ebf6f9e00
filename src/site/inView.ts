/** At most so many figures of other people's pages have an engine at a time, over all frames of one page. */
const PLACES = ['tidemark engine 1', 'tidemark engine 2'];
/** A place that is free is taken sooner than this, in ms: nothing is said of it. */
const WAIT = 500;

/**
 * Begins `live` whenever the element is in view and a place is free, and ends it by what it has returned as soon as the
 * element is out of view or its place is taken from it. `onwait` is told when it is in view without a place, with what
 * takes the place of the one that has been live for longest; and null when it waits no longer. Returns a function that
 * ends all for good.
 */
export function whileInView(
  element: Element,
  live: () => Promise<() => void>,
  onwait: (take: (() => void) | null) => void,
): () => void {
  let stay: AbortController | null = null;
  const observer = new IntersectionObserver((entries) => {
    const { isIntersecting } = entries[entries.length - 1];
    if (isIntersecting === (stay !== null)) return;
    stay?.abort();
    stay = isIntersecting ? new AbortController() : null;
    if (stay) void enter(stay.signal);
  });

  async function enter(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const hand = new AbortController();
      const late = setTimeout(() => onwait(() => hand.abort()), WAIT);
      const settle = (): void => {
        clearTimeout(late);
        onwait(null);
      };
      signal.addEventListener('abort', settle, { once: true });
      await stayIn(signal, hand.signal, () => {
        settle();
        return live();
      });
    }
  }

  observer.observe(element);
  return () => {
    observer.disconnect();
    stay?.abort();
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Waits for a place, or takes one by `hand`; is live there until it has `left` or another takes the place. */
async function stayIn(left: AbortSignal, hand: AbortSignal, live: () => Promise<() => void>): Promise<void> {
  const waits = PLACES.map(() => new AbortController());
  const waitNoMore = (except?: AbortController): void => waits.forEach((one) => one !== except && one.abort());
  left.addEventListener('abort', () => waitNoMore(), { once: true });
  let isIn = false;
  const beLive = async (taken: AbortSignal): Promise<void> => {
    if (isIn || left.aborted) return;
    isIn = true;
    const end = await live();
    await Promise.race([aborted(left), aborted(taken)]);
    end();
  };
  const inOne = (place: string, options: LockOptions, own?: AbortController): Promise<void> => {
    const taken = new AbortController();
    let stays: Promise<void> | null = null;
    const held = navigator.locks.request(place, options, () => {
      waitNoMore(own);
      return (stays = beLive(taken.signal));
    });
    return held.catch((thrown: unknown) => {
      if (!stays) throw thrown;
      taken.abort();
      return stays;
    });
  };
  const takeOldest = async (): Promise<void> => {
    const { held = [] } = await navigator.locks.query();
    // Locks are listed in the order in which they were granted.
    const oldest = held.find(({ name }) => PLACES.includes(name ?? ''));
    await inOne(oldest?.name ?? PLACES[0], { steal: true });
  };
  let taking: Promise<void> | null = null;
  void aborted(hand).then(() => (taking = takeOldest()));
  try {
    await Promise.any(PLACES.map((place, i) => inOne(place, { signal: waits[i].signal }, waits[i])));
  } catch {
    // A frame without an origin of its own has no locks: it cannot know of others.
    await (taking ?? beLive(left));
  }
}
