import { expect, test } from 'vitest';
import { minutes, seconds } from '../../src/model';
import { turnedBy, USUAL } from '../../src/notebook/options';
import { applySetting, runSpecs, cellsOf } from '../../src/notebook/settle';
import { broken, parse, SAMPLE } from './sample';

const lesson = parse(SAMPLE);
const { spend } = runSpecs(lesson);

test('the author’s run has every knob filled in', () => {
  expect(spend.options).toEqual({
    ...USUAL,
    mode: 'stream',
    wait: minutes(2),
    lateness: minutes(10),
    edge: 'closed',
    lookup: null,
    answer: 'state',
    every: null,
    end: 'flush',
  });
  expect(spend.scenario.data.seed).toBe(7);
  expect(spend.forks).toEqual([]);
});

test('knobs, edits, settings, seed and forks lie over it, and the lesson stays as it was', () => {
  const before = JSON.stringify(lesson);
  const fork = { at: 3, action: { do: 'set', wait: 0 } } as const;
  const turned = runSpecs(lesson, {
    knobs: { wait: seconds(5) },
    edits: { spend: 'SELECT 1' },
    settings: { spend: { lateness: '1 h', run: 'batch' } },
    seed: 9,
    forks: { spend: [fork] },
  });
  expect(turned.spend).toMatchObject({
    sql: 'SELECT 1',
    options: { wait: seconds(5), lateness: minutes(60), mode: 'batch' },
    forks: [fork],
  });
  expect(turned.spend.scenario.data.seed).toBe(9);
  expect(JSON.stringify(lesson)).toBe(before);
  expect(runSpecs(lesson, { seed: 0 }).spend.scenario.data.seed).toBe(0);
});

test('a knob is held to its range, whatever an old link says', () => {
  expect(runSpecs(lesson, { knobs: { wait: minutes(500) } }).spend.options.wait).toBe(minutes(10));
  expect(runSpecs(lesson, { knobs: { wait: -1 } }).spend.options.wait).toBe(0);
  expect(runSpecs(lesson, { knobs: { wait: Number.NaN } }).spend.options.wait).toBe(minutes(2));
});

test('a setting wins over a knob', () => {
  expect(runSpecs(lesson, { knobs: { wait: 1 }, settings: { spend: { wait: seconds(9) } } }).spend.options.wait).toBe(
    seconds(9),
  );
});

test('a setting changes a copy', () => {
  const set = applySetting(spend, {
    wait: 0,
    edge: 'open-left',
    answer: 'rescan',
    end: 'quiet',
    every: '5 min',
    lookup: 'payments',
    sql: 'SELECT 2',
  });
  expect(set).toMatchObject({
    sql: 'SELECT 2',
    options: { wait: 0, edge: 'open-left', answer: 'rescan', end: 'quiet', every: minutes(5), lookup: 'payments' },
  });
  expect(spend.options.wait).toBe(minutes(2));
  expect(applySetting(set, { every: 'none', lookup: 'none' }).options).toMatchObject({ every: null, lookup: null });
});

test.each([
  [{ wiat: 0 }, /no option wiat.*mean wait/],
  [{ edge: 'shut' }, /no such edge/],
  [{ run: 'steam' }, /no such run.*mean stream/],
  [{ wait: -1 }, /wait is out of range/],
  [{ wait: 'soon' }, /not a duration/],
  [{ lateness: Number.POSITIVE_INFINITY }, /lateness is out of range/],
])('the setting %j is refused', (setting, message) => {
  expect(() => applySetting(spend, setting as Record<string, string | number>)).toThrow(message);
});

test('what a knob turns is read off the cell', () => {
  const sql = (text: string) => cellsOf(parse(text)).find((one) => one.kind === 'sql')!;
  expect(turnedBy(sql(SAMPLE), 'wait')).toEqual(['wait']);
  expect(turnedBy(sql(broken('lateness=10m', 'lateness=$wait')), 'wait')).toEqual(['wait', 'lateness']);
});
