import { floorTime, MAX_TIME, MIN_TIME } from '../model';
import { CaseFault, isItem, isList, type Item, type Json, type CaseProfile } from './kind';

/** The time of "MAX", "MIN" or "MAX-1750", or null for any other text. */
export function specialTime(text: string): number | null {
  const match = /^(MAX|MIN)([+-]\d+)?$/.exec(text);
  if (!match) return null;
  const sum = (match[1] === 'MAX' ? MAX_TIME : MIN_TIME) + Number(match[2] ?? 0);
  return Math.min(MAX_TIME, Math.max(MIN_TIME, sum));
}

/** A copy with every special time as a number. */
export function resolveAll(value: Json): Json {
  if (typeof value === 'string') return specialTime(value) ?? value;
  if (isList(value)) return value.map(resolveAll);
  if (!isItem(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolveAll(one)]));
}

/** Event fields that hold times; anything else may be a text that only looks like one. */
const TIMES = new Set([
  'arrives',
  'at',
  'created',
  'mutationTs',
  'now',
  'processingTime',
  'time',
  'ts',
  'ts2',
  'updatedAt',
  'watermark',
  'whenFired',
  'window',
]);

/**
 * The events of a case with plain times and one convention for watermarks (S1.1): nothing at or before W any more.
 * Beam's "nothing before W" is the same as W − 1; the ends of time stay where they are.
 */
export function resolveEvents(events: readonly Json[], config: Item, profile: CaseProfile): Json[] {
  const exclusive = config.watermark === 'exclusive';
  let last: number | null = null;
  const time = (value: Json): Json => {
    if (isList(value)) return value.map(time);
    if (typeof value !== 'string') return value;
    const match = /^WINDOW_MAX([+-]\d+)?$/.exec(value);
    if (match) return windowMax(config.window, last) + Number(match[1] ?? 0);
    return specialTime(value) ?? value;
  };
  const resolve = (event: Json): Json => {
    if (!isItem(event)) return event;
    const resolved: Record<string, Json> = {};
    for (const [name, value] of Object.entries(event)) resolved[name] = TIMES.has(name) ? time(value) : value;
    if (isList(event.batch)) resolved.batch = event.batch.map(resolve);
    if (typeof resolved.ts === 'number') last = resolved.ts;
    return resolved;
  };
  return events.map((event) => {
    const resolved = resolve(event);
    if (!isItem(resolved)) return resolved;
    const { watermark, time: until } = resolved;
    if (typeof watermark === 'number' && exclusive) return { ...resolved, watermark: before(watermark) };
    // "All data before T has arrived"; a system without watermarks keeps it and has its own way.
    if (typeof until === 'number' && WITH_WATERMARKS.has(profile)) {
      const { time: _time, ...rest } = resolved;
      return { ...rest, watermark: before(until) };
    }
    return resolved;
  });
}

const WITH_WATERMARKS: ReadonlySet<CaseProfile> = new Set(['flink', 'beam']);

const before = (time: number): number => (time === MAX_TIME || time === MIN_TIME ? time : time - 1);

/** The last time of the window that a time is assigned to; of overlapping ones the last. */
function windowMax(window: Json | undefined, time: number | null): number {
  if (time === null) throw new CaseFault('WINDOW_MAX without an element before it');
  const { type, size = 0, offset = 0, slide = 0, gap = 0 } = isItem(window) ? window : {};
  switch (type) {
    case 'tumbling':
      return floorTime(time, Number(size), Number(offset)) + Number(size) - 1;
    case 'sliding':
      return floorTime(time, Number(slide), Number(offset)) + Number(size) - 1;
    case 'session':
      return time + Number(gap) - 1;
    case 'global':
      return MAX_TIME;
    default:
      throw new CaseFault(`WINDOW_MAX of a window of type ${JSON.stringify(type)}`);
  }
}
