import { isItem, isList, resolve, type Item, type Json, type RawCase } from '../../cases';
import { formatTime, MAX_TIME, MIN_TIME } from '../../model';

/** What a case becomes: streams with events written by hand, watermarks written by hand, and one query over them. */
interface Pipeline {
  /** By stream: columns beside `ts`, with their types. */
  streams: Record<string, Record<string, string>>;
  sql: string;
  /** Options of the sql cell. */
  options: string[];
  figures: string[];
  /** The stream that an event belongs to. */
  streamOf: (event: Item) => string;
}

/** One unit of a case's time, in ms: seconds where the times are small, else the case's numbers are ms. */
const SECOND = 1_000;
const SMALL = 100_000;

/**
 * A case as a document that opens as a run: its events arrive a second apart, its watermarks move in between. null for
 * a case that is no pipeline, or that says something which a document cannot: then the page shows its tables alone.
 */
export function lessonOf(raw: RawCase): string | null {
  const { config, events } = resolve(raw, raw.profile);
  const make = Object.hasOwn(KINDS, raw.kind) ? KINDS[raw.kind] : undefined;
  const arrivals = arrivalsOf(events);
  if (!make || !arrivals || raw.top.requires !== undefined) return null;
  const times = arrivals.flatMap(({ ts }) => (typeof ts === 'number' ? [ts] : []));
  if (times.length === 0) return null;
  const scale = times.every((time) => Math.abs(time) < SMALL) ? SECOND : 1;
  const pipeline = make(
    config,
    (units) => `INTERVAL '${(units * scale) / SECOND}' SECOND`,
    (units) => `${units * scale}ms`,
  );
  if (!pipeline) return null;
  return write(raw, pipeline, arrivals, scale);
}

/** Events and watermarks in their order, or null where there is anything else. */
function arrivalsOf(events: readonly Json[]): Item[] | null {
  const arrivals = events.flatMap((event): (Item | null)[] => {
    if (!isItem(event)) return [null];
    if (isList(event.batch)) return event.batch.map((one) => (isItem(one) ? one : null));
    return typeof event.watermark === 'number' || typeof event.ts === 'number' ? [event] : [null];
  });
  const isTime = (value: Json | undefined): boolean =>
    value === undefined || value === MAX_TIME || (typeof value === 'number' && Math.abs(value) < 1e12);
  const fits = (one: Item | null): one is Item => one !== null && isTime(one.ts) && isTime(one.watermark);
  return arrivals.every(fits) ? arrivals : null;
}

function write(
  { id, rule }: RawCase,
  { streams, sql, options, figures, streamOf }: Pipeline,
  arrivals: Item[],
  scale: number,
): string | null {
  const newest = Math.max(...arrivals.map(({ ts }) => (typeof ts === 'number' ? ts : MIN_TIME)));
  const clock = (i: number): string => formatTime(Math.ceil((newest * scale) / SECOND) * SECOND + (i + 1) * SECOND);
  const lines: Record<string, string[]> = Object.fromEntries(Object.keys(streams).map((name) => [name, []]));
  const moves: string[] = [];
  let watermark = MIN_TIME;
  for (const [i, event] of arrivals.entries()) {
    if (typeof event.ts !== 'number') {
      const moved = Number(event.watermark);
      // The end of the input is no move: the run ends there.
      if (moved === MAX_TIME && i < arrivals.length - 1) return null;
      if (moved !== MAX_TIME && moved > watermark) {
        moves.push(`["${clock(i)}", "${formatTime((moved + 1) * scale)}"]`);
        watermark = moved;
      }
      continue;
    }
    const name = streamOf(event);
    const columns = Object.hasOwn(streams, name) ? Object.entries(streams[name]) : null;
    if (!columns) return null;
    const values = columns.map(([column, type]) => [column, literal(event[column], type)] as const);
    if (values.some(([, text]) => text === null)) return null;
    const said = values.map(([column, text]) => `${column}: ${text}`).join(', ');
    lines[name].push(`{at: "${formatTime(event.ts * scale)}", arrives: "${clock(i)}", ${said}}`);
  }
  if (Object.values(lines).some((list) => list.length === 0)) return null;
  const ends = arrivals.at(-1)?.watermark === MAX_TIME;
  const given = moves.length > 0 ? 'watermark=given(case)' : 'wait=31d';
  return [
    '---',
    `title: ${JSON.stringify(rule)}`,
    'minutes: 1',
    `summary: ${JSON.stringify(`Case ${id}, as a run.`)}`,
    '---',
    '```scenario id=input title="What arrives"',
    'data: {preset: none, seed: 1}',
    'streams:',
    ...Object.entries(streams).flatMap(([name, columns], i) => [
      `  ${name}:`,
      `    columns: {${Object.entries({ ...columns, ts: 'TIMESTAMP' })
        .map(([column, type]) => `${column}: ${type}`)
        .join(', ')}}`,
      '    key: key',
      '    events:',
      ...lines[name].map((line) => `      - ${line}`),
      ...(i === 0 && moves.length > 0
        ? ['    watermarks:', '      case:', ...moves.map((move) => `        - ${move}`)]
        : []),
    ]),
    '```',
    '',
    `\`\`\`sql id=answer reads=input ${[given, ...options, `end=${ends ? 'flush' : 'quiet'}`].join(' ')} title="The query"`,
    `${sql};`,
    '```',
    '',
    ...figures.flatMap((name) => [`\`\`\`figure id=${name} reads=answer`, `${name}: {}`, '```', '']),
  ].join('\n');
}

function literal(value: Json | undefined, type: string): string | null {
  if (type === 'STRING') return typeof value === 'string' ? JSON.stringify(value) : null;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

type Spell = (units: number) => string;

const numberIn = (item: Item, name: string, fallback?: number): number => {
  const value = item[name] ?? fallback;
  return typeof value === 'number' ? value : NaN;
};

/** The window table function over `events`, or null for a window that SQL has not. */
function windowOf(window: Json | undefined, interval: Spell): string | null {
  if (!isItem(window) || numberIn(window, 'offset', 0) !== 0) return null;
  const span = (name: string): string | null => (numberIn(window, name) > 0 ? interval(numberIn(window, name)) : null);
  const call = (name: string, ...spans: (string | null)[]): string | null =>
    spans.includes(null) ? null : `${name}(TABLE events, DESCRIPTOR(ts), ${spans.join(', ')})`;
  switch (window.type) {
    case 'tumbling':
      return call('TUMBLE', span('size'));
    case 'sliding':
      return call('HOP', span('slide'), span('size'));
    case 'cumulate':
      return call('CUMULATE', span('step'), span('max'));
    case 'session':
      return span('gap') && `SESSION(TABLE events PARTITION BY key, DESCRIPTOR(ts), ${span('gap')})`;
    default:
      return null;
  }
}

/** A trigger as a cell spells it, or null. */
function triggerOf(trigger: Json | undefined, span: Spell): string | null {
  if (!isItem(trigger)) return null;
  const { type, n, of, early, late } = trigger;
  const inner = (one: Json | undefined): string | null => triggerOf(one, span);
  const all = (list: Json | undefined): string | null => {
    const found = isList(list) ? list.map(inner) : [null];
    return found.includes(null) ? null : found.join(', ');
  };
  switch (type) {
    case 'window-end':
    case 'default':
      return type;
    case 'count':
      return typeof n === 'number' && n >= 1 ? `count(${n})` : null;
    case 'continuous-event-time':
      return `continuous-event-time(${span(numberIn(trigger, 'interval'))})`;
    case 'processing-delay':
      return `processing-delay(${span(numberIn(trigger, 'delay'))})`;
    case 'repeat':
      return inner(of) && `repeat(${inner(of)})`;
    case 'any':
    case 'all':
    case 'each':
      return all(of) && `${type}(${all(of)})`;
    case 'after-watermark': {
      const parts = [early && `early: ${inner(early)}`, late && `late: ${inner(late)}`].filter(Boolean);
      if (parts.some((part) => String(part).endsWith('null'))) return null;
      return parts.length > 0 ? `after-watermark(${parts.join(', ')})` : 'after-watermark';
    }
    default:
      return null;
  }
}

const WINDOW_FIGURES = ['event-time-plane', 'window-lanes', 'result-table'];

/** A sum per key and window. */
function windowed(config: Item, interval: Spell, span: Spell, profile: string[]): Pipeline | null {
  const window = windowOf(config.window, interval);
  const trigger = triggerOf(config.trigger, span);
  const fits = (config.time ?? 'event') === 'event' && config.aggregate === 'sum' && config.evictor === undefined;
  if (!window || !trigger || !fits) return null;
  const accumulation = config.accumulation === 'accumulating-retracting' ? 'retracting' : config.accumulation;
  return {
    streams: { events: { key: 'STRING', value: 'INT' } },
    sql: `SELECT key, window_start, window_end, SUM(value) AS total\nFROM TABLE(${window})\nGROUP BY key, window_start, window_end`,
    options: [
      ...profile,
      ...(trigger === 'window-end' ? [] : [`trigger="${trigger}"`]),
      ...(typeof accumulation === 'string' && trigger !== 'window-end' ? [`accumulation=${accumulation}`] : []),
      `lateness=${span(numberIn(config, 'allowedLateness', 0))}`,
    ],
    figures: WINDOW_FIGURES,
    streamOf: () => 'events',
  };
}

const AGGREGATES: Record<string, string> = {
  count: 'COUNT(value)',
  sum: 'SUM(value)',
  max: 'MAX(value)',
  min: 'MIN(value)',
};

function over(config: Item, interval: Spell): Pipeline | null {
  const { frame, partitionBy, aggregates } = config;
  if (!isItem(frame) || partitionBy !== 'key' || !isList(aggregates)) return null;
  const { type, preceding } = frame;
  const rows = type === 'rows' ? 'ROWS' : 'RANGE';
  const back = numberIn(frame, 'preceding');
  const start = preceding === 'unbounded' ? 'UNBOUNDED' : rows === 'ROWS' ? back : interval(back);
  const calls = aggregates.map((name) =>
    typeof name === 'string' && AGGREGATES[name] ? `${AGGREGATES[name]} OVER w AS n_${name}` : null,
  );
  if (calls.includes(null)) return null;
  return {
    streams: { events: { id: 'STRING', key: 'STRING', value: 'INT' } },
    sql: `SELECT id, key, ts, ${calls.join(', ')}\nFROM events\nWINDOW w AS (PARTITION BY key ORDER BY ts ${rows} BETWEEN ${start} PRECEDING AND CURRENT ROW)`,
    options: [],
    figures: ['log-tape', 'result-table'],
    streamOf: () => 'events',
  };
}

const JOINS: Record<string, string> = { inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN' };

function intervalJoin(config: Item, interval: Spell): Pipeline | null {
  const { join, relativeTo, nullSafeKey, ignoreKey, excludeIds, lateOutput } = config;
  const [lower, upper] = [numberIn(config, 'lower'), numberIn(config, 'upper')];
  const closed = config.lowerInclusive !== false && config.upperInclusive !== false;
  const plain = [nullSafeKey, ignoreKey, excludeIds, lateOutput].every((one) => one === undefined || one === false);
  const word = typeof join === 'string' ? JOINS[join] : undefined;
  if (!word || !closed || !plain || Number.isNaN(lower + upper) || lower > upper) return null;
  const [a, b] = relativeTo === 'right' ? ['l', 'r'] : ['r', 'l'];
  const shifted = (units: number): string => `${b}.ts ${units < 0 ? '-' : '+'} ${interval(Math.abs(units))}`;
  return {
    streams: { lefts: { key: 'STRING' }, rights: { key: 'STRING' } },
    sql: `SELECT l.key AS l_key, l.ts AS l_ts, r.ts AS r_ts\nFROM lefts AS l ${word} rights AS r\nON l.key = r.key AND ${a}.ts BETWEEN ${shifted(lower)} AND ${shifted(upper)}`,
    options: [],
    figures: ['log-tape', 'result-table'],
    streamOf: ({ side }) => (side === 'L' ? 'lefts' : side === 'R' ? 'rights' : ''),
  };
}

const KINDS: Record<string, (config: Item, interval: Spell, span: Spell) => Pipeline | null> = {
  window: (config, interval, span) => windowed(config, interval, span, []),
  'sql-window-op': (config, interval, span) => windowed(config, interval, span, []),
  panes: (config, interval, span) => windowed(config, interval, span, ['profile=beam']),
  'over-aggregate': over,
  'interval-join': intervalJoin,
};
