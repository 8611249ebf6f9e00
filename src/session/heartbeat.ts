/** Pings per patience, so a hung thread is noticed within an eighth more than the patience. */
const BEATS = 8;

interface Heartbeat {
  ping: () => Promise<unknown>;
  /** How long an answer may take, in ms. */
  patience: number;
  /** Called once, when an answer is overdue. */
  onSilence: () => void;
}

/**
 * Watches that a thread keeps answering; returns a function that stops watching.
 *
 * It counts beats and reads no clock: when the page itself was held up, its timer skips beats, so a thread is never
 * blamed for the page's own pause. A hidden page's timers are slowed down, and so is this watch, but it goes on.
 */
export function watchHeartbeat({ ping, patience, onSilence }: Heartbeat): () => void {
  let asked = false;
  let beats = 0;
  const timer = setInterval(() => {
    if (!asked) {
      asked = true;
      beats = 0;
      const answered = () => (asked = false);
      // An error is an answer too: only silence means hung.
      ping().then(answered, answered);
    } else if (++beats >= BEATS) {
      clearInterval(timer);
      onSilence();
    }
  }, patience / BEATS);
  return () => clearInterval(timer);
}
