import { delayLabel, eventSentence } from '../words/figures';
import { roughly } from '../words/phrases';
import { type Mark, type WhyTarget } from './figure';
import { type KeyClass, type KeyColors } from './keys';
import { shorten, textWidth, type Box, type Placer } from './label';
import { type EventRow } from './part';
import { type Scale } from './scale';

/** Beyond so many marks, dots of one colour are one path, and only what is special can be focused. */
const MOST_MARKS = 500;
/** Late events up to so many get a line of fall, and up to so many say how long they took. */
const MOST_FALLS = 24;
const MOST_LISTED = 8;
const MOST_SPECIAL = 200;

interface Dot extends Mark {
  color: KeyClass;
  fate: EventRow['fate'];
  r: number;
  newest: boolean;
  /** Not what the figure is about: drawn small and pale. */
  aside: boolean;
}

/**
 * Marks of one kind as one path. Dots are zero-length lines with round caps of width `size`; rings and crosses are
 * outlines, and their size is 0.
 */
interface Swarm {
  kind: KeyClass | 'late-ring' | 'too-late';
  size: number;
  path: string;
}

/** From where a late event would have been without delay, down to where it is. */
interface Fall {
  id: string;
  x: number;
  from: number;
  to: number;
}

export interface PlaneLabel {
  id: string;
  x: number;
  y: number;
  text: string;
  tone: 'late' | 'key';
  anchor: 'start' | 'end';
}

export interface Scales {
  x: Scale;
  y: Scale;
  /** The time across, no further out than the edges of the frame. */
  clip: Scale;
  frame: Box;
  clock: (time: number) => string;
}

export interface PlaneEvents {
  dots: Dot[];
  swarms: Swarm[];
  falls: Fall[];
  /** All of them, for the pointer. */
  points: Dot[];
  /** Those that can be focused. */
  marks: Dot[];
}

type Place = Pick<EventRow, 'partition' | 'offset' | 'time'>;
export const eventTarget = ({ partition, offset, time }: Place, stream?: string): WhyTarget => ({
  kind: 'event',
  ...(stream ? { stream } : {}),
  partition,
  offset,
  eventTime: time,
});

const radius = (count: number, width: number): number =>
  (count > MOST_MARKS ? 2.2 : count > 120 ? 3.6 : 5) - (width < 480 ? 0.4 : 0);

export function layoutEvents(
  events: EventRow[],
  { column, colors, scales }: { column: string | null; colors: KeyColors; scales: Scales },
): PlaneEvents {
  const { x, y, clock } = scales;
  const r = radius(events.length, scales.frame.width);
  const points = events.map((event, i): Dot => {
    const special = event.fate !== 'on time';
    const size = special ? Math.max(r, 4) : event.here ? r : r * 0.65;
    return {
      id: event.id,
      x: x(event.time),
      y: y(event.append),
      r: size,
      color: colors.of(event.key),
      fate: event.fate,
      newest: i === events.length - 1,
      aside: !event.here,
      target: eventTarget(event),
      get sentence() {
        return eventSentence(event, column, clock);
      },
    };
  });
  const special = points.filter((dot) => dot.fate !== 'on time');
  const many = points.length > MOST_MARKS;
  const dots = many
    ? [...special.slice(-MOST_SPECIAL), ...points.slice(-1).filter((dot) => dot.fate === 'on time')]
    : points;
  return {
    dots,
    marks: dots,
    points,
    swarms: many ? swarms(points.filter((dot) => !dots.includes(dot))) : [],
    falls: falls(events, points, scales),
  };
}

const ring = (x: number, y: number, r: number): string =>
  `M${(x - r).toFixed(1)},${y.toFixed(1)}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`;

const cross = (x: number, y: number, arm: number): string =>
  `M${(x - arm).toFixed(1)},${(y - arm).toFixed(1)}l${2 * arm},${2 * arm}m0,${-2 * arm}l${-2 * arm},${2 * arm}`;

function swarms(points: Dot[]): Swarm[] {
  const found = new Map<string, Swarm>();
  const add = (kind: Swarm['kind'], size: number, path: string): void => {
    const swarm = found.get(`${kind} ${size}`) ?? { kind, size, path: '' };
    swarm.path += path;
    found.set(`${kind} ${size}`, swarm);
  };
  for (const { color, fate, r, x, y } of points) {
    if (fate === 'too late') add('too-late', 0, ring(x, y, r + 1) + cross(x, y, r * 0.62));
    else add(color, r * 2, `M${x.toFixed(1)},${y.toFixed(1)}h0`);
    if (fate === 'late, counted') add('late-ring', 0, ring(x, y, r + 3));
  }
  return [...found.values()];
}

function falls(events: EventRow[], points: Dot[], { y, frame }: Scales): Fall[] {
  const late = events.flatMap((event, i) => (event.fate === 'on time' ? [] : [{ event, dot: points[i] }]));
  return (late.length > MOST_FALLS ? late.slice(-1) : late).map(({ event, dot }) => ({
    id: event.id,
    x: dot.x,
    from: Math.max(y(event.time), frame.y),
    to: dot.y - dot.r - 6,
  }));
}

/** How long late events took, and the names of keys without a colour, where there is room. */
export function labelEvents(events: EventRow[], layout: PlaneEvents, placer: Placer): PlaneLabel[] {
  return [...delayLabels(events, layout.falls, placer), ...keyLabels(events, layout.points, placer)];
}

function delayLabels(events: EventRow[], falls: Fall[], placer: Placer): PlaneLabel[] {
  if (falls.length > MOST_LISTED || events.length > MOST_MARKS) return [];
  return falls.flatMap((fall): PlaneLabel[] => {
    const event = events.find((one) => one.id === fall.id);
    if (!event) return [];
    const delay = roughly(event.append - event.time);
    for (const text of [delayLabel(delay), delay]) {
      const width = textWidth(text, 11, 'sans');
      const middle = (fall.from + fall.to) / 2;
      const box = placer.place(
        [fall.to - 14, middle, middle - 24, middle + 24, fall.from + 20].flatMap((y) => [
          { x: fall.x - 7 - width, y: y - 7, width, height: 14 },
          { x: fall.x + 7, y: y - 7, width, height: 14 },
        ]),
      );
      if (!box) continue;
      const right = box.x > fall.x;
      const x = right ? box.x : box.x + width;
      return [{ id: `l${fall.id}`, text, tone: 'late', x, y: box.y + 11, anchor: right ? 'start' : 'end' }];
    }
    return [];
  });
}

/** One name per key without a colour, at its newest event. */
function keyLabels(events: EventRow[], points: Dot[], placer: Placer): PlaneLabel[] {
  const newest = new Map<string, { key: string; dot: Dot }>();
  points.forEach((dot, i) => {
    if (dot.color === 'k0' && !dot.aside) newest.set(events[i].key, { key: events[i].key, dot });
  });
  if (newest.size > 24) return [];
  return [...newest.values()].flatMap(({ key, dot }): PlaneLabel[] => {
    const text = shorten(key, 12);
    const width = textWidth(text, 11);
    const box = placer.place([
      { x: dot.x + dot.r + 4, y: dot.y - 7, width, height: 14 },
      { x: dot.x - dot.r - 4 - width, y: dot.y - 7, width, height: 14 },
    ]);
    return box ? [{ id: `k${dot.id}`, text, tone: 'key', x: box.x, y: box.y + 11, anchor: 'start' }] : [];
  });
}
