import { type Because } from '../../model';
import { clock, counted, listed, ofKey, span } from './phrases';

/** Where a value comes from, in one sentence. */
export function becauseSentence({ of, events }: Pick<Because, 'of' | 'events'>): string {
  const count = events.reduce((sum, { table }) => sum + table.length, 0);
  return `${origin(of)}; it is made from ${count === 0 ? 'no event' : counted(count, 'event')}.`;
}

function origin(of: Because['of']): string {
  if (of.kind === 'row') return `This row was published at ${clock(of.published)}`;
  const place = of.start === of.end ? listed(of.key) || 'the aggregate' : `${span(of)}${ofKey(of.key)}`;
  if (of.kind === 'state') return `The state of ${place} was written ${counted(of.writes, 'time')}`;
  return of.published === null
    ? `The window ${place} has not been published`
    : `The window ${place} was last published at ${clock(of.published)}`;
}
