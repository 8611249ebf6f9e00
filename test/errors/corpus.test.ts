import { expect, test } from 'vitest';
import { TidemarkError } from '../../src/model';
import { plan } from '../../src/sql';
import { catalog } from '../sql/joined';
import corpus from './corpus.txt?raw';

/** What the reader sees beside the text: what is wrong, with a mark under the place, and what to write. */
function refusal(sql: string): string {
  try {
    plan(sql, catalog);
  } catch (thrown) {
    if (!(thrown instanceof TidemarkError)) throw thrown;
    const { what, expected, found, hint, place } = thrown.facts;
    const mark = ' '.repeat(place!.column - 1) + '^'.repeat(Math.max(1, place!.to - place!.from));
    return [sql, mark, `  ${what}; expected ${expected}, found ${found}`, `  ${hint ?? ''}`].join('\n');
  }
  return `${sql}\n  runs`;
}

test('texts that people write, from the forms of other SQLs: what is wrong, where, and what to write instead', async () => {
  const lines = corpus.split('\n').map((line) => (line === '' || line.startsWith('# ') ? line : refusal(line)));
  await expect(lines.join('\n')).toMatchFileSnapshot('corpus.golden.txt');
});
