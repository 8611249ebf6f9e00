import { type Choice, type PredictCell, type Unit } from '../document';
import { inlineProse } from '../inline';
import { type Item } from '../item';
import { type Known } from '../known';
import { readQuery } from '../queries';
import { formatUnit } from '../units';
import { unitValue } from '../values';
import { type CellKind } from './cell';

/** A bet, locked before the reveal. The run says which choice is right; every wrong one says why it is wrong. */
export const predict: CellKind<PredictCell> = {
  head: ['reads'],
  body: 'yaml',
  read({ head, body, known }) {
    if (head.has('reads')) known.cell(head.need('reads'), 'sql');
    const fields = body.fields(['ask', 'choices', 'answer', 'because', 'tolerance']);
    const { query, unit } = readQuery(fields.need('answer'), known);
    const choices = fields.list('choices', (one) => readChoice(one, unit, known));
    if (choices.length) checkChoices(fields.need('choices'), choices);
    const tolerance = fields.get('tolerance');
    if (tolerance && choices.length)
      throw tolerance.error('choices have no tolerance', {
        expected: 'tolerance where a number is typed',
        found: 'choices',
      });
    return {
      ask: inlineProse(fields.need('ask'), known),
      choices,
      answer: query,
      unit,
      because: fields.text('because'),
      tolerance: tolerance ? Number(unitValue(tolerance, unit)) : 0,
    };
  },
};

function readChoice(item: Item, unit: Unit, known: Known): Choice {
  const fields = item.fields(['text', 'value', 'breaks', 'because']);
  const value = unitValue(fields.need('value'), unit);
  return {
    text: fields.get('text')?.string() ?? formatUnit(value, unit),
    value,
    breaks: fields.has('breaks') ? readMisconception(fields.need('breaks'), known) : null,
    because: fields.text('because'),
  };
}

/** A misconception that the front matter lists. */
function readMisconception(item: Item, known: Known): string {
  const id = item.string();
  if (known.misconceptions.has(id)) return id;
  throw item.error(`${id} is not among the misconceptions of this document`, {
    expected: [...known.misconceptions].join(', ') || 'none',
    found: id,
    hint: 'Add it to misconceptions in the front matter.',
  });
}

function checkChoices(item: Item, choices: Choice[]): void {
  if (choices.length < 2)
    throw item.error('a bet needs something to choose', {
      expected: 'at least two choices',
      found: String(choices.length),
    });
  const items = item.list();
  const twice = choices.findIndex((one, i) => choices.findIndex((other) => other.value === one.value) < i);
  if (twice >= 0)
    throw items[twice].error('two choices have the same value', {
      expected: 'different values',
      found: choices[twice].text,
    });
  const right = choices.filter((one) => one.because === '' && one.breaks === null);
  if (right.length !== 1) {
    throw item.error(right.length ? 'a wrong choice does not say why' : 'no choice is right', {
      expected: 'because: on every choice but the right one',
      found: `${right.length} without`,
      hint: 'The right choice is explained by the because of the cell.',
    });
  }
  const silent = choices.findIndex((one) => one.breaks !== null && one.because === '');
  if (silent >= 0)
    throw items[silent].error('a wrong choice does not say why', {
      expected: 'because: …',
      found: choices[silent].text,
    });
}
