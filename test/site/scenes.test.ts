import { expect, test } from 'vitest';
import { type Block, type Cell } from '../../src/notebook/document';
import { sectionsOf } from '../../src/site/scenes';

const cell = (id: string, kind: Cell['kind'], figure = ''): Block => ({
  block: 'cell',
  cell: { id, kind, figure } as unknown as Cell,
});

test('cells between prose stand together, at most one wide picture in each scene, exercises alone, no picture behind a bet', () => {
  const prose: Block = { block: 'prose', nodes: [] };
  const blocks = [cell('a', 'sql'), cell('b', 'figure', 'event-time-plane'), cell('c', 'figure', 'state-table')];
  const more = [cell('d', 'figure', 'log-tape'), cell('e', 'exercise'), prose, cell('f', 'predict')];
  const behind = [cell('g', 'figure', 'event-time-plane')];
  const ids = sectionsOf([...blocks, ...more, ...behind]).map((one) =>
    one.section === 'prose' ? 'prose' : one.cells.map(({ id }) => id).join(''),
  );
  expect(ids).toEqual(['abc', 'd', 'e', 'prose', 'f', 'g']);
});
