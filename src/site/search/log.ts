import type { TextTable } from '../../figures/figure';
import { formatClock, formatValue } from '../../model';
import { type RunSpec } from '../../notebook/run';

/** The events of a run that were written by hand, in the order in which they arrive. */
export function logTable({ scenario: { streams } }: RunSpec): TextTable {
  const entries = Object.entries(streams);
  const parts = entries.some(([, { partitions }]) => partitions > 1);
  const events = entries
    .flatMap(([stream, { planted, declared }]) => planted.map((event) => ({ stream, event, declared })))
    .sort((a, b) => a.event.arrives - b.event.arrives);
  const columns = [
    ...new Set(entries.flatMap(([, { declared, time }]) => Object.keys(declared).filter((one) => one !== time))),
  ];
  // A column in which all events are the same tells nothing about them.
  const telling = columns.filter((column) => new Set(events.map(({ event }) => event.values[column])).size > 1);
  return {
    caption: 'The log, in order of arrival',
    columns: [
      'arrives',
      'happened',
      ...(entries.length > 1 ? ['stream'] : []),
      ...(parts ? ['partition'] : []),
      ...telling,
    ],
    rows: events.map(({ stream, event, declared }) => [
      formatClock(event.arrives, 'seconds'),
      formatClock(event.at, 'seconds'),
      ...(entries.length > 1 ? [stream] : []),
      ...(parts ? [String(event.partition ?? '')] : []),
      ...telling.map((column) => {
        const value = event.values[column] ?? null;
        return column in declared ? formatValue(value, declared[column]) : '';
      }),
    ]),
  };
}
