import {
  arrivalsOf,
  isItem,
  pipelineOf,
  resolve,
  type Item,
  type Json,
  type Pipeline,
  type RawCase,
} from '../../cases';
import { sqlTakesHop } from '../../engine/profiles/checkSql';
import { formatTime, MAX_TIME, MIN_TIME } from '../../model';
import { formatTrigger } from '../../notebook/trigger';

/** One unit of a case's time, in ms: seconds where the times are small, else the case's numbers are ms. */
const SECOND = 1_000;
const SMALL = 100_000;

const WINDOW_FIGURES = ['event-time-plane', 'window-lanes', 'result-table'];
const TAPE_FIGURES = ['log-tape', 'result-table'];

/** The figures of a case that opens as a run, by its kind. */
const FIGURES: Record<string, readonly string[]> = {
  window: WINDOW_FIGURES,
  'sql-window-op': WINDOW_FIGURES,
  panes: WINDOW_FIGURES,
  'over-aggregate': TAPE_FIGURES,
  'interval-join': TAPE_FIGURES,
};

/**
 * A case as a document that opens as a run: its events arrive a second apart, its watermarks move in between. null for
 * a case that is no pipeline, or that has something which a document cannot express: then the page shows its tables alone.
 */
export function lessonOf(raw: RawCase): string | null {
  const { kind, profile, top } = raw;
  const { config, events } = resolve(raw, profile);
  const arrivals = timely(events);
  if (!Object.hasOwn(FIGURES, kind) || !arrivals || top.requires !== undefined) return null;
  const times = arrivals.flatMap(({ ts }) => (typeof ts === 'number' ? [ts] : []));
  if (times.length === 0) return null;
  const scale = times.every((time) => Math.abs(time) < SMALL) ? SECOND : 1;
  const pipeline = pipelineOf({ kind, profile, config, events: events.filter(isItem), top }, scale);
  if (pipeline && isHop(config.window) && !sqlTakesHop(pipeline.options.profile ?? 'flink', config.window)) return null;
  if (!pipeline || !Object.values(pipeline.streams).every((columns) => 'key' in columns)) return null;
  return write(raw, pipeline, arrivals, scale);
}

const isHop = (window: Json | undefined): window is { size: number; slide: number } =>
  typeof window === 'object' && window !== null && 'slide' in window && 'size' in window;

/** Events and watermarks in their order, or null where there is anything else. */
function timely(events: readonly Json[]): Item[] | null {
  const arrivals = arrivalsOf(events).map(({ event }) => event);
  const isTime = (value: Json | undefined): boolean =>
    value === undefined || value === MAX_TIME || (typeof value === 'number' && Math.abs(value) < 1e12);
  const fits = (one: Json): one is Item =>
    isItem(one) &&
    (typeof one.watermark === 'number' || typeof one.ts === 'number') &&
    isTime(one.ts) &&
    isTime(one.watermark);
  return arrivals.every(fits) ? arrivals : null;
}

function write(
  { id, kind, rule }: RawCase,
  { streams, sql, options, streamOf }: Pipeline,
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
    if (name === null) return null;
    const values = Object.entries(streams[name]).map(
      ([column, type]) => [column, literal(event[column], type)] as const,
    );
    if (values.some(([, text]) => text === null)) return null;
    const text = values.map(([column, text]) => `${column}: ${text}`).join(', ');
    lines[name].push(`{at: "${formatTime(event.ts * scale)}", arrives: "${clock(i)}", ${text}}`);
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
    `\`\`\`sql id=answer reads=input ${[given, ...written(options), `end=${ends ? 'flush' : 'quiet'}`].join(' ')} title="The query"`,
    `${sql};`,
    '```',
    '',
    ...FIGURES[kind].flatMap((name) => [`\`\`\`figure id=${name} reads=answer`, `${name}: {}`, '```', '']),
  ].join('\n');
}

function literal(value: Json | undefined, type: string): string | null {
  if (type === 'STRING') return typeof value === 'string' ? JSON.stringify(value) : null;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** Options of a run as a cell spells them. */
function written({ profile, trigger, accumulation, lateness, lateRows, lateRule }: Pipeline['options']): string[] {
  return [
    profile && `profile=${profile}`,
    trigger && `trigger="${formatTrigger(trigger)}"`,
    accumulation && `accumulation=${accumulation}`,
    lateness !== undefined && `lateness=${lateness}ms`,
    lateRows && `late-rows=${lateRows}`,
    lateRule && `late-rule=${lateRule}`,
  ].filter((one) => typeof one === 'string');
}
