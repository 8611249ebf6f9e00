import { decimal, DOUBLE, INT, STRING, type ChangeRow, type StreamRunOptions, type Trigger } from '../index';
import { isItem, isList, type Item, type Json } from './kind';

/** Types of columns, as they are written in a document. */
export const COLUMN_TYPES = { STRING, INT, DOUBLE, 'DECIMAL(38, 6)': decimal(38, 6) } as const;
export type ColumnName = keyof typeof COLUMN_TYPES;

/**
 * A case as one SQL query over streams. The runner runs it and compares the changes; the Semantics page writes it as a
 * document that opens as a run.
 */
export interface Pipeline {
  /** By stream: columns beside `ts`, with their types. */
  streams: Record<string, Record<string, ColumnName>>;
  sql: string;
  options: StreamRunOptions;
  /** The stream of an event; null where the event is not read at all. */
  streamOf: (event: Item) => string | null;
  /** A change of the result in the words of the kind; null for one that is no output of its own. */
  outputOf: (change: ChangeRow) => Item | null;
  /** A row that was dropped as late, as an output; absent where the kind has none. */
  lateOf?: (event: Item) => Item;
  /** Whether time is that of the rows themselves (Kafka's stream time), which needs no watermark. */
  streamTime?: boolean;
  /** Whether outputs carry the pane of their window that they are. */
  panes?: boolean;
  /** Fields of expected outputs that this can state. */
  states: readonly string[];
}

/** What the mapping reads of a case: times and settings are resolved. */
interface Stated {
  kind: string;
  profile: string;
  config: Item;
  events: readonly Item[];
  /** Fields beside `config`. */
  top: Item;
}

/** The pipeline of a case, its unit of time being `unit` ms; null for a case that is none, or that SQL cannot express. */
export function pipelineOf(stated: Stated, unit = 1): Pipeline | null {
  const make = Object.hasOwn(KINDS, stated.kind) ? KINDS[stated.kind] : undefined;
  const ms = (units: number): number => units * unit;
  return make?.(stated, { ms, interval: (units) => `INTERVAL '${ms(units) / 1_000}' SECOND` }) ?? null;
}

/** Events in their order, each with its place in the case; elements of a batch share theirs. */
export const arrivalsOf = (events: readonly Json[]): { event: Json; after: number }[] =>
  events.flatMap((event, after) =>
    isItem(event) && isList(event.batch) ? event.batch.map((one) => ({ event: one, after })) : [{ event, after }],
  );

interface Spell {
  ms: (units: number) => number;
  interval: (units: number) => string;
}

/** In no text of any case; JSON follows it. */
const MARK = '\u0000';

/** A value in a STRING column: a text as it is, anything else as JSON after a mark. */
export const textIn = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : value === null || value === undefined ? null : MARK + JSON.stringify(value);

const textOut = (value: unknown): Json =>
  typeof value !== 'string' ? null : value.startsWith(MARK) ? (JSON.parse(value.slice(1)) as Json) : value;

const numberIn = (item: Item, name: string, fallback?: number): number => {
  const value = item[name] ?? fallback;
  return typeof value === 'number' ? value : NaN;
};

/** INT where every value is a whole number. */
const typeOf = (events: readonly Item[], name: string): ColumnName =>
  arrivalsOf(events).every(({ event }) => {
    const value = isItem(event) ? (event[name] ?? 0) : 0;
    return Number.isSafeInteger(value);
  })
    ? 'INT'
    : 'DOUBLE';

/** The window table function over `events`, or null for a window that SQL has not. */
function windowOf(window: Json | undefined, { interval }: Spell, keys: readonly string[] = ['key']): string | null {
  if (!isItem(window)) return null;
  const span = (name: string): string | null => (typeof window[name] === 'number' ? interval(window[name]) : null);
  const offset = numberIn(window, 'offset', 0);
  const call = (name: string, ...spans: (string | null)[]): string | null => {
    const shift = offset === 0 ? [] : [interval(offset)];
    return spans.includes(null) ? null : `${name}(TABLE events, DESCRIPTOR(ts), ${[...spans, ...shift].join(', ')})`;
  };
  switch (window.type) {
    case 'tumbling':
      return call('TUMBLE', span('size'));
    case 'sliding':
      return call('HOP', span('slide'), span('size'));
    case 'cumulate':
      return call('CUMULATE', span('step'), span('max'));
    case 'session':
      return (
        span('gap') &&
        `SESSION(TABLE events${keys.length > 0 ? ` PARTITION BY ${keys.join(', ')}` : ''}, DESCRIPTOR(ts), ${span('gap')})`
      );
    default:
      return null;
  }
}

/** A trigger of a case, or null for one that SQL's runs do not have. */
function triggerOf(trigger: Json | undefined, { ms }: Spell): Trigger | null {
  if (!isItem(trigger)) return null;
  const { type, of } = trigger;
  const inner = (one: Json | undefined): Trigger | null => triggerOf(one, { ms, interval: String });
  switch (type) {
    case 'window-end':
    case 'default':
      return { type };
    case 'count':
      return numberIn(trigger, 'n') >= 1 ? { type, n: numberIn(trigger, 'n') } : null;
    case 'continuous-event-time':
      return { type, interval: ms(numberIn(trigger, 'interval')) };
    case 'processing-delay':
      return { type, delay: ms(numberIn(trigger, 'delay')) };
    case 'repeat': {
      const one = inner(of);
      return one && { type, of: one };
    }
    case 'any':
    case 'all':
    case 'each': {
      const all = isList(of) ? of.map(inner) : [null];
      return all.includes(null) ? null : { type, of: all as Trigger[] };
    }
    case 'after-watermark': {
      const [early, late] = [inner(trigger.early), inner(trigger.late)];
      if ((early === null && isItem(trigger.early)) || (late === null && isItem(trigger.late))) return null;
      return { type, early, late };
    }
    default:
      return null;
  }
}

const windowIn = ({ row }: ChangeRow): [number, number] => [Number(row.window_start), Number(row.window_end)];
const isOld = ({ change }: ChangeRow): boolean => change === '−U' || change === '−D';

/** What a Beam output carries beside its value. */
const PANE = ['timing', 'paneIndex', 'nonSpeculativeIndex', 'first'];

/** A sum per key and window. SQL's own way to answer again is −U and +U; of the two only the new value is an output. */
function windowed({ config, events }: Stated, spell: Spell, usual: Trigger['type'] = 'window-end'): Pipeline | null {
  const window = windowOf(config.window, spell);
  const trigger = triggerOf(config.trigger ?? { type: usual }, spell);
  const fits =
    (config.time ?? 'event') === 'event' && (config.aggregate ?? 'sum') === 'sum' && config.evictor === undefined;
  const plain = config.onTimeBehavior ?? config.closingBehavior ?? config.outputTimestamp;
  if (!window || !trigger || !fits || plain !== undefined) return null;
  const retracting = config.accumulation === 'accumulating-retracting';
  const accumulation = retracting ? 'retracting' : config.accumulation === 'discarding' ? 'discarding' : 'accumulating';
  const isSql = trigger.type === 'window-end' && accumulation === 'accumulating';
  return {
    streams: { events: { key: 'STRING', value: typeOf(events, 'value') } },
    sql: `SELECT key, window_start, window_end, SUM(value) AS total\nFROM TABLE(${window})\nGROUP BY key, window_start, window_end`,
    options: {
      ...(trigger.type === 'window-end' ? {} : { trigger }),
      ...(isSql ? {} : { accumulation }),
      lateness: spell.ms(numberIn(config, 'allowedLateness', 0)),
    },
    streamOf: () => 'events',
    outputOf(change) {
      const { row, time } = change;
      const old = isOld(change);
      if (old && !retracting) return null;
      const value = Number(row.total ?? 0);
      const result = { key: textOut(row.key), value: old ? -value : value, window: windowIn(change), ts: time };
      return old ? { ...result, retraction: true } : result;
    },
    states: ['key', 'value', 'window', 'ts', 'retraction', 'windowTotals'],
  };
}

/** Flink's window operator, with a side output of late rows. */
function flinkWindows(stated: Stated, spell: Spell): Pipeline | null {
  const pipeline = windowed(stated, spell);
  if (!pipeline || stated.config.lateOutput !== true) return pipeline;
  const lateOf = ({ key = null, value = null, ts }: Item): Item => ({ late: true, key, value, ts });
  return { ...pipeline, lateOf, states: [...pipeline.states, 'late'] };
}

/** Beam's panes, each with what it is. */
function beamPanes(stated: Stated, spell: Spell): Pipeline | null {
  const pipeline = windowed(stated, spell, 'default');
  if (!pipeline) return null;
  const options = { profile: 'beam' as const, ...pipeline.options };
  return { ...pipeline, options, panes: true, states: [...pipeline.states, ...PANE] };
}

/** Windowed SQL aggregates of columns of each type (S16). */
const SQL_COLUMNS: Record<string, ColumnName> = {
  key: 'STRING',
  int: 'INT',
  dbl: 'DOUBLE',
  flt: 'DOUBLE',
  dec: 'DECIMAL(38, 6)',
  str: 'STRING',
};
const SQL_AGGREGATES: Record<string, string> = {
  count: 'COUNT(*)',
  sumDec: 'SUM(dec)',
  maxDbl: 'MAX(dbl)',
  minFlt: 'MIN(flt)',
  countDistinctStr: 'COUNT(DISTINCT str)',
};
/** Numbers of a DECIMAL column are in units of its scale. */
export const UNIT = 1_000_000;

function sqlWindow({ config }: Stated, spell: Spell): Pipeline | null {
  const { groupBy = [], aggregates = Object.keys(SQL_AGGREGATES) } = config;
  if (!isList(groupBy) || !isList(aggregates)) return null;
  const keys = groupBy.filter((name) => typeof name === 'string' && ['key', 'int', 'str'].includes(name)) as string[];
  const plain = (name: Json): string => (typeof name === 'string' ? name.toLowerCase().replace(/[^a-z]/g, '') : '');
  const names = aggregates.map((name) => Object.keys(SQL_AGGREGATES).find((one) => plain(one) === plain(name)) ?? '');
  const window = windowOf(config.window, spell, keys);
  if (!window || keys.length < groupBy.length || names.includes('')) return null;
  const bounds = [...keys, 'window_start', 'window_end'].join(', ');
  return {
    streams: { events: SQL_COLUMNS },
    sql: `SELECT ${bounds}, ${names.map((name) => `${SQL_AGGREGATES[name]} AS ${name}`).join(', ')}\nFROM TABLE(${window})\nGROUP BY ${bounds}`,
    options: {},
    streamOf: () => 'events',
    outputOf(change) {
      const { row } = change;
      const value = (name: string): Json =>
        name === 'sumDec' && row[name] !== null ? Number(row[name]) / UNIT : row[name];
      return {
        ...Object.fromEntries(keys.map((name) => [name, name === 'int' ? row[name] : textOut(row[name])])),
        window: windowIn(change),
        ...Object.fromEntries(names.map((name) => [name, value(name)])),
      };
    },
    states: ['key', 'int', 'str', 'window', ...Object.keys(SQL_AGGREGATES)],
  };
}

/** Kafka's windows: an output for every record, or once when a window has closed. A record without a key is skipped. */
function windowUpdates({ config, events, top }: Stated, spell: Spell): Pipeline | null {
  const { emit = 'update', window } = config;
  const aggregate = typeof config.aggregate === 'string' ? config.aggregate : 'count';
  const shape = windowOf(window, spell);
  const calls: Record<string, string[]> = { count: ['COUNT(*) AS total'], sum: ['SUM(value) AS total'], list: [] };
  // The values of a window are those of the records that it counts, in order of arrival.
  const counted = events.map((_, i) => `COUNT(*) FILTER (WHERE event = ${i}) AS has_${i}`);
  if (aggregate === 'list') calls.list = counted;
  if (!shape || !isItem(window) || emit === 'final-view' || events.length > MOST_COUNTED) return null;
  const inclusive = window.type === 'session' && top.windowBounds !== 'inclusive' ? spell.ms(1) : 0;
  const columns: Record<string, ColumnName> =
    aggregate === 'sum' ? { key: 'STRING', value: typeOf(events, 'value') } : { key: 'STRING', event: 'INT' };
  return {
    streams: { events: columns },
    sql: `SELECT key, window_start, window_end, ${calls[aggregate].join(', ')}\nFROM TABLE(${shape})\nGROUP BY key, window_start, window_end`,
    streamTime: true,
    options: {
      profile: 'kafka',
      accumulation: 'accumulating',
      ...(emit === 'close' ? { trigger: { type: 'window-end' } } : {}),
      lateness: spell.ms(numberIn(config, 'grace', DAY)),
    },
    streamOf: ({ key = null }) => (key === null ? null : 'events'),
    outputOf(change) {
      const { row, time } = change;
      const [start, end] = windowIn(change);
      const result = { key: textOut(row.key), window: [start, end + inclusive], ts: time };
      if (change.change === '−D') return { ...result, value: null, values: null };
      if (aggregate !== 'list') return { ...result, value: row.total as Json };
      const values = events.flatMap(({ value = null }, i) => (Number(row[`has_${i}`]) > 0 ? [value] : []));
      return { ...result, value: values.length, values };
    },
    states: ['key', 'window', 'value', 'values', 'ts'],
  };
}

/** Kafka's default grace. */
const DAY = 86_400_000;
/** Columns of a result that counts each record on its own. */
const MOST_COUNTED = 100;

const AGGREGATES: Record<string, string> = {
  count: 'COUNT(*)',
  sum: 'SUM(value)',
  max: 'MAX(value)',
  min: 'MIN(value)',
};

function over({ config, events }: Stated, { interval }: Spell): Pipeline | null {
  const { frame, partitionBy, aggregates = Object.keys(AGGREGATES), lateRule } = config;
  if (!isItem(frame) || !isList(aggregates)) return null;
  const names = aggregates.map((name) => (typeof name === 'string' ? name.toLowerCase().split('(')[0] : ''));
  if (names.some((name) => !Object.hasOwn(AGGREGATES, name))) return null;
  const { type, preceding } = frame;
  const back = preceding === 'unbounded' ? 0 : numberIn(frame, 'preceding');
  if (Number.isNaN(back)) return null;
  const start = preceding === 'unbounded' ? 'UNBOUNDED' : type === 'rows' ? back : interval(back);
  const keyed = partitionBy === 'key';
  if (keyed && events.some((event) => !('watermark' in event) && !('key' in event))) return null;
  const calls = names.map((name) => `${AGGREGATES[name]} OVER w AS n_${name}`);
  const unit = type === 'rows' ? 'ROWS' : 'RANGE';
  return {
    streams: { events: { id: 'STRING', ...(keyed ? { key: 'STRING' } : {}), value: typeOf(events, 'value') } },
    sql: `SELECT id, ${keyed ? 'key, ' : ''}ts, ${calls.join(', ')}\nFROM events\nWINDOW w AS (${keyed ? 'PARTITION BY key ' : ''}ORDER BY ts ${unit} BETWEEN ${start} PRECEDING AND CURRENT ROW)`,
    options: lateRule === 'watermark' || lateRule === 'last-triggered-row' ? { lateRule } : {},
    streamOf: () => 'events',
    outputOf: ({ row }) => ({
      id: textOut(row.id),
      ...Object.fromEntries(names.map((name) => [name, row[`n_${name}`]])),
    }),
    states: ['id', ...Object.keys(AGGREGATES)],
  };
}

const JOINS: Record<string, string> = { inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN' };

/** 0 for the left side (`L`), 1 for the right one (`R`); null for what is no side. */
const sideOf = ({ side }: Item): 'lefts' | 'rights' | null =>
  side === 'L' || side === 'left' ? 'lefts' : side === 'R' || side === 'right' ? 'rights' : null;

/** `a.ts` lies between `b.ts + lower` and `b.ts + upper`. */
const between = (a: string, b: string, lower: number, upper: number, { interval }: Spell): string => {
  const shifted = (units: number): string => `${b}.ts ${units < 0 ? '-' : '+'} ${interval(Math.abs(units))}`;
  return `${a}.ts BETWEEN ${shifted(lower)} AND ${shifted(upper)}`;
};

/** Rows are named by `id`, or by their time. */
function intervalJoin({ config, events }: Stated, spell: Spell): Pipeline | null {
  const { join = 'inner', relativeTo = 'left', nullSafeKey, ignoreKey, excludeIds, lateOutput } = config;
  const [lower, upper] = [numberIn(config, 'lower'), numberIn(config, 'upper')];
  const closed = config.lowerInclusive !== false && config.upperInclusive !== false;
  const plain = [nullSafeKey, ignoreKey, excludeIds].every((one) => one === undefined || one === false);
  const word = typeof join === 'string' ? JOINS[join] : undefined;
  if (!word || !closed || !plain || Number.isNaN(lower + upper) || lower > upper) return null;
  const [a, b] = relativeTo === 'right' ? ['l', 'r'] : ['r', 'l'];
  const isNamed = events.some((event) => 'id' in event);
  const columns: Record<string, ColumnName> = isNamed ? { key: 'STRING', id: 'STRING' } : { key: 'STRING' };
  const names = isNamed ? 'l.id AS l_id, r.id AS r_id, ' : '';
  const name = (id: unknown, time: unknown): Json => (isNamed && textOut(id)) || (time as Json);
  return {
    streams: { lefts: columns, rights: columns },
    sql: `SELECT l.key AS l_key, ${names}l.ts AS l_ts, r.ts AS r_ts\nFROM lefts AS l ${word} rights AS r\nON l.key = r.key AND ${between(a, b, lower, upper, spell)}`,
    // Bounds seen from the left of an inner join whose rows have no names are a DataStream's; it drops late rows (S8.2).
    // So are those of a side output.
    options:
      lateOutput !== undefined || (join === 'inner' && relativeTo === 'left' && !isNamed) ? { lateRows: 'drop' } : {},
    streamOf: sideOf,
    outputOf: ({ row, time }) => ({ left: name(row.l_id, row.l_ts), right: name(row.r_id, row.r_ts), ts: time }),
    ...(lateOutput === true
      ? {
          lateOf: (event) => ({
            late: true,
            [sideOf(event) === 'lefts' ? 'left' : 'right']: event.id ?? event.ts,
            ts: event.ts,
          }),
        }
      : {}),
    states: ['left', 'right', 'ts', 'late'],
  };
}

/** Kafka's join of two streams: rows are named by their values. One without a value is passed over. */
function streamJoin({ config }: Stated, spell: Spell): Pipeline | null {
  const { join = 'inner' } = config;
  const word = join === 'inner' || join === 'left' ? JOINS[join] : undefined;
  const [before, after] = [numberIn(config, 'before'), numberIn(config, 'after')];
  if (!word || Number.isNaN(before + after) || -before > after) return null;
  const columns: Record<string, ColumnName> = { key: 'STRING', value: 'STRING' };
  return {
    streams: { lefts: columns, rights: columns },
    sql: `SELECT l.key AS l_key, r.key AS r_key, l.value AS l_value, r.value AS r_value, l.ts AS l_ts, r.ts AS r_ts\nFROM lefts AS l ${word} rights AS r\nON l.key = r.key AND ${between('r', 'l', -before, after, spell)}`,
    streamTime: true,
    options: { profile: 'kafka', lateness: spell.ms(numberIn(config, 'grace', 0)) },
    streamOf: (event) => (event.value === null ? null : sideOf(event)),
    outputOf: ({ row, time }) => ({
      key: textOut(row.l_key ?? row.r_key),
      left: textOut(row.l_value),
      right: textOut(row.r_value),
      ts: time,
    }),
    states: ['key', 'left', 'right', 'ts'],
  };
}

const KINDS: Record<string, (stated: Stated, spell: Spell) => Pipeline | null> = {
  window: flinkWindows,
  'sql-window-op': windowed,
  panes: beamPanes,
  'panes-running-totals': beamPanes,
  'sql-window': sqlWindow,
  'window-updates': windowUpdates,
  'over-aggregate': over,
  'interval-join': intervalJoin,
  'stream-join': streamJoin,
};
