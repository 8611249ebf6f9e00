import type { OnProgress } from './protocol';
import type { Method } from './calls';
import type { Reply } from './worker';

/** A connection to one session, wherever it runs. After `close` a call may stay unanswered forever. */
export interface Line {
  /** `worker`: a thread of its own, which can crash and hang alone. `page`: the page's thread. */
  thread: 'worker' | 'page';
  call(method: Method, args: unknown[], onProgress?: OnProgress): Promise<Reply>;
  /** Settles, with the reason as the end of a sentence, if the thread breaks. */
  broken: Promise<string>;
  close(): void;
}

/** Resolves when the session of a line answers; throws the reason if the line breaks or does not answer in time. */
export async function hello(line: Line, patience: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('did not start in time')), patience);
  });
  const broken = line.broken.then((why) => Promise.reject(new Error(why)));
  try {
    await Promise.race([line.call('ping', []), broken, silence]);
  } finally {
    clearTimeout(timer);
  }
}
