import { expect, test } from 'vitest';
import { pictured } from '../support/pictures';
import { cutTexts, draw, overlappingTexts, smallTexts, violations } from './draw.svelte';

const join = async (run: string, some: Record<string, unknown> = {}, width = 720, at: number | 'end' = 'end') =>
  draw('join-lanes', await pictured(run, 'join-lanes', some, at), { width, some });

test('S8.1 an interval join has a line per pair and a bracket over what a left row looks for', async () => {
  const { all, words, described } = await join('rule');
  expect(all('.picture path.pair')).toHaveLength(3);
  expect(all('.picture path.bracket').length).toBeGreaterThan(2);
  expect(words('.picture text.strong')).toEqual(['left: payments · 0 kept', 'right: logins · 0 kept']);
  expect(all('.picture .join-dot')).toHaveLength(9);
  expect(all('.picture .join-dot.alone')).toHaveLength(2);
  expect(described.rows.filter((row) => row[8].includes('emitted alone')).map((row) => row[4])).toEqual([
    '10:06:00',
    '10:40:00',
  ]);
  expect(described.rows.find((row) => row[4] === '10:22:00')?.slice(5)).toEqual([
    '10:22:00',
    '10:12:00 to 10:22:00',
    '10:20:00',
    '1 partner, forgotten',
  ]);
});

test('S8.3 a row is full while it is kept', async () => {
  const { all } = await join('rule', {}, 720, 4);
  expect(all('.picture .join-dot.kept').length).toBeGreaterThan(0);
  expect(all('.picture .join-dot.gone').length + all('.picture .join-dot.alone').length).toBeLessThan(3);
});

test('a window join has its windows, and pairs within them', async () => {
  const { all, described } = await join('cut');
  expect(all('.picture rect.band').length).toBe(4);
  expect(all('.picture path.pair')).toHaveLength(3);
  expect(described.rows.find((row) => row[4] === '10:11:00')?.[7]).toBe('10:18:00');
});

test('S9.1 a row sees the version that is valid at its own time', async () => {
  const { all, described } = await join('bills', { value: 'price' });
  expect(all('.picture rect.version')).toHaveLength(2);
  expect(all('.picture path.pair')).toHaveLength(3);
  const seen = described.rows.filter((row) => row[0] === 'left').map((row) => row[7]);
  expect(seen).toEqual(['10:00:00 4', '10:05:00 5', '10:05:00 5']);
});

test('S9.7 a lookup sees whatever stands when the row comes', async () => {
  const { all, described } = await join('lookup', { value: 'price' });
  expect(all('.picture rect.version')).toHaveLength(0);
  const seen = described.rows.filter((row) => row[0] === 'left').map((row) => row[7]);
  expect(seen).toEqual(['10:00:00 4', '10:00:00 4', '10:05:00 5']);
});

test('S11.3 a regular join pairs rows however far apart, and forgets them by the clock', async () => {
  const { all, words, described } = await join('ever');
  expect(words('.picture text.strong')).toEqual(['left: payments · 1 kept', 'right: logins · 0 kept']);
  // Ben's login of 10:01 was forgotten at 10:11, when he paid; the one of 10:18 came in time.
  expect(described.rows.map((row) => [row[0], row[4], row[6], row[7], row[8]])).toEqual([
    ['right', '10:00:00', 'any time', '10:02:00', '1 partner, forgotten'],
    ['right', '10:01:00', 'any time', '', 'no partner, forgotten'],
    ['left', '10:02:00', 'any time', '10:00:00', '1 partner, forgotten'],
    ['left', '10:06:00', 'any time', '', 'no partner, emitted alone, forgotten'],
    ['left', '10:11:00', 'any time', '10:18:00', '1 partner, forgotten'],
    ['right', '10:18:00', 'any time', '10:11:00', '1 partner, forgotten'],
    ['left', '10:22:00', 'any time', '10:20:00', '1 partner, forgotten'],
    ['right', '10:20:00', 'any time', '10:22:00', '1 partner, forgotten'],
    ['left', '10:40:00', 'any time', '', 'no partner, emitted alone, kept'],
  ]);
  expect(all('.picture path.pair')).toHaveLength(3);
});

test('S13.5 what a stream takes back is struck out, and its pairs are gone', async () => {
  const { all, words, described } = await join('latest', { value: 'price' });
  expect(described.rows.filter((row) => row[0] === 'right').map((row) => [row[3], row[7], row[8]])).toEqual([
    ['4', '', 'taken back'],
    ['5', '10:02:00; 10:06:00; 10:12:00', '3 partners, kept'],
  ]);
  expect(all('.picture path.strike')).toHaveLength(1);
  expect(words('.legend li')).toContain('taken back by its stream');
});

test('where leaves the rows of one key, and lines only between them', async () => {
  const { all } = await join('rule', { where: { account: 'Ben' } });
  expect(all('.picture .join-dot')).toHaveLength(3);
  expect(all('.picture path.pair')).toHaveLength(1);
});

test('every line is a partner in the table, and every dot a row', async () => {
  for (const run of ['rule', 'cut', 'bills', 'lookup', 'ever', 'latest']) {
    const { all, described } = await join(run);
    expect(described.rows).toHaveLength(all('.picture .join-dot').length + all('.picture circle.too-late').length);
    const partners = described.rows
      .filter((row) => row[0] === 'left')
      .flatMap((row) => row[7].split('; ').filter(Boolean));
    expect(partners).toHaveLength(all('.picture path.pair').length);
  }
});

test.each([320, 420, 720])('at %i px no row is named on the watermark', async (width) => {
  for (let at = 4; at < 40; at += 4) {
    const { all } = await join('rule', { value: 'amount' }, width, at);
    const [line] = all('.picture line.water');
    if (!line) continue;
    const x = line.getBoundingClientRect().x;
    const texts = all('.picture text.num.over:not(.water-text)').map((one) => one.getBoundingClientRect());
    expect(texts.filter((one) => one.left < x && one.right > x)).toEqual([]);
  }
});

test.each([320, 720])('at %i px texts are readable, and axe finds nothing', async (width) => {
  for (const [run, value] of [
    ['rule', 'amount'],
    ['cut', 'amount'],
    ['bills', 'price'],
    ['lookup', 'id'],
    ['ever', 'amount'],
    ['latest', 'price'],
  ]) {
    for (const at of [-1, 6, 'end'] as const) {
      const { box } = await join(run, { value }, width, at);
      expect(smallTexts(box)).toEqual([]);
      expect(overlappingTexts(box)).toEqual([]);
      expect(cutTexts(box)).toEqual([]);
      expect(box.innerHTML).not.toMatch(/NaN|undefined|Infinity| style=/);
    }
    expect(await violations((await join(run, { value }, width)).box)).toEqual([]);
  }
});
