import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import Trouble from '../../src/site/Trouble.svelte';

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
