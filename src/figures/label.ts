/**
 * Labels are placed before anything is drawn, so text is measured by rule: the data font is monospaced (0.6 em), and
 * 0.58 em is a generous mean for the interface font.
 */
export const textWidth = (text: string, size: number, font: 'mono' | 'sans' = 'mono'): number =>
  text.length * size * (font === 'mono' ? 0.6 : 0.58);

/** Cut in the middle, since names that belong together often differ only at their ends. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  return `${text.slice(0, Math.max(most - 1 - tail, 1))}…${tail ? text.slice(-tail) : ''}`;
}

/** The most of a text that fits a width; empty where not even three characters do. */
export function fit(text: string, width: number, size: number, font: 'mono' | 'sans' = 'mono'): string {
  const most = Math.floor(width / textWidth('x', size, font));
  if (text.length <= most) return text;
  return most < 3 ? '' : shorten(text, most);
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The place of a mark that covers a box. */
export const middleOf = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export const inside = (a: Box, frame: Box): boolean =>
  a.x >= frame.x &&
  a.y >= frame.y &&
  a.x + a.width <= frame.x + frame.width &&
  a.y + a.height <= frame.y + frame.height;

/** Takes places one by one: the first candidate that is free and inside the frame, or none. */
export class Placer {
  private readonly taken: Box[] = [];

  constructor(private readonly frame: Box) {}

  /** Keeps a place free of labels. */
  block(box: Box): void {
    this.taken.push(box);
  }

  place(candidates: Box[]): Box | null {
    const free = candidates.find((box) => inside(box, this.frame) && !this.taken.some((other) => overlaps(box, other)));
    if (free) this.taken.push(free);
    return free ?? null;
  }
}
