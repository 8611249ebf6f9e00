import { expect, test } from 'vitest';
import { pictured } from '../support/pictures';
import { cutTexts, draw, overlappingTexts, asText, smallTexts, violations } from './draw.svelte';

test('S1.4 the partition with the least watermark holds the others back', async () => {
  const { words, all, described } = draw('partitions', await pictured('stuck', 'partitions'));
  expect(words('.picture text.strong')).toEqual(['partition 0', 'partition 1', 'partition 2']);
  expect(words('.picture text.water-text')).toContain('holds back');
  const least = Number(/translate\(([\d.]+)/.exec(all('g.moves')[0].getAttribute('transform')!)![1]);
  expect(least).toBeCloseTo(Number(all('.picture .own-water')[2].getAttribute('x1')), 1);
  expect(described.rows[2].at(-1)).toBe('active, and holds the others back');
  expect(described.caption).toContain('10:00:29.999');
});

test('S1.8 an idle partition is dotted, and does not hold back the watermark', async () => {
  const snapshot = await pictured('freed', 'partitions', {}, 'end');
  const { all, words, described } = draw('partitions', snapshot);
  expect(all('.picture .own-water.idle').length).toBeGreaterThan(0);
  expect(words('.picture text')).not.toContain('holds back');
  expect(asText(described)).toContain('idle: the watermark does not wait for it');
});

test('S20.2 a partition that is held is paused', async () => {
  const snapshot = await pictured('stuck', 'partitions');
  snapshot.partitions[0].pausedByAlignment = true;
  const { words, described } = draw('partitions', snapshot);
  expect(words('.picture text')).toContain('paused: too far ahead');
  expect(asText(described)).toContain('paused');
});

test.each([320, 720])('at %i px texts are readable, and axe finds nothing', async (width) => {
  for (const run of ['stuck', 'freed']) {
    for (const at of [-1, 4, 'end'] as const) {
      const { box } = draw('partitions', await pictured(run, 'partitions', {}, at), { width });
      expect(smallTexts(box)).toEqual([]);
      expect(overlappingTexts(box)).toEqual([]);
      expect(cutTexts(box)).toEqual([]);
      expect(await violations(box)).toEqual([]);
      expect(box.innerHTML).not.toMatch(/NaN|undefined|Infinity| style=/);
    }
  }
});
