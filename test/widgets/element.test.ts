import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressFor } from '../../src/widgets/element';

const base = new URL('https://tidemark.test/some/path/embed.html');

const address = (attributes: Record<string, string>) => new URL(addressFor(base, (name) => attributes[name] ?? null));

test('attributes become the query, and the shared state the fragment', () => {
  const url = address({ lesson: 'late', figure: 'plane', step: '12', theme: 'dark', state: 'a-_b' });
  expect(url.href).toBe(`${base.href}?lesson=late&figure=plane&step=12&theme=dark#s=a-_b`);
});

test('attributes that are not known are not passed on', () => {
  expect(address({ src: 'https://other.test', onload: 'x', style: 'y' }).href).toBe(base.href);
});

test('text that is too long is left out', () => {
  const url = address({ lesson: 'x'.repeat(1_000_000), figure: 'plane', state: 'y'.repeat(1_000_000) });
  expect(url.href).toBe(`${base.href}?figure=plane`);
});

test('no text leads to another page than ours (A-79)', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'javascript:alert(1)',
      '"><script>',
      '../../x',
      '//other.test',
      '#',
      '?a=b&lesson=c',
      '\0',
      '\u202e',
    ),
  );
  fc.assert(
    fc.property(text, text, text, (lesson, figure, state) => {
      const url = address({ lesson, figure, state });
      expect(url.origin + url.pathname).toBe(base.origin + base.pathname);
      for (const [name, value] of Object.entries({ lesson, figure })) {
        expect(url.searchParams.getAll(name)).toEqual([value]);
      }
    }),
    { numRuns: 500 },
  );
});
