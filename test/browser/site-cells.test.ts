import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { type Prose as Node } from '../../src/notebook/document';
import { handleKey } from '../../src/site/player/keys';
import Announce from '../../src/site/player/Announce.svelte';
import Scrub from '../../src/site/player/Scrub.svelte';
import Prose from '../../src/site/Prose.svelte';
import Trouble from '../../src/site/Trouble.svelte';
import Knob from '../../src/site/cells/Knob.svelte';
import { type Run } from '../../src/site/run.svelte';

test('prose never becomes markup', async () => {
  const nodes: Node[] = [
    {
      tag: 'p',
      children: [
        { tag: 'text', text: '<img src=x onerror=alert(1)>' },
        { tag: 'term', term: 'late', children: [{ tag: 'text', text: 'late' }] },
      ],
    },
    { tag: 'pre', language: 'html', text: '<script>1</script>' },
    {
      tag: 'table',
      children: [
        {
          tag: 'thead',
          children: [
            {
              tag: 'tr',
              children: [
                { tag: 'th', children: [] },
                { tag: 'th', children: [{ tag: 'text', text: 'b' }] },
              ],
            },
          ],
        },
      ],
    },
  ];
  const { container } = await render(Prose, { nodes });
  expect(container.querySelector('img, script')).toBe(null);
  expect(container.textContent).toContain('<img src=x onerror=alert(1)>');
  expect(container.querySelector('.term-late')?.textContent).toBe('late');
  expect(container.querySelectorAll('th').length).toBe(1);
});

test('an error says what, where, expected, found, and what to try', async () => {
  const place = { line: 2, column: 5, from: 9, to: 14 };
  const facts = {
    what: 'no such column',
    where: 'spend',
    expected: 'amount',
    found: 'amont',
    hint: 'Did you mean amount?',
    place,
  };
  const { container } = await render(Trouble, { facts });
  const text = container.textContent ?? '';
  for (const part of ['no such column', 'spend, line 2, column 5', 'amount', 'amont', 'Did you mean amount?'])
    expect(text).toContain(part);
  expect(container.querySelector('[role=alert]')).not.toBe(null);
});

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

test('while a run plays, at most one sentence a second is said, and the last one is', async () => {
  const said: string[] = [];
  const screen = await render(Announce, { text: 'first', on: true });
  const live = screen.container.querySelector('[aria-live=polite]')!;
  new MutationObserver(() => said.push(live.textContent ?? '')).observe(live, {
    childList: true,
    characterData: true,
    subtree: true,
  });
  for (let step = 1; step <= 20; step += 1) {
    await screen.rerender({ text: `step ${step}` });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await vi.waitFor(() => expect(said.at(-1)).toBe('step 20'), { timeout: 3000 });
  expect(said.length).toBeLessThanOrEqual(3);
});

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
