import { expect, test } from 'vitest';
import { field, runStream, TIMESTAMP, type StreamInput } from '../../../src';
import { cutOf } from '../../../src/engine/windowing/shapes';
import { POLICIES } from '../../../src/engine/profiles';
import { settle } from '../../../src/engine/profiles/settle';
import { DEFAULTS, firesOnClose, type Profile, type StreamOptions } from '../../../src/engine/stream/options';
import { MAX_TIME, TidemarkError } from '../../../src/model';
import { drive, emitted, type Payment } from '../../support/stream';

const options = (own: Partial<StreamOptions>): StreamOptions => ({
  ...DEFAULTS,
  lookup: null,
  job: null,
  ...own,
});

test.each([
  ['flink', 'window-end', 'retracting', null],
  ['beam', 'default', 'discarding', null],
  ['kafka', 'count', 'retracting', 'stream-time'],
  ['spark', 'window-end', 'retracting', 'micro-batch'],
] as const)('S18 what %s does where nothing is said', (profile, trigger, accumulation, watermark) => {
  const settled = settle(options({ profile }));
  expect(settled.trigger?.type).toBe(trigger);
  expect(settled.accumulation).toBe(accumulation);
  expect(settled.watermark?.type ?? null).toBe(watermark);
  expect(settle(settled)).toEqual(settled);
});

test('what is said stays', () => {
  const own = {
    trigger: { type: 'count', n: 3 },
    accumulation: 'accumulating',
    watermark: { type: 'perfect' },
  } as const;
  expect(settle(options({ profile: 'beam', ...own }))).toMatchObject(own);
});

test.each<[string, Partial<StreamOptions>, RegExp]>([
  ['S1.1 a wait', { profile: 'kafka', wait: 5 }, /no watermark.*grace/],
  ['S1.1 a watermark', { profile: 'kafka', watermark: { type: 'perfect' } }, /no watermarks/],
  ['S1.1 idleness', { profile: 'kafka', idle: 5 }, /no idle/],
  ['S20.2 alignment', { profile: 'kafka', maxDrift: 5 }, /align/],
  ['S18 a trigger', { profile: 'kafka', trigger: { type: 'count', n: 2 } }, /no triggers/],
  ['S6.1 discarding', { profile: 'kafka', accumulation: 'discarding' }, /keeps/],
  ['S20.4 lateness', { profile: 'spark', lateness: 5 }, /no lateness/],
  ['S20.4 another watermark', { profile: 'spark', watermark: { type: 'bounded' } }, /micro-batch/],
  ['S20.4 a trigger', { profile: 'spark', trigger: { type: 'count', n: 2 } }, /no such trigger/],
])('%s contradicts its profile and is refused', (_, own, reason) => {
  expect(() => settle(options(own))).toThrow(TidemarkError);
  expect(() => settle(options(own))).toThrow(reason);
});

test('S18 kafka emits on every record, or once the window has closed', () => {
  const kafka = (trigger: StreamOptions['trigger']) =>
    firesOnClose(settle(options({ profile: 'kafka', trigger })).trigger);
  expect(kafka(null)).toBe(false);
  expect(kafka({ type: 'repeat', of: { type: 'count', n: 1 } })).toBe(false);
  expect(kafka({ type: 'window-end' })).toBe(true);
});

test('S2.4 offsets and slides by profile', () => {
  const hop = (slide: number, offset = 0) => ({ kind: 'hop', size: 10, slide, offset }) as const;
  expect(() => cutOf(hop(5, -4), POLICIES.flink)).not.toThrow();
  expect(() => cutOf(hop(5, -5), POLICIES.flink)).toThrow(/offset/);
  expect(() => cutOf(hop(5, 4), POLICIES.beam)).not.toThrow();
  expect(() => cutOf(hop(5, -1), POLICIES.beam)).toThrow(/offset/);
  expect(() => cutOf(hop(11), POLICIES.flink)).not.toThrow();
  expect(() => cutOf(hop(11), POLICIES.kafka)).toThrow(/slide/);
  expect(() => cutOf({ kind: 'cumulate', size: 10, step: 5, offset: 0 }, POLICIES.kafka)).toThrow(/cumulative/);
});

test('S2.4 what the SQL of a system refuses of HOP, though its operators run it', () => {
  const t: StreamInput = { schema: [field('ts', TIMESTAMP)], rows: [[0], [5], [25]] };
  const hop = (slide: number, size: number, profile: Profile) => () =>
    runStream({
      sql: `SELECT window_start, COUNT(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '${slide}' SECOND,
        INTERVAL '${size}' SECOND)) GROUP BY window_start, window_end`,
      streams: { t },
      options: { profile },
    });
  expect(hop(2, 6, 'flink')).not.toThrow();
  expect(hop(4, 6, 'flink')).toThrow(
    'HOP: the SQL of Flink has no HOP of this size (S2.4); expected a size that is a multiple of the slide, 4 s, found 6 s. Take a slide that divides',
  );
  expect(hop(6, 4, 'flink')).toThrow('Are the two exchanged?');
  expect(hop(4, 6, 'spark')).not.toThrow();
  expect(hop(6, 4, 'spark')).toThrow('expected a size of at least the slide, 6 s, found 4 s');
  expect(hop(4, 6, 'kafka')).not.toThrow();
  expect(hop(6, 4, 'kafka')).toThrow('at least the slide');
  expect(hop(6, 4, 'beam')).not.toThrow();
});

test('S2.4 spark takes a negative offset', () => {
  const hop = (offset: string) =>
    `SELECT window_start, COUNT(*) AS n FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.005' SECOND,
     INTERVAL '0.010' SECOND, INTERVAL ${offset} SECOND)) GROUP BY window_start, window_end`;
  const spark = (offset: string) => emitted(drive(hop(offset), [pay(13, 13)], { profile: 'spark', wait: 0 }));
  expect(spark("-'0.002'")).toEqual(spark("'0.003'"));
  expect(spark("-'0.002'")).toHaveLength(2);
});

const tumble = `SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND)) GROUP BY window_start, window_end`;
const pay = (time: number, append: number): Payment => ({ time, append, card: 1, amount: 1 });

/** Events of two micro-batches of 100 ms: the watermark of the first, 25, counts in the second. */
const events = [pay(3, 10), pay(25, 20), pay(4, 30), pay(5, 130), pay(40, 140), pay(41, 230)];

const watermark = { type: 'micro-batch', batch: 100 } as const;
const everyBatch = { type: 'continuous-processing-time', interval: 100 } as const;
/** Spark's output modes as options. */
const MODES: Record<
  'append' | 'update' | 'complete',
  Partial<Pick<StreamOptions, 'watermark' | 'trigger' | 'lateness'>>
> = {
  append: { watermark },
  update: { watermark, trigger: everyBatch },
  complete: { watermark, trigger: everyBatch, lateness: MAX_TIME },
};
const spark = (mode: keyof typeof MODES): unknown[] =>
  emitted(drive(tumble, events, { profile: 'spark', wait: 0, ...MODES[mode], extras: { end: false } }));

test('S20.4 append: a window is said once, when the watermark of the batch before has passed its end', () => {
  // 4 comes behind 25, but inside of the same batch; 5 comes in the next one, and is dropped.
  expect(spark('append')).toContainEqual(['+I', 0, 2]);
  expect(spark('append')).not.toContainEqual(['+U', 0, 3]);
});

test('S20.4 complete: nothing is ever too late', () => {
  expect(settle(options({ profile: 'spark', ...MODES.complete })).lateness).toBe(MAX_TIME);
  expect(spark('complete')).toContainEqual(['+U', 0, 3]);
});

test('S20.4 update mode: rows changed in a micro-batch are emitted at its end', () => {
  expect(spark('update').slice(0, 2)).toEqual([
    ['+I', 0, 2],
    ['+I', 20, 1],
  ]);
});
