import { expect, test } from 'vitest';
import { SharedParts } from '../../src/site/parts';

test('equal requests of two cells are asked once, and each cell finds its own names', () => {
  const shared = new SharedParts();
  shared.add('plane', { 'plane.events': { part: 'events' } });
  shared.add('tape', { 'tape.events': { part: 'events' }, 'tape.dropped': { part: 'dropped' } });
  expect(Object.values(shared.requests)).toEqual([{ part: 'events' }, { part: 'dropped' }]);
  const parts = Object.fromEntries(Object.keys(shared.requests).map((name) => [name, { name }]));
  const view = shared.viewOf('tape', { parts } as never);
  expect(view.parts).toEqual({ 'tape.events': { name: 'p0' }, 'tape.dropped': { name: 'p1' } });
});
