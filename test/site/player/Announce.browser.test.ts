import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Announce from '../../../src/site/player/Announce.svelte';

test('while a run plays, at most one sentence a second is said, and the last one is', async () => {
  const announced: string[] = [];
  const screen = await render(Announce, { text: 'first', on: true });
  const live = screen.container.querySelector('[aria-live=polite]')!;
  new MutationObserver(() => announced.push(live.textContent ?? '')).observe(live, {
    childList: true,
    characterData: true,
    subtree: true,
  });
  for (let step = 1; step <= 20; step += 1) {
    await screen.rerender({ text: `step ${step}` });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await vi.waitFor(() => expect(announced.at(-1)).toBe('step 20'), { timeout: 3000 });
  expect(announced.length).toBeLessThanOrEqual(3);
});
