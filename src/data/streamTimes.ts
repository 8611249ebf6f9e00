import { type Duration, type Timestamp } from '../model';
import { exponential } from '../sim/distributions';
import { type Random } from '../sim/random';
import { type BurstSpec, type StreamSpec } from './scenario';

/**
 * New event times for at most `count` events, ascending: a Poisson process at the rate of the stream (per second, above
 * 0), from `from` or else `start` until there are no more events or `until` is reached.
 */
export function newTimes(count: number, spec: StreamSpec, start: Timestamp, random: Random): Float64Array {
  const time = new Float64Array(count);
  let at = spec.from ?? start;
  for (let made = 0; made < count; made += 1) {
    const gap = exponential(random, 1_000 / spec.rate);
    at = spec.burst === null ? at + gap : nextTime(at, gap, spec.rate, spec.burst);
    if (at >= (spec.until ?? Infinity)) return time.slice(0, made);
    time[made] = Math.floor(at);
  }
  return time;
}

/**
 * The time `gap` ms behind `at` on a clock that runs at the pace of the rate: a burst of 20 times the rate uses up 20 ms
 * of the gap in 1 ms. So events before the burst are where they would be without it, and the process stays Poisson.
 */
function nextTime(at: number, gap: Duration, rate: number, burst: BurstSpec): number {
  const end = burst.at + burst.for;
  if (at >= end || at + gap < burst.at) return at + gap;
  const begin = Math.max(at, burst.at);
  const rest = gap - (begin - at);
  const usedUp = ((end - begin) * burst.rate) / rate;
  return rest < usedUp ? begin + (rest * rate) / burst.rate : end + (rest - usedUp);
}
