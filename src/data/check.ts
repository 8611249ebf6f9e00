import { type ColumnType, formatDuration, formatTime, TidemarkError, type TidemarkErrorFacts } from '../model';
import { DELAYS, PRESETS, type DelaySpec, type PlantedEvent, type Scenario, type StreamSpec } from './scenario';
import { fieldsOf, LABELLED, SOURCES } from './sourceColumns';
import { droppable } from './streamSchema';

/** Throws a TidemarkError at the first thing in a scenario that makes no sense. */
export function checkScenario({ data, streams }: Scenario): void {
  need(PRESETS.includes(data.preset), {
    what: 'no such preset',
    where: 'data',
    expected: PRESETS.join(', '),
    found: data.preset,
  });
  need(data.mode === 'realistic' || data.mode === 'book', {
    what: 'no such mode',
    where: 'data',
    expected: 'realistic or book',
    found: data.mode,
  });
  need(Number.isSafeInteger(data.seed) && data.seed >= 0, {
    what: 'not a data seed',
    where: 'data',
    expected: 'a whole number from 0',
    found: String(data.seed),
  });
  for (const [name, spec] of Object.entries(streams)) checkStream(name, spec);
}

/** Throws a TidemarkError at the first thing in a stream that makes no sense. */
export function checkStream(name: string, spec: StreamSpec): void {
  const where = `stream ${name}`;
  checkTable(where, spec);
  checkColumns(where, spec);
  checkNumbers(where, spec);
  checkBurst(where, spec);
  checkDropped(where, spec);
  checkFraud(where, spec);
  checkDelay(where, spec.delay);
  for (const event of spec.planted) checkPlanted(where, event, spec);
}

function need(holds: boolean, facts: TidemarkErrorFacts): void {
  if (!holds) throw new TidemarkError(facts);
}

function checkTable(where: string, { table }: StreamSpec): void {
  need(table === null || Object.hasOwn(SOURCES, table), {
    what: `no table ${table}`,
    where,
    expected: Object.keys(SOURCES).join(', '),
    found: String(table),
    hint: 'Name one of these tables, or declare columns and write the events by hand.',
  });
}

function checkColumns(where: string, spec: StreamSpec): void {
  const fields = fieldsOf(spec);
  const typeOf = (column: string): ColumnType => {
    const found = fields.find(({ name }) => name === column);
    need(found !== undefined, {
      what: `no column ${column}`,
      where,
      expected: fields.map(({ name }) => name).join(', '),
      found: column,
      hint: `These are the columns of ${spec.table ?? 'the stream'}.`,
    });
    return found!.type;
  };
  spec.columns.forEach((column, i) => {
    typeOf(column);
    need(spec.columns.indexOf(column) === i, { what: `column ${column} twice`, where, hint: 'Name each column once.' });
  });
  const time = typeOf(spec.time);
  need(time.name === 'TIMESTAMP', {
    what: `${spec.time} is not a time`,
    where,
    expected: 'a TIMESTAMP column',
    found: time.name,
  });
  need(spec.columns.length === 0 || spec.columns.includes(spec.time), {
    what: 'the event time is not among the columns',
    where,
    expected: spec.time,
    found: spec.columns.join(', '),
    hint: `Add ${spec.time} to the columns.`,
  });
  typeOf(spec.key);
  for (const column of Object.keys(spec.only)) typeOf(column);
  for (const { values } of spec.planted) for (const column of Object.keys(values)) typeOf(column);
}

function checkNumbers(where: string, { partitions, from, until, limit, rate, duplicates }: StreamSpec): void {
  need(Number.isInteger(partitions) && partitions >= 1, {
    what: 'a stream needs a partition',
    where,
    expected: 'a whole number of partitions from 1',
    found: String(partitions),
  });
  need(from === null || until === null || from < until, {
    what: 'until is not after from',
    where,
    expected: from === null ? '' : `a time after ${formatTime(from)}`,
    found: until === null ? '' : formatTime(until),
    hint: 'Events are taken from `from` on and before `until`.',
  });
  need(Number.isInteger(limit) && limit >= 0, {
    what: 'not a limit',
    where,
    expected: 'a whole number of events, 0 for all',
    found: String(limit),
  });
  need(rate >= 0 && rate < Infinity, {
    what: 'not a rate',
    where,
    expected: 'events per second above 0, or 0 to leave times as they are',
    found: String(rate),
  });
  need(duplicates >= 0 && duplicates <= 1, {
    what: 'not a share of duplicates',
    where,
    expected: 'a share from 0 to 1',
    found: String(duplicates),
    hint: 'One event in a hundred twice is 0.01.',
  });
}

function checkBurst(where: string, { burst, rate, from, until }: StreamSpec): void {
  if (burst === null) return;
  const end = burst.at + burst.for;
  need(Number.isSafeInteger(burst.at) && Number.isSafeInteger(burst.for) && burst.for > 0, {
    what: 'not a span for a burst',
    where,
    expected: 'a time, and a duration above 0',
    found: `at ${burst.at}, for ${burst.for} ms`,
  });
  need(burst.rate >= 0 && burst.rate < Infinity, {
    what: 'not a rate of a burst',
    where,
    expected: 'events per second, 0 for a silence',
    found: String(burst.rate),
  });
  need(rate > 0, {
    what: 'a burst without a rate',
    where,
    expected: 'a rate above 0',
    found: String(rate),
    hint: 'A burst departs from the rate; events at their own times have none.',
  });
  need((from === null || end > from) && (until === null || burst.at < until), {
    what: 'the burst is outside the stream',
    where,
    expected: [from === null ? '' : `after ${formatTime(from)}`, until === null ? '' : `before ${formatTime(until)}`]
      .filter(Boolean)
      .join(' and '),
    found: `${formatTime(burst.at)} to ${formatTime(end)}`,
  });
}

function checkDropped(where: string, spec: StreamSpec): void {
  need(spec.dropped >= 0 && spec.dropped <= 1, {
    what: 'not a share of events that lose a field',
    where,
    expected: 'a share from 0 to 1',
    found: String(spec.dropped),
    hint: 'One event in a hundred is 0.01.',
  });
  need(spec.dropped === 0 || (spec.table !== null && droppable(spec).length > 0), {
    what: 'no field that could be lost',
    where,
    expected: 'a stream from a table, with a column besides the time and the key',
    found: spec.table === null ? 'no table' : spec.columns.join(', '),
    hint: 'The event time and the key are never lost; events written by hand are as they were written.',
  });
}

function checkFraud(where: string, { fraud, table }: StreamSpec): void {
  need(fraud || table === LABELLED, {
    what: 'no fraud to leave out',
    where,
    expected: LABELLED,
    found: table ?? 'no table',
    hint: `Only the rows of ${LABELLED} are honest or fraudulent.`,
  });
}

function checkDelay(where: string, delay: DelaySpec): void {
  need(DELAYS.includes(delay.model), {
    what: 'no such delay',
    where,
    expected: DELAYS.join(', '),
    found: String(delay.model),
  });
  const whole = (span: number): boolean => Number.isSafeInteger(span) && span >= 0;
  const spans = delay.model === 'fixed' ? [delay.delay] : delay.model === 'uniform' ? [delay.least, delay.most] : [];
  for (const span of spans) {
    need(whole(span), {
      what: 'not a delay',
      where,
      expected: 'a duration of 0 or more',
      found: Number.isFinite(span) ? formatDuration(span) : String(span),
      hint: 'Nothing arrives before it happened.',
    });
  }
  if (delay.model !== 'uniform') return;
  need(delay.least <= delay.most, {
    what: 'the ends of the delay are swapped',
    where,
    expected: 'the shorter delay first',
    found: `${formatDuration(delay.least)} to ${formatDuration(delay.most)}`,
  });
}

function checkPlanted(where: string, { at, arrives, partition }: PlantedEvent, { partitions }: StreamSpec): void {
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
  need(partition === null || (Number.isInteger(partition) && partition >= 0 && partition < partitions), {
    what: 'no such partition',
    where,
    expected: `0 to ${partitions - 1}`,
    found: String(partition),
  });
}
