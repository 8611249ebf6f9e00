import { formatTime, TidemarkError, type TidemarkErrorFacts } from '../model';
import { type PlantedEvent, type StreamSpec } from './scenario';
import { fieldsOf } from './sourceColumns';

/**
 * Throws a TidemarkError where a stream has a column twice, or an event that does not fit it: forks plant events, out of
 * links too. That the rest of a spec makes sense, the parser of documents has seen to.
 */
export function checkStream(name: string, spec: StreamSpec): void {
  const where = `stream ${name}`;
  spec.columns.forEach((column, i) => {
    need(spec.columns.indexOf(column) === i, { what: `column ${column} twice`, where, hint: 'Name each column once.' });
  });
  const names = fieldsOf(spec).map((one) => one.name);
  for (const event of spec.planted) checkPlanted(where, event, spec, names);
}

function need(holds: boolean, facts: TidemarkErrorFacts): void {
  if (!holds) throw new TidemarkError(facts);
}

function checkPlanted(
  where: string,
  { at, arrives, partition, values }: PlantedEvent,
  spec: StreamSpec,
  names: readonly string[],
): void {
  for (const column of Object.keys(values)) {
    need(names.includes(column), {
      what: `no column ${column}`,
      where,
      expected: names.join(', '),
      found: column,
      hint: `These are the columns of ${spec.table ?? 'the stream'}.`,
    });
  }
  need(Number.isSafeInteger(at) && Number.isSafeInteger(arrives), {
    what: 'an event without a time',
    where,
    expected: 'whole milliseconds',
    found: `at ${at}, arrives ${arrives}`,
  });
  need(arrives >= at, {
    what: 'an event arrives before it happened',
    where,
    expected: `${formatTime(at)} or later`,
    found: formatTime(arrives),
    hint: '`at` is event time, `arrives` is append time.',
  });
  need(partition === null || (Number.isInteger(partition) && partition >= 0 && partition < spec.partitions), {
    what: 'no such partition',
    where,
    expected: `0 to ${spec.partitions - 1}`,
    found: String(partition),
  });
}
