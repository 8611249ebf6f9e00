import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Knob from '../../../src/site/cells/Knob.svelte';

test('a knob takes a typed duration in its range and explains any other', async () => {
  const knob = { name: 'wait', label: 'Wait', unit: 'duration' as const, min: 0, max: 600_000, step: 1000 };
  const onturn = vi.fn();
  const { container } = await render(Knob, { knob, value: 120_000, onturn });
  const field = container.querySelector<HTMLInputElement>('input[type=text]')!;
  const type = (text: string) => {
    field.value = text;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  };
  type('5 min');
  expect(onturn).toHaveBeenCalledWith(300_000);
  for (const wrong of ['11 min', 'soon', '']) {
    type(wrong);
    await vi.waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    expect(container.textContent).toContain('Wait goes from 0 s to 10 min');
  }
  expect(onturn).toHaveBeenCalledTimes(1);
});
