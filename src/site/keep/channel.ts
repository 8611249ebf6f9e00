/** What tabs of one browser say to each other: that a document has a new revision. */
export interface Channel {
  tell(revision: number): void;
  close(): void;
}

type Port = Pick<BroadcastChannel, 'addEventListener' | 'postMessage' | 'close'>;

/**
 * A channel for one document. Where the browser refuses, other tabs learn of it when they write: nothing depends on
 * being told.
 */
export function openChannel(
  name: string,
  onNews: () => void,
  open: () => Port = () => new BroadcastChannel('tidemark-keep'),
): Channel {
  const port = attempt(open);
  attempt(() =>
    port?.addEventListener('message', ({ data }: MessageEvent<{ slug?: unknown } | null>) => {
      if (data?.slug === name) onNews();
    }),
  );
  return {
    tell: (revision) => attempt(() => port?.postMessage({ slug: name, revision })),
    close: () => attempt(() => port?.close()),
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
