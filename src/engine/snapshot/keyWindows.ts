import { MAX_TIME, type Step } from '../../model';
import { type Run } from '../run/run';
import { type WindowView } from '../stream/operator';

/** The kinds of steps that change windows. */
export const WINDOW_STEPS = [
  'state written',
  'windows merged',
  'window fired',
  'window emptied',
  'window purged',
] as const;

export type WindowStep = Extract<Step, { kind: (typeof WINDOW_STEPS)[number] }>;

export interface KeyWindow {
  start: number;
  end: number;
  /** Processing time of its first row; of a merged session, that of its first part. */
  opened: number;
  /** Since when it has had these bounds. */
  since: number;
  /** Whether it has rows and has not been purged, even if a pane has emptied it. */
  isOpen: boolean;
  /** How many rows it has counted. */
  counted: number;
  /** Inputs of the rows that it holds, in order; two rows may have the same input. */
  rows: number[];
  /** How many of `rows` its last firing emitted. */
  emitted: number;
  fired: Extract<Step, { kind: 'window fired' }>[];
  /** The step that made it part of a longer session. */
  merged: Extract<Step, { kind: 'windows merged' }> | null;
}

/** The windows of one key, replayed from its steps. */
export class KeyWindows {
  /** Sessions that have become part of longer ones. */
  readonly gone: KeyWindow[] = [];
  /** The others, by end, then start. */
  private readonly byEnd = new Map<number, Map<number, KeyWindow>>();

  get live(): KeyWindow[] {
    return [...this.byEnd.values()].flatMap((ofEnd) => [...ofEnd.values()]);
  }

  find(start: number, end: number): KeyWindow | undefined {
    return this.byEnd.get(end)?.get(start);
  }

  /** Takes in a step that is about the windows with these bounds (see `windowsIn`). */
  read(step: WindowStep, windows: readonly [start: number, end: number][]): void {
    for (const [start, end] of windows) this.change(step, this.windowOf(start, end, step.processingTime));
  }

  private change(step: WindowStep, window: KeyWindow): void {
    switch (step.kind) {
      case 'state written':
        window.isOpen = true;
        window.counted += 1;
        window.rows.push(step.input);
        return;
      case 'windows merged': {
        const into = this.windowOf(step.into.start, step.into.end, step.processingTime);
        into.isOpen = true;
        into.counted += window.counted;
        // What is taken over is not copied: a session may grow with each of its rows.
        if (into.rows.length === 0) [into.rows, window.rows] = [window.rows, []];
        else into.rows = into.rows.concat(window.rows);
        into.opened = Math.min(into.opened, window.opened);
        this.byEnd.get(window.end)!.delete(window.start);
        this.gone.push(Object.assign(window, { merged: step }));
        return;
      }
      case 'window fired':
        window.fired.push(step);
        window.emitted = window.rows.length;
        return;
      case 'window emptied':
        window.rows = [];
        window.emitted = 0;
        return;
      case 'window purged':
        window.isOpen = false;
    }
  }

  private windowOf(start: number, end: number, opened: number): KeyWindow {
    let ofEnd = this.byEnd.get(end);
    if (!ofEnd) this.byEnd.set(end, (ofEnd = new Map<number, KeyWindow>()));
    let found = ofEnd.get(start);
    if (!found) {
      const bounds = { start, end, opened, since: opened };
      found = { ...bounds, isOpen: false, counted: 0, rows: [], emitted: 0, fired: [], merged: null };
      ofEnd.set(start, found);
    }
    return found;
  }
}

/**
 * The windows that a step is about. A late row enters a slice for the windows that are still kept; purged ones do not
 * count it, they are `expired` (S5.4).
 */
export function windowsIn(
  engine: Run,
  shape: WindowView,
  step: WindowStep,
): { windows: [start: number, end: number][]; expired: [start: number, end: number][] } {
  const { start, end, input, kind } = step;
  if (kind !== 'state written') return { windows: [[start, end]], expired: [] };
  const all = shape.windowsOf(start, end);
  if (all.length < 2) return { windows: all, expired: [] };
  const kept = all.findIndex(([, last]) => engine.purgedAt(last, input - 1) === MAX_TIME);
  const count = kept < 0 ? all.length : kept;
  return { windows: all.slice(count), expired: all.slice(0, count) };
}
