import { expect, test } from 'vitest';
import { minutes } from '../../src/model';
import { crowd } from '../support/crowd';
import { pictured } from '../support/pictures';
import { snapshotOf, tunnel } from '../support/snapshot';
import { cutTexts, draw, overlappingTexts, asText, smallTexts, violations } from './draw.svelte';

const lateness = minutes(10);

test('each key has a lane, each window a band with its value', () => {
  const { all, words } = draw('window-lanes', snapshotOf({ payments: tunnel, now: 13, lateness }));
  expect(words('.picture text.strong')).toEqual(['card 4417', 'card 2210', 'card 8032', 'card 5190']);
  expect(all('.picture .band')).toHaveLength(11);
  expect(words('.picture .lane-value')).toContain('€102.00');
});

test('panes are beads: full on time, with a ring late', () => {
  const { all } = draw('window-lanes', snapshotOf({ payments: tunnel, now: 13, lateness, card: '4417' }));
  expect(all('.picture .bead.on-time')).toHaveLength(2);
  expect(all('.picture .bead.late')).toHaveLength(1);
});

test('a closed window holds no rows any more', () => {
  const { all } = draw('window-lanes', snapshotOf({ payments: tunnel, now: 18.5, card: '4417' }));
  expect(all('.picture .band.closed')).toHaveLength(3);
  expect(all('.picture .rows')).toHaveLength(1);
});

test('hopping windows of one key stand under each other', () => {
  const snapshot = snapshotOf({ payments: tunnel, now: 12, hop: minutes(2.5), card: '4417' });
  const { all } = draw('window-lanes', snapshot, { some: { where: { card: '4417' } } });
  const tops = new Set(all('.picture .band').map((band) => band.getAttribute('y')));
  expect(tops.size).toBe(2);
});

test('many short windows are shown from the newest, and the rest is counted', () => {
  const snapshot = snapshotOf({ payments: crowd(900, { span: 600, cards: 9 }), lateness });
  const { words, all } = draw('window-lanes', snapshot);
  expect(all('.picture .band').length).toBeLessThan(120);
  expect(words('.picture .faint').at(-1)).toMatch(/^\d+ earlier windows · 4 more keys$/);
});

test('values, rows, states and panes are in the table', () => {
  const snapshot = snapshotOf({ payments: tunnel, now: 18.5, lateness });
  const { words, all, described } = draw('window-lanes', snapshot, { width: 1_100 });
  const text = asText(described);
  for (const word of [...words('.picture .lane-value'), ...words('.picture .faint')].filter(Boolean))
    expect(text).toContain(word);
  expect(described.rows).toHaveLength(all('.picture .band').length);
  expect(described.rows.filter((row) => row[2] === 'open')).toHaveLength(all('.picture .band.open').length);
  expect(described.rows.filter((row) => row[2] === 'closed, state gone')).toHaveLength(
    all('.picture .band.closed').length,
  );
});

test.each([320, 720])('at %i px texts are readable, and axe finds nothing', async (width) => {
  for (const snapshot of [
    snapshotOf({ payments: tunnel, now: 13, lateness }),
    snapshotOf({ payments: crowd(900, { span: 600, cards: 9 }), lateness }),
    snapshotOf({ payments: tunnel, now: -1 }),
  ]) {
    const { box } = draw('window-lanes', snapshot, { width });
    expect(smallTexts(box)).toEqual([]);
    expect(overlappingTexts(box)).toEqual([]);
    expect(cutTexts(box)).toEqual([]);
    expect(await violations(box)).toEqual([]);
  }
});

test.each(['fixed', 'stuck', 'cumulating', 'sessions', 'arrival', 'retracting'])(
  'the lanes of %s have the height that the whole run needs, from its first step on',
  async (run) => {
    const heightAt = async (at: number | 'end'): Promise<number> => {
      const { all } = draw('window-lanes', await pictured(run, 'window-lanes', {}, at));
      return Number(all('.picture')[0].getAttribute('viewBox')!.split(' ')[3]);
    };
    const end = await heightAt('end');
    for (const step of [-1, 0, 5, 12, 20]) expect(await heightAt(step)).toBe(end);
    // One key: one lane, as deep as its windows overlap.
    expect(end).toBe(34 + (20 + (run === 'cumulating' ? 4 : 1) * 48 + 6) + 36);
  },
);
