import { addTime, floorTime, MAX_TIME, readValue } from '../../model';
import { MOST_WINDOWS_PER_ROW } from '../grid';
import { allFinished, anyFinished, finish, hasFinished, keepLeast, resume, type TriggerNode } from './trigger';

/** No timer is wanted. */
const UNTIMED = { eventDue: () => MAX_TIME, clockDue: () => MAX_TIME } satisfies Partial<TriggerNode>;

/** At the last millisecond of the window, once (S4.1); by the clock where windows are cut by it (S2.9). */
export function windowEnd(time: 'event' | 'processing'): TriggerNode {
  const reached = time === 'event' ? 'event' : 'clock';
  const own = time === 'event' ? 'event timer' : 'clock timer';
  const due: TriggerNode['eventDue'] = (state, at, moment) =>
    hasFinished(state, at) || moment[reached] >= moment.last ? MAX_TIME : moment.last;
  const never = (): number => MAX_TIME;
  return {
    slots: 1,
    reset: resume,
    element() {},
    ready(state, at, moment) {
      if (hasFinished(state, at) || moment[reached] < moment.last) return false;
      // A timer that has nothing to do with the end, such as that of the state, must not fire it again.
      return (
        moment.cause === 'element' || !moment.oneByOne || (moment.cause === own && moment[reached] === moment.last)
      );
    },
    fire: finish,
    // Done only where every part had fired and the end of the whole has passed too (S3.5).
    merge(state, all, moment) {
      if (!allFinished(state, all) || moment[reached] < moment.last) resume(state, all[0]);
    },
    eventDue: time === 'event' ? due : never,
    clockDue: time === 'event' ? never : due,
  };
}

/** At least `n` elements, once (S4.5). */
export function count(n: number): TriggerNode {
  return {
    slots: 2,
    reset(state, at) {
      resume(state, at);
      state[at + 1] = 0;
    },
    element(state, at) {
      state[at + 1] += 1;
    },
    ready: (state, at) => !hasFinished(state, at) && state[at + 1] >= n,
    fire(state, at) {
      finish(state, at);
      state[at + 1] = 0;
    },
    merge(state, all) {
      const finished = anyFinished(state, all);
      const sum = all.reduce((total, at) => total + state[at + 1], 0);
      state[all[0]] = finished ? 1 : 0;
      state[all[0] + 1] = finished ? 0 : sum;
    },
    ...UNTIMED,
  };
}

/** `delay` behind the first element of the pane, by the clock, once (S4.7). */
export function processingDelay(delay: number): TriggerNode {
  return {
    slots: 2,
    reset(state, at) {
      resume(state, at);
      state[at + 1] = MAX_TIME;
    },
    element(state, at, { clock }) {
      if (state[at + 1] === MAX_TIME) state[at + 1] = addTime(clock, delay);
    },
    ready: (state, at, { clock }) => !hasFinished(state, at) && state[at + 1] !== MAX_TIME && clock >= state[at + 1],
    fire(state, at) {
      finish(state, at);
      state[at + 1] = MAX_TIME;
    },
    merge(state, all) {
      const finished = anyFinished(state, all);
      keepLeast(state, all, 1);
      if (!finished) return;
      finish(state, all[0]);
      state[all[0] + 1] = MAX_TIME;
    },
    eventDue: () => MAX_TIME,
    clockDue: (state, at, { clock }) => (hasFinished(state, at) || state[at + 1] <= clock ? MAX_TIME : state[at + 1]),
  };
}

/**
 * At multiples of the interval in event time from the first element on, and at the end; an element behind the end fires
 * at once and sets no timer (S4.6). Never finishes. Slots: finished, next firing, end awaited, fire now.
 */
export function continuousEventTime(interval: number): TriggerNode {
  return {
    slots: 4,
    reset(state, at) {
      resume(state, at);
      state[at + 1] = MAX_TIME;
      state[at + 2] = 0;
      state[at + 3] = 0;
    },
    element(state, at, { event, last, time }) {
      if (last <= event) {
        state[at + 3] = 1;
        return;
      }
      state[at + 2] = 1;
      if (state[at + 1] === MAX_TIME) state[at + 1] = Math.min(addTime(floorTime(time, interval), interval), last);
    },
    ready: (state, at, { cause, event, last }) =>
      state[at + 3] === 1 ||
      (cause === 'event timer' && (state[at + 1] <= event || (state[at + 2] === 1 && last <= event))),
    fire(state, at, { event, last, watermark }) {
      state[at + 3] = 0;
      if (last <= event) {
        state[at + 1] = MAX_TIME;
        state[at + 2] = 0;
      } else if (state[at + 1] <= event) {
        // A watermark that jumps over far more firings than anybody could look at goes straight to the last one.
        const next = addTime(state[at + 1], interval);
        const left = Math.floor((Math.min(last, watermark) - next) / interval);
        state[at + 1] = Math.min(left > MOST_WINDOWS_PER_ROW ? addTime(next, left * interval) : next, last);
      }
    },
    merge(state, all, { event, last }) {
      keepLeast(state, all, 1);
      state[all[0] + 2] = event < last ? 1 : 0;
      state[all[0] + 3] = 0;
    },
    eventDue(state, at, { event, last, cause }) {
      const end = state[at + 2] === 1 && last > event ? last : MAX_TIME;
      // What an element sets in the past is the first thing that the next watermark meets, and is followed by those after
      // it (S11.1); what a timer left alone waits for others.
      if (state[at + 1] <= event && cause === 'event timer') return end;
      return Math.min(state[at + 1], end);
    },
    clockDue: () => MAX_TIME,
  };
}

/** At the next multiple of the interval by the clock, where something new has come. Never finishes. */
export function continuousProcessingTime(interval: number): TriggerNode {
  return {
    slots: 2,
    reset(state, at) {
      resume(state, at);
      state[at + 1] = MAX_TIME;
    },
    element(state, at, { clock }) {
      if (state[at + 1] === MAX_TIME) state[at + 1] = addTime(floorTime(clock, interval), interval);
    },
    ready: (state, at, { clock }) => state[at + 1] !== MAX_TIME && clock >= state[at + 1],
    fire(state, at) {
      state[at + 1] = MAX_TIME;
    },
    merge(state, all) {
      keepLeast(state, all, 1);
    },
    eventDue: () => MAX_TIME,
    clockDue: (state, at, { clock }) => (state[at + 1] <= clock ? MAX_TIME : state[at + 1]),
  };
}

/**
 * When a column has moved by more than `delta` since the last firing; the first value is only remembered (S20.3). Null
 * is no value. Never finishes. Slots: finished, whether there is a value, that value, fire now.
 */
export function delta(column: number, by: number): TriggerNode {
  return {
    slots: 4,
    reset(state, at) {
      state.fill(0, at, at + 4);
    },
    element(state, at, { batch, row }) {
      const value = readValue(batch!.columns[column], row);
      if (value === null) return;
      if (state[at + 1] === 0) {
        state[at + 1] = 1;
        state[at + 2] = Number(value);
      } else if (Math.abs(Number(value) - state[at + 2]) > by) {
        state[at + 2] = Number(value);
        state[at + 3] = 1;
      }
    },
    ready: (state, at) => state[at + 3] === 1,
    fire(state, at) {
      state[at + 3] = 0;
    },
    merge() {},
    ...UNTIMED,
  };
}
