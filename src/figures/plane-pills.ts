import { MAX_TIME, type Timing } from '../model';
import { keysLabel, paneValue } from '../words/figures';
import { type Mark } from './figure';
import { Placer, textWidth, type Box } from './label';
import { type PaneRow } from './panes';
import { type PlaneLabel, type Scales } from './plane-events';
import { MOST_BANDS } from './plane-windows';

/** What a window emits at a moment: hollow and dashed early, full on time, with a ring late. */
export interface Pill extends Box {
  id: string;
  /** Empty where there is no room: then it is a bead on the edge of the window. */
  text: string;
  /** What it takes back, struck out; empty where it takes nothing back or there is no room. */
  back: string;
  timing: Timing;
  /** Its window, and its whole text, whatever has room; empty where several keys have a pane. */
  start: number;
  end: number;
  whole: string;
}

const HEIGHT = 22;

interface Firing {
  panes: PaneRow[];
  start: number;
  end: number;
  emitted: number;
  timing: Timing;
}

/** One pill per firing of a span; where several keys fire at the same time it counts them. */
export function layoutPills(panes: PaneRow[], byClock: boolean, scales: Scales, placer: Placer): Pill[] {
  const firings = new Map<string, Firing>();
  for (const pane of panes) {
    const { start, end, emitted, timing } = pane;
    const id = `p${start}|${end}|${emitted}|${timing}|${pane.value === '' ? 'back' : ''}`;
    const one = firings.get(id) ?? { panes: [], start, end, emitted, timing };
    one.panes.push(pane);
    firings.set(id, one);
  }
  // Where firings are many, the late events themselves show who fired again.
  const many = firings.size > MOST_BANDS;
  const newest = [...firings]
    .filter(([, one]) => !many || one.panes.every((pane) => pane.timing === 'on time'))
    .slice(-4 * MOST_BANDS);
  return newest.reverse().map(([id, firing]) => place(id, firing, byClock, scales, placer));
}

function place(
  id: string,
  { panes, start, end, emitted, timing }: Firing,
  byClock: boolean,
  { y, clip, frame }: Scales,
  placer: Placer,
): Pill {
  const keys = new Set(panes.map((pane) => pane.key)).size;
  // The same key may emit twice at one moment: the last value counts.
  const last = panes[panes.length - 1];
  const value = keys === 1 ? paneValue(last) : keysLabel(keys);
  const back =
    keys === 1
      ? panes
          .flatMap((pane) => pane.back)
          .map((one) => `−${one}`)
          .join(' ')
      : '';
  const [x0, x1] = byClock ? [frame.x, frame.x + frame.width] : [clip(start), clip(end)];
  const at = y(emitted === MAX_TIME ? start : emitted);
  const pill = { id, timing, start, end, whole: keys === 1 ? [back, value].filter(Boolean).join(' ') : '' };
  const forms =
    back && value
      ? [
          { text: value, back },
          { text: value, back: '' },
        ]
      : [{ text: value, back }];
  for (const form of forms) {
    const width = textWidth(form.text + form.back, 12) + (form.text && form.back ? 6 : 0) + 18;
    if (x1 - x0 < width * 0.9) continue;
    const box = placer.place(candidates(x0, x1, at, width, timing));
    if (box) return { ...pill, ...form, ...box };
  }
  const beads = [at - 3, at - 11, at + 5].flatMap((y) =>
    [x1 - 8, x0 + 2, (x0 + x1) / 2].map((x) => ({ x, y, width: 6, height: 6 })),
  );
  const bead = placer.place(beads) ?? beads[0];
  return { ...pill, text: '', back: '', ...bead };
}

/** The pane of a window that is pointed at, where its pills had no room for it: the newest first, beside its beads. */
export function whispers(pills: Pill[], { target }: Mark, frame: Box): PlaneLabel[] {
  if (target.kind !== 'window') return [];
  const silent = pills.filter((pill) => pill.start === target.start && pill.end === target.end && pill.text === '');
  const placer = new Placer(frame);
  return silent.flatMap(({ id, x, y, whole, timing }): PlaneLabel[] => {
    const width = textWidth(whole, 12) + 4;
    const box = placer.place(
      [y - 4, y - 20, y + 12].flatMap((top) =>
        [x + 11, x - width - 5].map((left) => ({ x: left, y: top, width, height: 15 })),
      ),
    );
    if (whole === '' || !box) return [];
    return [
      { id, text: whole, tone: timing === 'late' ? 'late' : 'key', x: box.x + 2, y: box.y + 11, anchor: 'start' },
    ];
  });
}

/** On the line of the firing; one that is late may also hang above or below the event that made it so. */
function candidates(x0: number, x1: number, at: number, width: number, timing: Timing): Box[] {
  const [right, middle, left] = [x1 - width - 8, (x0 + x1 - width) / 2, x0 + 8];
  const sides = timing === 'late' ? [left, middle, right] : [right, middle, left];
  const tops = timing === 'late' ? [at - 11, at - 36, at + 13] : [at - 11, at + 2, at - 24];
  return tops.flatMap((y) => sides.map((x) => ({ x, y, width, height: HEIGHT })));
}
