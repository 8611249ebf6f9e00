import { type Prose } from './document';
import { type Item } from './item';
import { type Known } from './known';
import { markdown, ProseReader } from './prose';

/**
 * A line of Markdown in a cell, as prose without blocks: emphasis, code, terms and links. Numbers of runs stand in the
 * prose around it: a bet must not know its answer. Throws a TidemarkError for what prose has not.
 */
export function inlineProse(item: Item, known: Known): Prose[] {
  const [inline] = markdown().parseInline(item.string(), {});
  const value = inline.children?.find(({ type }) => type === 'value');
  if (value)
    throw item.error('a number of a run in a cell', {
      expected: 'text without [[ … ]]',
      found: `[[${value.content}]]`,
      hint: 'Say it in the prose above the cell or below it.',
    });
  return new ProseReader(item.source, known, item.source.place(item.span).line - 1).read([inline]);
}
