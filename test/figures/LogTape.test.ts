import { expect, test } from 'vitest';
import { minutes } from '../../src/model';
import { snapshotOf, tunnel } from '../support/snapshot';
import { cutTexts, draw, overlappingTexts, asText, smallTexts, violations } from './draw.svelte';

const tape = (now: number, partitions = 2) => snapshotOf({ payments: tunnel, now, lateness: minutes(10), partitions });

test('the tape has a lane per partition, and a read head at the end of each', () => {
  const { all } = draw('log-tape', tape(13, 3));
  expect(all('.picture .head')).toHaveLength(3);
  expect(all('.picture .cell.newest')).toHaveLength(1);
});

test('a run of two streams shows the lanes of the first, whose events these are', () => {
  const one = tape(13, 2);
  const two = { ...one, partitions: [...one.partitions, { ...one.partitions[0], topic: 'logins' }] };
  const { all, described } = draw('log-tape', two);
  expect(all('.picture .head')).toHaveLength(2);
  expect(described.caption.match(/next offset/g)).toHaveLength(2);
});

test('a lane shows its newest end, in offset order', () => {
  const { words } = draw('log-tape', tape(13, 1), { width: 400 });
  const offsets = words('.picture text[text-anchor="middle"]').map(Number);
  expect(offsets.at(-1)).toBe(22);
  expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  expect(words('.picture tspan')[0]).toBe(`${offsets[0]} earlier`);
});

test('late and too late keep their shapes', () => {
  const { all } = draw('log-tape', tape(18.5, 1), { width: 1_100 });
  expect(all('.picture .late-ring')).toHaveLength(1);
  expect(all('.picture path.too-late')).toHaveLength(1);
});

test('events outside where are there, but pale', () => {
  const { all } = draw('log-tape', tape(6, 1), { width: 1_100, some: { where: { card: '4417' } } });
  expect(all('.picture .event')).toHaveLength(10);
  expect(all('.picture .event.aside')).toHaveLength(6);
});

test('the box is as high before the first event as at the end', () => {
  const height = (now: number) => draw('log-tape', tape(now)).all('svg.picture')[0].getAttribute('height');
  expect(height(-1)).toBe(height(18));
});

test('every cell is in the table', () => {
  const { described, words } = draw('log-tape', tape(18.5), { width: 1_100 });
  const text = asText(described);
  for (const time of words('.picture text.num').filter((one) => /:/.test(one))) expect(text).toContain(time);
  expect(described.rows).toHaveLength(tunnel.length);
});

test.each([320, 720])('at %i px texts are readable, and axe finds nothing', async (width) => {
  const { box } = draw('log-tape', tape(18.5), { width });
  expect(smallTexts(box)).toEqual([]);
  expect(overlappingTexts(box)).toEqual([]);
  expect(cutTexts(box)).toEqual([]);
  expect(await violations(box)).toEqual([]);
});
