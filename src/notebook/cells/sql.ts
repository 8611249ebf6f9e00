import { type Amount, type Knob, type SqlCell } from '../document';
import { type Item } from '../item';
import { resultSchema } from '../schemas';
import { didYouMean } from '../../sql/suggest';
import { type CellKind } from './cell';

/** A definition and how to run it: options in the head, SQL in the body. */
export const sql: CellKind<SqlCell> = {
  kind: 'sql',
  head: ['reads', 'run', 'wait', 'lateness', 'edge', 'lookup', 'answer', 'every', 'end', 'title'],
  body: 'sql',
  read({ source, id, line, head, text, span, known }) {
    const from = known.scenario(head.need('reads'));
    const amount = (item: Item | null): Amount | null => (item ? readAmount(item, from.knobs) : null);
    const mode = head.get('run')?.oneOf(['stream', 'batch'] as const) ?? 'stream';
    const every = head.get('every');
    if (every && mode !== 'batch')
      throw every.error('only a batch run has a schedule', {
        expected: 'run=batch beside every=',
        found: `run=${mode}`,
      });
    const lookup = head.get('lookup')?.oneOf(Object.keys(from.scenario.streams)) ?? null;
    const answer = head.get('answer');
    if (answer && lookup === null)
      throw answer.error('only a lookup is answered', { expected: 'lookup= beside answer=', found: 'no lookup' });
    if (!text.trim())
      throw source.error(span, { what: `sql cell ${id} is empty`, expected: 'a SELECT', found: 'nothing' });
    const cell: SqlCell = {
      kind: 'sql',
      id,
      line,
      title: head.get('title')?.string() ?? '',
      reads: from.id,
      text,
      options: {
        mode,
        wait: amount(head.get('wait')),
        lateness: amount(head.get('lateness')) ?? 0,
        edge: head.get('edge')?.oneOf(['closed', 'open-left', 'open-right'] as const) ?? 'closed',
        lookup,
        answer: answer?.oneOf(['state', 'rescan'] as const) ?? 'state',
        every: amount(every),
        end: head.get('end')?.oneOf(['flush', 'quiet'] as const) ?? 'flush',
      },
    };
    known.addResult(id, resultSchema(from.scenario, cell, source, span));
    return cell;
  },
};

/** A duration, or `$knob` of the scenario. */
function readAmount(item: Item, knobs: readonly Knob[]): Amount {
  const text = item.string();
  if (!text.startsWith('$')) return item.duration();
  const name = text.slice(1);
  const knob = knobs.find((one) => one.name === name);
  const names = knobs.map((one) => one.name);
  if (!knob)
    throw item.error(`no knob ${text}`, {
      expected: names.map((one) => `$${one}`).join(', ') || 'a duration',
      found: text,
      hint: didYouMean(name, names, 'knobs'),
    });
  if (knob.unit !== 'duration')
    throw item.error(`knob ${name} is not a duration`, {
      expected: 'a knob whose value has a unit, such as 2 min',
      found: String(knob.value),
    });
  return text;
}
