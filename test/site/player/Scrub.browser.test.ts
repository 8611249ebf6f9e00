import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Scrub from '../../../src/site/player/Scrub.svelte';

test('the scrub bar says where it is, and marks that fall on one another show the one that matters', async () => {
  const moments = [
    { step: 10, mark: 'fired' as const },
    { step: 10, mark: 'dropped' as const },
    { step: 50, mark: 'late' as const },
  ];
  const onseek = vi.fn();
  const { container } = await render(Scrub, {
    steps: 100,
    at: 11,
    moments,
    readout: 'step 11 of 100. An event is dropped.',
    disabled: false,
    onseek,
  });
  const slider = container.querySelector('input')!;
  expect(slider.getAttribute('aria-valuetext')).toBe('step 11 of 100. An event is dropped.');
  expect([...container.querySelectorAll('.mark')].map((one) => one.classList[1])).toEqual(['dropped', 'late']);
  slider.value = '40';
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  expect(onseek).toHaveBeenCalledWith(40);
});
