import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { type Prose as Node } from '../../src/notebook/document';
import Prose from '../../src/site/Prose.svelte';

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
