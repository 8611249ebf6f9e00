import { expect, test, vi } from 'vitest';
import { pictured } from '../support/pictures';
import { draw, violations } from './draw.svelte';
import { UPDATE_AFTER } from '../../src/model';

test('S13.1 an update is a row taken back and a row put in its place, each with its shape', async () => {
  const { words, all } = draw('changelog', await pictured('running', 'changelog'), { some: { limit: 40 } });
  const signs = words('.sign-cell');
  expect(signs.slice(0, 3)).toEqual(['+I', '+I', '+I']);
  expect(signs.slice(3, 5)).toEqual(['−U', '+U']);
  expect(all('.sign-cell .sign.gives rect')).toHaveLength(signs.filter((sign) => sign === '+U').length);
  expect(all('.sign-cell .sign:not(.gives) rect')).toHaveLength(signs.filter((sign) => sign === '−U').length);
});

test('S6.3 panes have their number and when they came; what is taken back has that of the pane that said it', async () => {
  const { words } = draw('changelog', await pictured('retracting', 'changelog'));
  const rows = words('tbody tr').filter((row) => row.includes('14') || row.includes('just now'));
  expect(rows.some((row) => /\+I|\+U/.test(row) && row.endsWith('2, late'))).toBe(true);
  const { described } = draw('changelog', await pictured('retracting', 'changelog'));
  const at = described.rows.findIndex((row) => row.includes('2, late'));
  expect(described.rows[at - 1][1]).toBe('−U');
  expect(described.rows[at - 1]).toContain('1, on time');
});

test('what this input emitted is marked, in the picture and in words', async () => {
  let snapshot = await pictured('running', 'changelog', {}, 0);
  while (!(snapshot.stepFacts.kind === 'row out' && snapshot.stepFacts.change === UPDATE_AFTER))
    snapshot = await pictured('running', 'changelog', {}, snapshot.step + 1);
  const { all, words, described } = draw('changelog', snapshot);
  expect(words('.changed-row .sign-cell')).toEqual(['−U', '+U']);
  expect(words('.changed-row td')[0]).toContain('just now');
  expect(described.rows.filter((row) => row.at(-1) === 'yes')).toHaveLength(all('.changed-row').length);
});

test('the newest row is in view, and the box is as high before the first row', async () => {
  const { box, all, show } = draw('changelog', await pictured('running', 'changelog', {}, -1), { some: { limit: 3 } });
  const height = all('.rows-scroll')[0].getBoundingClientRect();
  expect(box.textContent).toContain('Nothing has been emitted yet.');
  show(await pictured('running', 'changelog'));
  expect(all('.rows-scroll')[0].getBoundingClientRect().height).toBe(height.height);
  const last = all('tbody tr').at(-1)!.getBoundingClientRect();
  expect(last.bottom).toBeLessThanOrEqual(height.bottom + 1);
  expect(last.top).toBeGreaterThan(height.top);
});

test('every row is in the table; only asked columns are shown', async () => {
  const snapshot = await pictured('running', 'changelog');
  const { all, described } = draw('changelog', snapshot);
  expect(described.rows).toHaveLength(all('tbody tr').length);
  const { words } = draw('changelog', snapshot, { some: { columns: ['sold'], value: 'sold' } });
  expect(words('thead th')).toEqual(['emitted', 'change', 'sold']);
});

test('a row can be asked why', async () => {
  const onwhy = vi.fn();
  const { all } = draw('changelog', await pictured('running', 'changelog'), { onwhy });
  (all('button')[0] as HTMLElement).click();
  expect(onwhy.mock.calls[0][0]).toMatchObject({ kind: 'row', row: { shop: 'A', sold: 2 } });
});

test.each([320, 720])('axe finds nothing at %i px', async (width) => {
  expect(await violations(draw('changelog', await pictured('retracting', 'changelog'), { width }).box)).toEqual([]);
});
