import { expect, test } from 'vitest';
import { TidemarkError } from '../../src/model';
import { parse } from './sample';

const withFacts = (facts: string) =>
  `---\ntitle: T\npart: time\nminutes: 5\nconcepts: []\nmisconceptions: []\nsummary: S\nfacts: ${facts}\n---\nText.\n`;

function refusal(text: string): TidemarkError {
  try {
    parse(text);
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return thrown;
    throw thrown;
  }
  throw new Error('accepted');
}

const keys = (count: number) =>
  withFacts(`\n${Array.from({ length: count }, (_, n) => `  k${n}: planted in day`).join('\n')}`);

test('attack 13: a second key of one name is found among many', () => {
  expect(refusal(withFacts('{a: planted in day, b: planted in day, a: planted in day}')).facts).toMatchObject({
    what: 'the key a stands here twice',
    place: { line: 8 },
  });
  expect(refusal(keys(20_000).replace('k19999:', 'k7:')).facts.what).toBe('the key k7 stands here twice');
});

test.each(['[', '{', '{a: ', '[{', '- ', '? ', '! ', '["'])(
  'attack 13: 300 kB of %j is refused with a place',
  (piece) => {
    const { facts } = refusal(withFacts(piece.repeat(300_000 / piece.length)));
    expect(facts.where).toContain('lesson.md');
    expect(facts.place).toBeDefined();
  },
);

test('attack 13: a document of more than a million characters is refused with its limit', () => {
  expect(refusal(withFacts('{}') + 'x'.repeat(1_000_000)).facts).toMatchObject({
    what: 'this document is too long to be read',
    expected: 'at most 1000000 characters',
  });
});
