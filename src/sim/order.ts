/**
 * Row numbers in order of their time, equal times in order of the rows. Rows are dealt into slots of equal spans of time
 * (about two rows to a slot) and put in order inside each; so it takes time in proportion to the rows, where times are
 * spread, and falls back to sorting a slot where they are not. Yields about every 32,768 rows; returns the order.
 */
export function* ordering(times: Float64Array, length = times.length): Generator<void, Int32Array> {
  const order = new Int32Array(length);
  if (length === 0) return order;
  const slots = (length >> 1) + 1;
  const { least, most } = endsOf(times, length);
  const perMs = (slots - 1) / Math.max(1, most - least);
  yield;
  const ends = new Int32Array(slots + 1);
  for (let from = 0; from < length; from += SLICE) {
    countRows(ends, times, from, Math.min(length, from + SLICE), least, perMs);
    yield;
  }
  for (let slot = 0; slot < slots; slot += 1) ends[slot + 1] += ends[slot];
  yield;
  for (let from = 0; from < length; from += SLICE) {
    dealRows(order, ends, times, from, Math.min(length, from + SLICE), least, perMs);
    yield;
  }
  // `ends[slot]` is now where the slot ends.
  for (let slot = 0; slot < slots; slot += SLICE / 2) {
    sortSlots(order, ends, times, slot, Math.min(slots, slot + SLICE / 2));
    yield;
  }
  return order;
}

const SLICE = 32_768;

// The loops stand in functions of their own: inside a generator they run at half the speed.

function endsOf(times: Float64Array, length: number): { least: number; most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (let row = 0; row < length; row += 1) {
    if (times[row] < least) least = times[row];
    if (times[row] > most) most = times[row];
  }
  return { least, most };
}

function countRows(
  ends: Int32Array,
  times: Float64Array,
  from: number,
  to: number,
  least: number,
  perMs: number,
): void {
  for (let row = from; row < to; row += 1) ends[Math.floor((times[row] - least) * perMs) + 1] += 1;
}

function dealRows(
  order: Int32Array,
  ends: Int32Array,
  times: Float64Array,
  from: number,
  to: number,
  least: number,
  perMs: number,
): void {
  for (let row = from; row < to; row += 1) {
    const slot = Math.floor((times[row] - least) * perMs);
    order[ends[slot]] = row;
    ends[slot] += 1;
  }
}

function sortSlots(order: Int32Array, ends: Int32Array, times: Float64Array, from: number, to: number): void {
  for (let slot = from; slot < to; slot += 1) {
    const start = slot === 0 ? 0 : ends[slot - 1];
    if (ends[slot] - start > 48) sortSlot(order, times, start, ends[slot]);
    else insertSlot(order, times, start, ends[slot]);
  }
}

function insertSlot(order: Int32Array, times: Float64Array, start: number, end: number): void {
  for (let at = start + 1; at < end; at += 1) {
    const row = order[at];
    const time = times[row];
    let to = at;
    while (to > start && times[order[to - 1]] > time) {
      order[to] = order[to - 1];
      to -= 1;
    }
    order[to] = row;
  }
}

function sortSlot(order: Int32Array, times: Float64Array, start: number, end: number): void {
  order.subarray(start, end).sort((a, b) => times[a] - times[b] || a - b);
}

/** Passes on the slices of a part of the work, each as `tell` says: what it gave, and how many came before it. */
export function* telling<A, B, T>(work: Generator<A, T>, tell: (slice: A, count: number) => B): Generator<B, T> {
  for (let count = 0; ; count += 1) {
    const { done, value } = work.next();
    if (done) return value;
    yield tell(value, count);
  }
}

/** Drives a generator to its end and returns what it returns. */
export function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
