import { expect, test } from 'vitest';
import { makeWorldNow, START, streamOf, type BurstSpec, type StreamSpec } from '../../src/data';
import { columnOf, minutes, readValue, seconds } from '../../src/model';
import { PLAIN } from './golden';

const world = makeWorldNow({ preset: 'page', seed: 7, mode: 'realistic' });
const payments = (change: Partial<StreamSpec> = {}) =>
  streamOf('payments', { ...PLAIN, delay: { model: 'none' }, duplicates: 0, ...change }, world);
const values = ({ table }: ReturnType<typeof payments>, name: string) =>
  Array.from({ length: table.length }, (_, row) => readValue(columnOf(table, name), row));
const within = (time: Float64Array, from: number, to: number) => time.filter((at) => at >= from && at < to).length;

const RATE = 10;
const burst: BurstSpec = { at: START + minutes(1), for: seconds(2), rate: 200 };
const steady = payments({ rate: RATE });

test('a burst has its own mean rate, for as long as it says', () => {
  const { time } = payments({ rate: RATE, burst });
  const end = burst.at + burst.for;
  expect(Math.abs(within(time, burst.at, end) - 400)).toBeLessThan(4 * Math.sqrt(400));
  expect(Math.abs(within(time, end, end + minutes(5)) - 3_000)).toBeLessThan(4 * Math.sqrt(3_000));
  const before = within(time, START, burst.at);
  expect(before).toBeGreaterThan(500);
  expect(time.subarray(0, before)).toEqual(steady.time.subarray(0, before));
});

test.each([
  ['many times the rate', burst],
  ['less than the rate', { ...burst, for: minutes(1), rate: 2 }],
  ['a burst so short that most gaps span it', { ...burst, for: 10, rate: 50 }],
  ['a burst that runs from before the stream', { at: START - seconds(5), for: seconds(10), rate: 100 }],
])('a burst changes the pace of the clock and nothing else: %s', (_, of) => {
  const { time } = payments({ rate: RATE, burst: of });
  const from = Math.max(of.at, START);
  const end = of.at + of.for;
  const pace = of.rate / RATE;
  // How far a clock that runs at the pace of the rate has come by `at`.
  const worked = (at: number) => at + (pace - 1) * (Math.min(Math.max(at, from), end) - from);
  expect(time.length).toBe(steady.time.length);
  time.forEach((at, i) => {
    expect(worked(at)).toBeLessThanOrEqual(steady.time[i] + 1.001);
    expect(worked(at + 1)).toBeGreaterThanOrEqual(steady.time[i] - 0.001);
  });
});

test('a burst at rate 0 is a silence', () => {
  const { time } = payments({ rate: RATE, burst: { ...burst, rate: 0 } });
  expect(within(time, burst.at, burst.at + burst.for)).toBe(0);
  const before = within(time, START, burst.at);
  expect(Array.from(time)).toEqual(Array.from(steady.time, (at, i) => (i < before ? at : at + burst.for)));
});

test('a burst moves events in time only', () => {
  const [loud, quiet] = [burst, null].map((one) => payments({ rate: RATE, burst: one, partitions: 1 }));
  expect(values(loud, 't_id')).toEqual(values(quiet, 't_id'));
  expect(loud.time).not.toEqual(quiet.time);
});
