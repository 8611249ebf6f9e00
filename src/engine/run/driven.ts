import { type Pieces } from '../pieces';
import { type Run } from './run';

/** Of so many questions whether a run may go on, one is left to whoever drives it. */
const QUESTIONS = 4;

/** A run as far as input `until`, in pieces: for whoever has no clock. */
export function* driven(run: Run, until: number): Pieces {
  let asked = 0;
  const mayGoOn = (): boolean => {
    asked += 1;
    return asked % QUESTIONS !== 0;
  };
  for (;;) {
    run.advance(mayGoOn, until, mayGoOn);
    if (run.hasReached(until)) return;
    yield;
  }
}
