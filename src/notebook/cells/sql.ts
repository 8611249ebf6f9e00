import { type Knob, type ScenarioCell, type SqlCell } from '../document';
import { type Fields, type Item } from '../item';
import { ALL_OPTIONS, exactOptions, OPTION_NAMES, USUAL, type NamedOption } from '../options';
import { type Amount, type RunOptions } from '../runOptions';
import { resultSchema } from '../schemas';
import { didYouMean } from '../../sql/suggest';
import { type CellKind } from './cell';

/** A definition and how to run it: options in the head, SQL in the body. */
export const sql: CellKind<SqlCell> = {
  head: ['reads', 'title', ...OPTION_NAMES],
  body: 'sql',
  read({ source, id, head, text, span, known }) {
    const from = known.cell(head.need('reads'), 'scenario');
    const options = readOptions(head, from);
    const [every, answer] = [head.get('every'), head.get('answer')];
    if (every && options.mode !== 'batch')
      throw every.error('only a batch run has a schedule', {
        expected: 'run=batch beside every=',
        found: `run=${options.mode}`,
      });
    if (answer && options.lookup === null)
      throw answer.error('only a lookup is answered', { expected: 'lookup= beside answer=', found: 'no lookup' });
    const stream = ALL_OPTIONS.flatMap(({ name, only }) => (only === 'stream' && head.get(name)) || [])[0];
    if (stream && options.mode === 'batch')
      throw stream.error('only a stream has such an option', {
        expected: 'run=stream beside it',
        found: 'run=batch',
        hint: 'A batch job reads what is there, once.',
      });
    if (!text.trim())
      throw source.error(span, { what: `sql cell ${id} is empty`, expected: 'a SELECT', found: 'nothing' });
    known.addResult(id, resultSchema(from.scenario, { text, options }, source, span));
    return { reads: from.id, text, options };
  },
};

function readOptions(head: Fields, from: ScenarioCell): RunOptions {
  const options: Record<string, unknown> = { ...USUAL };
  for (const option of ALL_OPTIONS) {
    const item = head.get(option.name);
    if (item) options[option.field] = readOption(item, option, from);
  }
  return options as unknown as RunOptions;
}

/** An option as it is written in the head of a cell; knobs may stand for amounts and inside calls. */
function readOption(
  item: Item,
  { field, written }: NamedOption,
  { knobs, scenario }: ScenarioCell,
): string | number | boolean {
  switch (written.as) {
    case 'choice':
      return item.oneOf(written.choices);
    case 'switch':
      return item.oneOf(written.choices) === written.choices[1];
    case 'stream':
      return item.oneOf(Object.keys(scenario.streams));
    case 'amount':
      return readAmount(item, knobs);
    case 'trigger':
    case 'watermark':
    case 'evictor': {
      const text = item.string();
      for (const [, knob] of text.matchAll(/\$([\w-]+)/g)) knobOf(item, knob, knobs);
      const values = new Map(knobs.map((one) => [one.name, one.value]));
      const units = new Map(knobs.map((one) => [one.name, one.unit]));
      item.placed(() => exactOptions({ ...USUAL, [field]: text }, values, scenario, units));
      return text;
    }
  }
}

function knobOf(item: Item, name: string, knobs: readonly Knob[]): Knob {
  const knob = knobs.find((one) => one.name === name);
  if (knob) return knob;
  const names = knobs.map((one) => one.name);
  throw item.error(`no knob $${name}`, {
    expected: names.map((one) => `$${one}`).join(', ') || 'a duration',
    found: item.string(),
    hint: didYouMean(name, names, 'knobs'),
  });
}

/** A duration, or `$knob` of the scenario. */
function readAmount(item: Item, knobs: readonly Knob[]): Amount {
  const text = item.string();
  if (!text.startsWith('$')) return item.duration();
  if (knobOf(item, text.slice(1), knobs).unit === 'duration') return text;
  throw item.error(`knob ${text.slice(1)} is not a duration`, {
    expected: 'a knob whose value has a unit, such as 2 min',
    found: text,
  });
}
