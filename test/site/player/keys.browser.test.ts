import { expect, test, vi } from 'vitest';
import { handleKey } from '../../../src/site/player/keys';
import { type Run } from '../../../src/site/run.svelte';

test('keys move the run, and rest while somebody types', () => {
  const run = { live: true, forward: vi.fn(), toggle: vi.fn(), nextMoment: vi.fn() };
  const press = (target: Element, init: KeyboardEventInit) => {
    document.body.append(target);
    const event = new KeyboardEvent('keydown', { ...init, bubbles: true, cancelable: true });
    let used = false;
    const listen = (heard: Event) => (used = handleKey(heard as KeyboardEvent, run as unknown as Run, () => undefined));
    document.addEventListener('keydown', listen, { once: true });
    target.dispatchEvent(event);
    target.remove();
    return used;
  };
  expect(press(document.createElement('p'), { key: 'ArrowRight' })).toBe(true);
  expect(press(document.createElement('p'), { key: 'ArrowRight', shiftKey: true })).toBe(true);
  expect(press(document.createElement('textarea'), { key: 'ArrowRight' })).toBe(false);
  expect(press(document.createElement('button'), { key: ' ' })).toBe(false);
  expect(press(document.createElement('p'), { key: ' ', ctrlKey: true })).toBe(false);
  expect(run.forward).toHaveBeenCalledTimes(1);
  expect(run.nextMoment).toHaveBeenCalledTimes(1);
  expect(run.toggle).not.toHaveBeenCalled();
});
