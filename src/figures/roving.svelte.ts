import { type Mark } from './figure';

/**
 * One tab stop for all marks of a figure; the arrow keys go from mark to mark. Remembers marks by their ids, so that
 * the place is kept while the run is played.
 */
export class Roving {
  over = $state<string | null>(null);
  focused = $state<string | null>(null);
  private last = $state<string | null>(null);

  /** The mark that the Tab key reaches: where the reader was, or the newest. */
  tabbable(marks: readonly Mark[]): string | null {
    const kept = marks.find((mark) => mark.id === this.last);
    return (kept ?? marks[marks.length - 1])?.id ?? null;
  }

  /** What the readout is about. */
  shown<M extends Mark>(marks: readonly M[]): M | null {
    const id = this.over ?? this.focused;
    return id === null ? null : (marks.find((mark) => mark.id === id) ?? null);
  }

  focus(id: string): void {
    this.focused = id;
    this.last = id;
  }

  blur(): void {
    this.focused = null;
  }

  /** Moves the focus; keys that it uses go no further, since the player uses them too. */
  key<M extends Mark>(event: KeyboardEvent, marks: readonly M[], activate: (mark: M) => void): void {
    const at = marks.findIndex((mark) => mark.id === this.focused);
    if (at < 0) return;
    const to = target(event.key, at, marks.length);
    if (to === null && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    if (to === null) activate(marks[at]);
    else focusMark(event.currentTarget as Element, marks[to].id);
  }
}

function target(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(at + 1, count - 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** `from` is anything within the group of marks. */
export function focusMark(from: Element, id: string): void {
  const all = from.closest('[data-marks]')?.querySelectorAll<SVGElement>('[data-mark]') ?? [];
  Array.from(all)
    .find((element) => element.dataset.mark === id)
    ?.focus();
}
