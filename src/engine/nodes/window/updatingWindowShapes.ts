import { addTime, MAX_TIME, type Duration } from '../../../model';
import { type Arrival, type WindowCells } from './updatingWindowCells';
import { slide } from './updatingWindowSliding';

/** ms. `sliding` is what Kafka Streams calls so; its `hop` is everybody else's sliding window (S18). */
export type UpdatingShape =
  | { kind: 'hop'; size: Duration; slide: Duration }
  | { kind: 'unlimited' }
  | { kind: 'session'; gap: Duration }
  | { kind: 'sliding'; difference: Duration };

/** How one shape of windows takes a record and closes. `closeTime` is stream time − grace, of sessions also − gap (S5.2). */
export interface Rules {
  /** How far behind stream time − grace windows of this shape close. */
  readonly watermarkDelay: Duration;
  /** Whether a window has closed: on the dot where its end is exclusive, behind it where it is inclusive (S5.2). */
  isClosed(end: number, closeTime: number): boolean;
  /** Puts the record into its windows; tells `refuse` of each that has closed. */
  take(cells: WindowCells, arrival: Arrival, closeTime: number, refuse: Refuse): void;
  /** How long a closed window is kept, because a late record may still ask what was in it. null: not at all. */
  readonly kept: Duration | null;
}

export type Refuse = (arrival: Arrival, start: number, end: number) => void;

export function rulesOf(shape: UpdatingShape): Rules {
  switch (shape.kind) {
    case 'hop':
      return {
        watermarkDelay: 0,
        kept: null,
        isClosed: (end, closeTime) => end <= closeTime,
        take: (cells, arrival, closeTime, refuse) => hop(cells, arrival, closeTime, refuse, shape.size, shape.slide),
      };
    case 'unlimited':
      return {
        watermarkDelay: 0,
        kept: null,
        isClosed: () => false,
        take(cells, arrival) {
          enter(cells, arrival, 0, MAX_TIME);
        },
      };
    case 'session':
      return {
        watermarkDelay: shape.gap,
        kept: null,
        isClosed: (end, closeTime) => end < closeTime,
        take: (cells, arrival, closeTime, refuse) => session(cells, arrival, closeTime, refuse, shape.gap),
      };
    case 'sliding':
      return {
        watermarkDelay: 0,
        kept: 2 * shape.difference,
        isClosed: (end, closeTime) => end < closeTime,
        take: (cells, arrival, closeTime, refuse) => slide(cells, arrival, closeTime, refuse, shape.difference),
      };
  }
}

function enter(cells: WindowCells, arrival: Arrival, start: number, end: number): void {
  const slot = cells.store.find(arrival.key, start);
  if (slot >= 0) cells.update(arrival, slot);
  else cells.create(arrival, start, end);
}

/** Every window that holds the record, oldest first; none starts before the epoch (S2.5). */
function hop(
  cells: WindowCells,
  arrival: Arrival,
  closeTime: number,
  refuse: Refuse,
  size: number,
  slide: number,
): void {
  const { at } = arrival;
  const oldest = Math.max(0, at - size + slide);
  for (let start = oldest - (oldest % slide); start <= at; start += slide) {
    if (start + size <= closeTime) refuse(arrival, start, start + size);
    else enter(cells, arrival, start, start + size);
  }
}

/**
 * Sessions are [first, last], both ends inclusive, and merge at a distance of at most the gap (S3.2). Lateness is that
 * of the merged session (S3.8). A session that grows is another window: the old one is deleted first (S3.6). One that
 * has closed is final and is not found again.
 */
function session(cells: WindowCells, arrival: Arrival, closeTime: number, refuse: Refuse, gap: number): void {
  const { store } = cells;
  const { key, at } = arrival;
  let start = at;
  let end = at;
  const merged: number[] = [];
  for (let slot = store.lastFrom(key, addTime(at, gap)); slot >= 0; slot = store.before(slot)) {
    // Sessions of a key lie apart, so those before this one end earlier still.
    if (store.end[slot] < at - gap) break;
    merged.unshift(slot);
    start = Math.min(start, store.start[slot]);
    end = Math.max(end, store.end[slot]);
  }
  if (end < closeTime) {
    refuse(arrival, start, end);
    return;
  }
  if (merged.length === 0) cells.create(arrival, start, end);
  else if (start === end) cells.update(arrival, merged[0]);
  else cells.replace(arrival, merged, start, end);
}
