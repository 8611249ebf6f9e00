import { conditionOf } from '../../engine/search/condition';
import { streamSchema, type PlantedEvent, type StreamSpec } from '../../data';
import { CLAIM_NAMES } from '../../model';
import { claimOf, MOST_EVENTS } from '../claims';
import { type ClaimBody, type ClaimCell, type Setting, type SqlCell } from '../document';
import { type Fields, type Item } from '../item';
import { type Known } from '../known';
import { OPTION_NAMES, setOption, usually } from '../options';
import { type OptionName } from '../runOptions';
import { columnValue } from '../values';
import { type CellKind } from './cell';

/** Event times and delays that a claim may try. */
const MOST_TIMES = 10;
/** Values that are taken of each column where none are named. */
const USUAL_VALUES = 2;
const LARGEST_SEED = 4_294_967_295;
const OWN = [
  'text',
  'holds',
  'says',
  'against',
  'free',
  'times',
  'delays',
  'values',
  'events',
  'misconception',
] as const;

/**
 * A claim that may be false, and a button that looks for the smallest log that breaks it.
 *
 * How to write it, for a claim of the table in `engine/search/claims.ts`, with a run of its own:
 *
 *     ```claim id=dropped name=late-is-dropped
 *     ```
 *
 * For a claim of the lesson: `reads=` an sql cell whose streams declare their columns. Events are made up; only their
 * columns, partitions and the cell's options are taken. `holds` is a condition in SQL over the facts of a run:
 * `events`, `late`, `dropped`, `rows` (rows out), `updates` (rows taken back), `total` (of the last column), `overdue`
 * (windows that the clock has passed and that have not fired), `silent` (partitions without an event), `newest`, `clock`,
 * `watermark` (nothing before it is expected), and `result`, which may be compared with `batch`, `in_order` (as if
 * events arrived when they happened) and `without_silent`. With `against`, the facts `other_late`, `other_dropped`,
 * `other_rows`, `other_updates`, `other_total`, `other_watermark` and `other_result` are those of a second run over
 * the same log. A comparison with nothing (no watermark yet) breaks no claim.
 *
 *     ```claim id=mine reads=spend title="Is it so?"
 *     text: Whoever waits for a minute loses nothing.
 *     holds: dropped = 0
 *     free: {wait: [1 min, 2 min]}
 *     times: ["10:00", "10:01", "10:02"]
 *     delays: [0 s, 1 min, 3 min]
 *     ```
 *
 * Left out, `times` and `delays` are those of the scenario's events, with a delay twice as long as the longest. Also:
 * `says` (the sentence of the find, `{late}` filled in), `against: {lateness: 0 s}`, `values: {payments: {card:
 * [1, 2]}}` (else the first two that the scenario's events have), `events` (most in a log, up to 6), `misconception`,
 * `seed`.
 */
export const claim: CellKind<ClaimCell> = {
  head: ['name', 'reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const [name, reads] = [head.get('name'), head.get('reads')];
    if ((name === null) === (reads === null))
      throw (name ?? head.item).error(name ? 'a claim with two runs' : 'a claim about nothing', {
        expected: 'name=… of a known claim, or reads=… of an sql cell',
        found: name ? 'both' : 'neither',
      });
    if (name) {
      const { spec, misconception, ...known } = claimOf(name.oneOf(CLAIM_NAMES));
      const seed = body.fields(['seed']).get('seed')?.whole(0, LARGEST_SEED) ?? known.seed;
      return { reads: null, spec, misconception, ...known, seed };
    }
    const cell = known.cell(reads!, 'sql');
    const fields = body.fields([...OWN, 'seed']);
    return {
      reads: cell.id,
      spec: null,
      misconception: fields.get('misconception')?.oneOf([...known.misconceptions]) ?? null,
      ...readBody(fields, reads!, cell, known),
    };
  },
};

function readBody(fields: Fields, reads: Item, cell: SqlCell, known: Known): ClaimBody {
  const { streams } = known.scenarioOf(cell).scenario;
  wantWritten(reads, cell, streams);
  const holds = fields.need('holds');
  const against = fields.get('against');
  const { facts } = holds.placed(() => conditionOf(holds.string()));
  const other = facts.find((one) => one.startsWith('other_'));
  if (other && !against)
    throw holds.error(`${other} is of a second run, but there is none`, {
      expected: 'against: {lateness: 0 s}',
      found: 'no against',
    });
  const planted = Object.values(streams).flatMap((stream) => stream.planted);
  const times = planted.map(({ at }) => at);
  return {
    name: null,
    text: fields.need('text').string(),
    holds: holds.string(),
    finding: fields.get('says')?.string() ?? null,
    against: against ? readSetting(against, streams) : null,
    free: readFree(fields.get('free'), streams),
    grid: {
      times: listOf(fields.get('times'), (one) => one.time()) ?? first(times, MOST_TIMES, reads),
      delays: listOf(fields.get('delays'), (one) => one.duration()) ?? delaysOf(planted),
      values: readValues(fields.get('values'), streams, reads),
    },
    most: fields.get('events')?.whole(1, MOST_EVENTS) ?? MOST_EVENTS,
    seed: fields.get('seed')?.whole(0, LARGEST_SEED) ?? 1,
  };
}

type Streams = Readonly<Record<string, StreamSpec>>;

/** Streams whose events can be made up: they declare their columns. */
export function wantWritten(item: Item, cell: SqlCell, streams: Streams): void {
  const made = Object.entries(streams).find(([, { table }]) => table !== null);
  if (made)
    throw item.error(`${cell.id} reads stream ${made[0]}, whose events come from a table`, {
      expected: 'streams that declare their columns, with events written by hand',
      found: `table: ${made[1].table}`,
    });
  if (cell.options.lookup !== null)
    throw item.error(`${cell.id} answers requests`, { expected: 'a definition without lookup=', found: 'lookup=' });
}

/** Options and what they are set to; each is tried on, so that a wrong one is an error here. */
function readSetting(item: Item, streams: Streams): Setting {
  return item.fields(OPTION_NAMES).map((one, name) => readOption(one, name as OptionName, streams));
}

function readOption(item: Item, name: OptionName, streams: Streams): string {
  item.placed(() => setOption(usually(), name, item.string(), { streams }));
  return item.string();
}

function readFree(item: Item | null, streams: Streams): ClaimCell['free'] {
  const tried = (list: Item, name: string): string[] =>
    list.list().map((one) => readOption(one, name as OptionName, streams));
  return item?.fields(OPTION_NAMES).map(tried) ?? {};
}

function listOf(item: Item | null, read: (one: Item) => number): number[] | null {
  if (!item) return null;
  const list = item.list();
  if (list.length > MOST_TIMES)
    throw item.error(`${item.name} has too many entries`, {
      expected: `at most ${MOST_TIMES}`,
      found: String(list.length),
    });
  return list.map(read);
}

/** Those of the events, and one that is twice as long as the longest; a minute where nothing is delayed. */
function delaysOf(planted: readonly PlantedEvent[]): number[] {
  const delays = [...new Set(planted.map(({ at, arrives }) => arrives - at))].filter((delay) => delay > 0);
  const longest = Math.max(0, ...delays);
  return [0, ...delays.sort((a, b) => a - b).slice(0, MOST_TIMES - 2), longest > 0 ? 2 * longest : 60_000];
}

/** The first few different ones. */
function first<T>(values: readonly T[], most: number, item: Item): T[] {
  const different = [...new Set(values)].slice(0, most);
  if (different.length > 0) return different;
  throw item.error('a claim does not say what its events are', {
    expected: 'times, delays and values, or a scenario with events to take them from',
    found: 'no events',
  });
}

function readValues(item: Item | null, streams: Streams, reads: Item): ClaimCell['grid']['values'] {
  const named = item?.fields(Object.keys(streams));
  const values: ClaimCell['grid']['values'] = {};
  for (const [name, spec] of Object.entries(streams)) {
    const columns = streamSchema(spec).filter((one) => one.name !== spec.time);
    const own = named?.get(name)?.fields(columns.map((one) => one.name));
    values[name] = {};
    for (const { name: column, type } of columns) {
      const written = own?.get(column)?.list();
      const planted = spec.planted.map((event) => event.values[column] ?? null);
      values[name][column] = written?.map((one) => columnValue(one, type)) ?? first(planted, USUAL_VALUES, reads);
    }
  }
  return values;
}
