import { firstWhere } from '../model';

/** What a history can go back in: a machine driven by numbered inputs. */
export interface Machine {
  /** Next input to handle. */
  readonly next: number;
  save(): Uint8Array;
  restore(bytes: Uint8Array): void;
}

interface Keyframe {
  input: number;
  bytes: Uint8Array;
}

interface Spacing {
  /** Steps between keyframes, at least. */
  steps: number;
  /** Bytes of keyframes that one step may cost: a large state is kept less often. */
  bytesPerStep: number;
}

/**
 * Keyframes of a run: the machine's full binary state every so many steps. To show any moment, restore the last
 * keyframe before it and replay; a machine is deterministic, so every way to a moment shows the same.
 *
 * A keyframe of many bytes takes long to restore, and then the replay from it may take as long: so the next one is the
 * further away the larger this one is. All keyframes together take up at most `bytesPerStep` for each step of the run,
 * and one more state.
 */
export class History {
  private readonly keyframes: Keyframe[] = [];
  private nextAt = 0;

  constructor(
    private readonly machine: Machine,
    private readonly spacing: Spacing,
  ) {
    this.note(0);
  }

  /** Called between inputs of the first run through, with the steps so far. */
  note(steps: number): void {
    if (steps < this.nextAt) return;
    const bytes = this.machine.save();
    this.keyframes.push({ input: this.machine.next, bytes });
    this.nextAt = steps + Math.max(this.spacing.steps, Math.ceil(bytes.length / this.spacing.bytesPerStep));
  }

  /** Puts the machine at a keyframe at or before `input`, unless it already stands closer. */
  seek(input: number): void {
    const { keyframes } = this;
    const keyframe = keyframes[firstWhere(1, keyframes.length, (at) => keyframes[at].input > input) - 1];
    if (this.machine.next <= input && this.machine.next >= keyframe.input) return;
    this.machine.restore(keyframe.bytes);
  }

  /** Puts the machine where it began. */
  start(): void {
    this.machine.restore(this.keyframes[0].bytes);
  }

  /** Bytes of the last keyframe. */
  get lastSize(): number {
    return this.keyframes.at(-1)!.bytes.length;
  }

  /** Memory held, in bytes. */
  get size(): number {
    return this.keyframes.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}
