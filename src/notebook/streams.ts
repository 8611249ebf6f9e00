import {
  droppable,
  fieldsOf,
  LABELLED,
  SOURCES,
  streamSchema,
  type BurstSpec,
  type DelaySpec,
  type PlantedEvent,
  type StreamSpec,
} from '../data';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  INT,
  MIN_TIME,
  STRING,
  TIMESTAMP,
  type ColumnType,
  type Schema,
  type Value,
} from '../model';
import { didYouMean } from '../sql/suggest';
import { type Fields, type Item } from './item';
import { columnValue, noColumn } from './values';

const KEYS = [
  'table',
  'columns',
  'time',
  'key',
  'partitions',
  'from',
  'until',
  'only',
  'fraud',
  'limit',
  'delay',
  'rate',
  'burst',
  'duplicates',
  'dropped',
  'events',
  'watermarks',
] as const;

/** More than a lesson could show by hand. */
const MOST_PLANTED = 2_000;

/** Payments are keyed by the card number. */
const PAYMENTS_KEY = 'cc_num';

/** Events per second, of a stream and of a burst. */
const HIGHEST_RATE = 1_000;

/**
 * A stream of a scenario: from a table, planted by hand, or both. Payments have the key `cc_num` unless they say
 * otherwise. Everything else that is left out is as plain as it can be: one partition, events at their own times and
 * without delay, no copies, no lost fields, with fraud. The producer of `DATA.md` §1.5 is `partitions: 4, rate: 10,
 * delay: realistic`.
 */
export function readStream(item: Item, name: string): StreamSpec {
  const fields = item.fields(KEYS);
  const table = fields.has('table') ? fields.need('table').oneOf(Object.keys(SOURCES)) : null;
  const columns = fields.get('columns');
  const spec: StreamSpec = {
    table,
    declared: table === null ? readDeclared(fields, name) : {},
    columns: table !== null && columns ? columns.list().map((one) => one.string()) : [],
    time: fields.get('time')?.string() ?? 'ts',
    key: table === LABELLED && !fields.has('key') ? PAYMENTS_KEY : fields.need('key').string(),
    partitions: fields.get('partitions')?.whole(1, 64) ?? 1,
    from: fields.get('from')?.time() ?? null,
    until: fields.get('until')?.time() ?? null,
    only: {},
    fraud: readFraud(fields.get('fraud'), table),
    limit: fields.get('limit')?.whole(0, 10_000_000) ?? 0,
    delay: readDelay(fields.get('delay')),
    rate: fields.get('rate')?.number({ min: 0, max: HIGHEST_RATE }) ?? 0,
    burst: null,
    duplicates: fields.get('duplicates')?.number({ min: 0, max: 1 }) ?? 0,
    dropped: fields.get('dropped')?.number({ min: 0, max: 1 }) ?? 0,
    planted: [],
    watermarks: readWatermarks(fields.get('watermarks')),
  };
  const schema = checkColumns(spec, fields, columns);
  for (const [column, values] of fields.get('only')?.entries() ?? []) {
    const type = columnType(fieldsOf(spec), column, fields.need('only'), column);
    spec.only[column] = values.list().map((one) => columnValue(one, type));
  }
  if (spec.from !== null && spec.until !== null && spec.until <= spec.from) {
    throw fields.need('until').error('until is not after from', { expected: 'a later time' });
  }
  spec.burst = readBurst(fields.get('burst'), spec);
  spec.planted = readPlanted(fields.get('events'), spec, schema);
  if (table === null && !spec.planted.length) {
    throw item.error(`stream ${name} has no events`, {
      expected: 'table: … or events: […]',
      found: fields.keys.join(', '),
    });
  }
  return spec;
}

function readDeclared(fields: Fields, name: string): Record<string, ColumnType> {
  const columns = fields.get('columns');
  if (!columns?.isMap) {
    throw (columns ?? fields.item).error(`stream ${name} has no table, so it must declare its columns`, {
      expected: 'columns: {user: BIGINT, price: "DECIMAL(10,2)", ts: TIMESTAMP}',
      found: columns?.shown ?? 'no columns',
      hint: 'Name a table, or give each column a type.',
    });
  }
  return Object.fromEntries(columns.entries().map(([column, type]) => [column, readType(type)]));
}

const PLAIN_TYPES = [BOOLEAN, INT, BIGINT, DOUBLE, STRING, DATE, TIMESTAMP];
const TYPES = new Map([...PLAIN_TYPES.map((one) => [one.name as string, one] as const), ['TIMESTAMP(3)', TIMESTAMP]]);

function readType(item: Item): ColumnType {
  const text = item.string().toUpperCase().replace(/\s+/g, '');
  const match = /^DECIMAL\((\d{1,2}),(\d{1,2})\)$/.exec(text);
  if (match && Number(match[1]) <= 15 && Number(match[2]) <= Number(match[1]))
    return decimal(Number(match[1]), Number(match[2]));
  const type = TYPES.get(text);
  if (type) return type;
  const names = [...TYPES.keys(), 'DECIMAL(10,2)'];
  throw item.error('not a column type', { expected: names.join(', '), hint: didYouMean(text, names, 'types') });
}

/** The columns that the stream has, after checking that those it names are among them. */
function checkColumns(spec: StreamSpec, fields: Fields, columns: Item | null): Schema {
  const whole = fieldsOf(spec);
  columns?.list().forEach((one) => {
    if (spec.table !== null) columnType(whole, one.string(), one);
  });
  const schema = streamSchema(spec);
  if (fields.has('key')) columnType(whole, spec.key, fields.need('key'));
  const time = columnType(schema, spec.time, fields.get('time') ?? fields.item);
  if (time.name !== 'TIMESTAMP')
    throw (fields.get('time') ?? fields.item).error(`${spec.time} is not a time`, {
      expected: 'a TIMESTAMP column',
      found: time.name,
    });
  if (spec.dropped > 0 && (spec.table === null || !droppable(spec).length)) {
    throw fields.need('dropped').error('no field that could be lost', {
      expected: 'a stream from a table, with a column besides the time and the key',
      found: spec.table === null ? 'no table' : spec.columns.join(', '),
      hint: 'The event time and the key are never lost; events written by hand are as they were written.',
    });
  }
  return schema;
}

function columnType(schema: Schema, name: string, item: Item, key?: string): ColumnType {
  const found = schema.find((one) => one.name === name);
  if (found) return found.type;
  throw noColumn(item, name, schema, key);
}

function readFraud(item: Item | null, table: string | null): boolean {
  const fraud = item?.boolean() ?? true;
  if (fraud || table === LABELLED) return fraud;
  throw item!.error('no fraud to leave out', {
    expected: `table: ${LABELLED}`,
    found: table ?? 'no table',
    hint: `Only the rows of ${LABELLED} are honest or fraudulent.`,
  });
}

/** `{at: "10:05", for: 1 s, rate: 200}`: from that moment and for that long the mean rate is that one. */
function readBurst(item: Item | null, { rate, from, until }: StreamSpec): BurstSpec | null {
  if (!item) return null;
  const fields = item.fields(['at', 'for', 'rate']);
  const [at, span] = [fields.need('at'), fields.need('for')];
  const burst: BurstSpec = {
    at: at.time(),
    for: span.duration(),
    rate: fields.need('rate').number({ min: 0, max: HIGHEST_RATE }),
  };
  if (rate === 0) {
    throw item.error('a burst without a rate', {
      expected: 'a rate of the stream, such as rate: 10',
      found: 'no rate',
      hint: 'A burst departs from the rate; events at their own times have none.',
    });
  }
  if (burst.for === 0) throw span.error('a burst of no length', { expected: 'a duration above 0 s' });
  if (from !== null && burst.at + burst.for <= from)
    throw at.error('the burst is over before the stream begins', { expected: 'a later time' });
  if (until !== null && burst.at >= until)
    throw at.error('the burst begins when the stream is over', { expected: 'a time before until' });
  return burst;
}

/** `none`, `realistic`, `30 s`, or `{uniform: [0 s, 2 min]}`. */
function readDelay(item: Item | null): DelaySpec {
  if (!item) return { model: 'none' };
  if (item.isMap) {
    const ends = item.fields(['uniform']).need('uniform');
    const bounds = ends.list();
    if (bounds.length !== 2) throw ends.error('uniform has two ends', { expected: '[0 s, 2 min]' });
    const [least, most] = bounds.map((one) => one.duration());
    if (most < least)
      throw bounds[1].error('the ends of uniform are swapped', {
        expected: 'the longer delay last',
      });
    return { model: 'uniform', least, most };
  }
  const text = item.string();
  if (text === 'none' || text === 'realistic') return { model: text };
  if (!/^\d/.test(text)) {
    throw item.error('delay is not known', {
      expected: 'none, realistic, a duration, or {uniform: [0 s, 2 min]}',
      hint: didYouMean(text, ['none', 'realistic', 'uniform'], 'delays'),
    });
  }
  return { model: 'fixed', delay: item.duration() };
}

function readPlanted(item: Item | null, spec: StreamSpec, schema: Schema): PlantedEvent[] {
  const items = item?.list() ?? [];
  if (items.length > MOST_PLANTED)
    throw item!.error('too many events', { expected: `at most ${MOST_PLANTED}`, found: String(items.length) });
  const columns = schema.filter((one) => one.name !== spec.time);
  return items.map((one) => {
    const fields = one.fields(['at', 'arrives', 'partition', ...columns.map((column) => column.name)]);
    const at = fields.need('at').time();
    const arrives = fields.get('arrives')?.time() ?? at;
    if (arrives < at) {
      throw fields.need('arrives').error('an event arrives before it happened', {
        expected: `${fields.need('at').shown} or later`,
        hint: 'at is event time, arrives is append time.',
      });
    }
    const values: Record<string, Value> = {};
    for (const column of columns) {
      const value = spec.table !== null && !spec.columns.length ? fields.get(column.name) : fields.need(column.name);
      if (value) values[column.name] = columnValue(value, column.type);
    }
    return { at, arrives, partition: fields.get('partition')?.whole(0, spec.partitions - 1) ?? null, values };
  });
}

/**
 * `{heuristic: [["12:06", "12:02"], …]}`: from 12:06 on the clock, everything before 12:02 is held to have come. Both
 * columns only grow.
 */
function readWatermarks(item: Item | null): StreamSpec['watermarks'] {
  const schedules: StreamSpec['watermarks'] = {};
  for (const [name, list] of item?.entries() ?? []) {
    let last: [number, number] = [MIN_TIME, MIN_TIME];
    schedules[name] = list.list().map((pair) => {
      const times = pair.list();
      if (times.length !== 2) throw pair.error('not a move of a watermark', { expected: '["12:06", "12:02"]' });
      // Nothing before T is expected any more: nothing at or before T − 1 ms (S1.1).
      const move: [number, number] = [times[0].time(), times[1].time() - 1];
      if (move[0] <= last[0] || move[1] <= last[1])
        throw pair.error('a watermark moves on', {
          expected: 'times after those of the line above',
        });
      last = move;
      return move;
    });
  }
  return schedules;
}
