import { INSERT } from '../../../model';
import { type Arrival, type WindowCells } from './updatingWindowCells';
import { type Refuse } from './updatingWindowShapes';

/**
 * Kafka's sliding windows of length `difference`, both ends inclusive (S7.5): for every record at t one that ends with
 * it, [t − difference, t], and, as soon as another record is in it, one that begins behind it, [t + 1, t + 1 +
 * difference]. So every set of records that ever lie that close together is in one window.
 *
 * A record is given to the windows that hold it; then the windows that begin or end with it are made, from the
 * contents of its neighbours. A window that has closed is not made and takes nothing, but the rest are still served; a
 * record that got into none of them is unknown to all windows made later (S5.8).
 */
export function slide(
  cells: WindowCells,
  arrival: Arrival,
  closeTime: number,
  refuse: Refuse,
  difference: number,
): void {
  const { at } = arrival;
  if (at + 1 + difference <= closeTime) refuse(arrival, Math.max(0, at - difference), at);
  else if (at < difference) slideEarly(cells, arrival, closeTime, refuse, difference);
  else slideOn(cells, arrival, closeTime, refuse, difference);
}

function slideOn(cells: WindowCells, arrival: Arrival, closeTime: number, refuse: Refuse, difference: number): void {
  const { store } = cells;
  const { key, at } = arrival;
  /** Newest record before this one, as far as windows know. */
  let previous = -1;
  /** A window that ends before this record: what is in it is what the record's own window begins with. */
  let left = -1;
  let hasLeft = false;
  let hasRight = false;
  const right = new RightWindow(cells, arrival, difference);
  const oldest = Math.max(0, at - 2 * difference);
  for (let slot = store.lastFrom(key, at + 1); slot >= 0 && store.start[slot] >= oldest; slot = store.before(slot)) {
    const end = store.start[slot] + difference;
    const newest = store.time[slot];
    if (store.start[slot] === at + 1) hasRight = true;
    else if (end > at) {
      right.offer(slot);
      give(cells, arrival, slot, closeTime, refuse);
    } else if (end === at) {
      hasLeft = true;
      give(cells, arrival, slot, closeTime, refuse);
      // A record of this very time has been here before and has made everything that is made below.
      if (newest >= at) {
        right.drop();
        return;
      }
      previous = newest;
    } else {
      left = slot;
      previous = newest;
      break;
    }
  }
  const behind = previous + 1;
  if (previous >= 0 && behind + difference > at && store.find(key, behind) < 0)
    make(cells, arrival, behind, behind + difference, -1, closeTime, refuse);
  if (!hasLeft) make(cells, arrival, at - difference, at, previous >= at - difference ? left : -1, closeTime, refuse);
  if (hasRight) right.drop();
  else right.make();
}

/**
 * A record whose own window would begin before the epoch: all of these share [0, difference] instead (S2.5), and the
 * windows that begin behind each of them are made as usual.
 */
function slideEarly(cells: WindowCells, arrival: Arrival, closeTime: number, refuse: Refuse, difference: number): void {
  const { store } = cells;
  const { key, at } = arrival;
  let previous = -1;
  let shared = -1;
  let hasRight = false;
  const right = new RightWindow(cells, arrival, difference);
  const found: number[] = [];
  for (let slot = store.lastFrom(key, at + 1); slot >= 0; slot = store.before(slot)) found.unshift(slot);
  for (const slot of found) {
    if (store.start[slot] === 0) {
      shared = slot;
      if (store.time[slot] < at) previous = store.time[slot];
    } else if (store.start[slot] <= at) {
      right.drop();
      right.offer(slot);
      give(cells, arrival, slot, closeTime, refuse);
    } else hasRight = true;
  }
  if (shared >= 0 && store.time[shared] > at) right.offer(shared);
  if (hasRight) right.drop();
  else right.make();
  const behind = previous + 1;
  if (previous >= 0 && store.find(key, behind) < 0)
    make(cells, arrival, behind, behind + difference, -1, closeTime, refuse);
  if (shared < 0) make(cells, arrival, 0, difference, -1, closeTime, refuse);
  else give(cells, arrival, shared, closeTime, refuse);
}

function give(cells: WindowCells, arrival: Arrival, slot: number, closeTime: number, refuse: Refuse): void {
  const { start, end } = cells.store;
  if (end[slot] < closeTime) refuse(arrival, start[slot], end[slot]);
  else cells.update(arrival, slot);
}

function make(
  cells: WindowCells,
  arrival: Arrival,
  start: number,
  end: number,
  from: number,
  closeTime: number,
  refuse: Refuse,
): void {
  if (end < closeTime) refuse(arrival, start, end);
  else cells.create(arrival, start, end, from);
}

/**
 * The window that begins behind a record holds what the nearest window around the record held *before* it came: that
 * is remembered here while the record goes in.
 */
class RightWindow {
  private offered = false;
  private copy: Float64Array | null = null;
  private newest = -1;

  constructor(
    private readonly cells: WindowCells,
    private readonly arrival: Arrival,
    private readonly difference: number,
  ) {}

  /** Remembers a window's contents, the first time; nothing where no record behind the arrival is among them. */
  offer(slot: number): void {
    const { store, layout } = this.cells;
    if (!this.offered && store.time[slot] > this.arrival.at) {
      this.copy = new Float64Array(layout.stride);
      this.newest = store.time[slot];
      layout.init(this.copy, 0);
      layout.merge(this.copy, 0, store.state, slot * layout.stride);
    }
    this.offered = true;
  }

  make(): void {
    const { cells, arrival, copy, newest, difference } = this;
    if (copy) {
      const { store, layout } = cells;
      const start = arrival.at + 1;
      const slot = store.insert(arrival.key, start, start + difference);
      store.time[slot] = newest;
      layout.merge(store.state, slot * layout.stride, copy, 0);
      cells.emitPane(arrival, slot, INSERT);
    }
    this.drop();
  }

  /** Forgets what was offered; objects that stood behind its slots go back to the layout. */
  drop(): void {
    if (this.copy) this.cells.layout.init(this.copy, 0);
    this.copy = null;
    this.offered = false;
  }
}
