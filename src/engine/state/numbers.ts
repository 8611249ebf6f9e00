import { type StateValue } from './store';

/** Which of the parallel copies of an operator this is. */
export interface Subtask {
  index: number;
  of: number;
}

/** Numbers that grow, and that no other subtask of the operator hands out: identities of rows that have no key. */
export class Numbers {
  /** The distance of two numbers. */
  readonly step: number;

  /** `next`: nothing below it is to be handed out. */
  constructor(
    private readonly next: StateValue,
    private readonly subtask: Subtask,
  ) {
    this.step = subtask.of;
  }

  /** Hands out `count` numbers; returns the first. */
  take(count: number): number {
    const { next, step, subtask } = this;
    const first = Math.ceil((next.value - subtask.index) / step) * step + subtask.index;
    next.value = first + count * step;
    return first;
  }
}
