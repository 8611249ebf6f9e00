/** What the session needs of the thread that it runs on. Tests give their own. */
export interface Host {
  /** Milliseconds, from any start. */
  now(): number;
  /** Lets messages through (a cancel, a ping) and goes on. */
  pause(): Promise<void>;
}

interface Thread {
  performance: { now(): number };
  MessageChannel: new () => { port1: Port; port2: Port };
}

interface Port {
  onmessage: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}

/** The worker or page that this code runs on. A message to oneself yields without the 4 ms that timers are held to. */
export function thisThread(): Host {
  const thread = globalThis as unknown as Thread;
  return {
    now: () => thread.performance.now(),
    pause: () =>
      new Promise((resolve) => {
        const { port1, port2 } = new thread.MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(null);
      }),
  };
}
