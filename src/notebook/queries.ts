import { type Schema, type Value, type Where } from '../model';
import { METRICS, type Metric, type Query, type ScenarioCell, type Setting, type SqlCell, type Unit } from './document';
import { type Fields, type Item } from './item';
import { type Known } from './known';
import { optionOf, setOption, settingOf, turnedBy, usually } from './options';
import { type OptionName } from './runOptions';
import { SETTING_NAMES } from './settle';
import { queryUnit } from './units';
import { columnValue, looseValue, noColumn } from './values';

/** The keys of a query; the first of these that is present decides what is asked. */
const ASKS = ['final', 'pane', 'panes', 'metric', 'agrees', 'count', 'differences', 'value', ...METRICS] as const;
export const QUERY_KEYS = [...ASKS, 'where', 'column', 'n', 'name', 'with', 'set'] as const;

interface AskedQuery {
  query: Query;
  unit: Unit;
}

/** `{final: spend, where: {card: 4417}, column: spend}` and its sisters. */
export function readQuery(item: Item, known: Known): AskedQuery {
  const fields = item.fields(QUERY_KEYS);
  const ask = askOf(item, fields);
  const query = queryOf(ask, fields, known);
  return { query, unit: queryUnit(query, known.schemaOf) };
}

function queryOf(ask: (typeof ASKS)[number], fields: Fields, known: Known): Query {
  if (ask === 'value') return constant(fields);
  if (ask === 'differences') return differences(fields, known);
  return question(ask, fields, known.cell(fields.need(ask), 'sql'), known);
}

/** `{differences: four}`, `{differences: four, with: Beam}`. */
export function differences(fields: Fields, known: Known): Query {
  only(fields, 'differences', ['with']);
  const { sides, by } = known.cell(fields.need('differences'), 'compare');
  const [first, ...others] = sides;
  const name = fields.get('with')?.oneOf(others.map((side) => side.name));
  const cell = known.cells.get(first.of) as SqlCell;
  const set = readSetting(fields.get('set'), cell, known);
  return {
    ask: 'differences',
    of: first.of,
    sides: sides.filter((side) => side === first || (name ?? side.name) === side.name),
    by,
    set,
  };
}

export function askOf(item: Item, fields: Fields): (typeof ASKS)[number] {
  const asks = ASKS.filter((key) => fields.has(key));
  if (asks.length === 1) return asks[0];
  throw item.error(asks.length ? 'two questions in one' : 'no question', {
    expected: `one of ${ASKS.slice(0, -METRICS.length).join(', ')} or a metric`,
    found: asks.join(' and ') || fields.keys.join(', ') || 'nothing',
    hint: asks.length ? 'Keep one of them.' : 'Write final: and the id of a sql cell.',
  });
}

/** A question about the run of `cell`. Keys that it has no use for are errors. */
export function question(
  ask: Exclude<(typeof ASKS)[number], 'value' | 'differences'>,
  fields: Fields,
  cell: SqlCell,
  known: Known,
): Query {
  const of = cell.id;
  const set = readSetting(fields.get('set'), cell, known);
  const columns = known.schemaOf(of);
  const where = (): Where => readWhere(fields.get('where'), columns);
  const column = (): string => readColumn(fields.get('column'), columns);
  switch (ask) {
    case 'final':
      only(fields, ask, ['where', 'column']);
      return { ask, of, where: where(), column: column(), set };
    case 'pane':
      only(fields, ask, ['where', 'column', 'n']);
      return { ask, of, where: where(), n: fields.get('n')?.whole(0, 10_000) ?? 0, column: column(), set };
    case 'count':
    case 'panes':
      only(fields, ask, ['where']);
      return { ask, of, where: where(), set };
    case 'agrees':
      only(fields, ask, []);
      return { ask, of, set };
    case 'metric':
      only(fields, ask, ['name']);
      return { ask, of, metric: fields.need('name').oneOf(METRICS), set };
    default:
      only(fields, ask, []);
      return { ask: 'metric', of, metric: ask satisfies Metric, set };
  }
}

function only(fields: Fields, ask: string, keys: readonly string[]): void {
  const unused = (['where', 'column', 'n', 'name', 'with'] as const).find(
    (key) => fields.has(key) && !keys.includes(key),
  );
  if (!unused) return;
  throw fields.need(unused).error(`${ask} has no use for ${unused}`, {
    expected: [ask, ...keys, 'set'].join(', '),
    found: unused,
    hint: `Remove ${unused}.`,
  });
}

function constant(fields: Fields): Query {
  only(fields, 'value', []);
  const item = fields.need('value');
  const value = item.scalar;
  if (typeof value === 'number') return { ask: 'value', value, unit: 'number' };
  const text = item.string();
  if (/^\d+(\.\d+)?\s*[a-z]+(\s*\d+(\.\d+)?\s*[a-z]+)*$/.test(text))
    return { ask: 'value', value: item.duration(), unit: 'duration' };
  return { ask: 'value', value: text, unit: 'text' };
}

/** Column → value, each in units of its column. */
export function readWhere(item: Item | null, columns: Schema): Where {
  const where: Record<string, Value> = {};
  for (const [name, value] of item?.entries() ?? []) {
    const column = columns.find((one) => one.name === name);
    if (columns.length && !column) throw noColumn(item!, name, columns, name);
    where[name] = column ? columnValue(value, column.type) : looseValue(value);
  }
  return where;
}

/** A result column; the last one where none is named. */
function readColumn(item: Item | null, columns: Schema): string {
  if (!item) return columns.at(-1)?.name ?? '';
  const name = item.string();
  if (columns.length && !columns.some((one) => one.name === name)) throw noColumn(item, name, columns);
  return name;
}

/**
 * Options (or knobs) → values, durations in ms. A knob stands for the options that it turns, so that a setting in a
 * parsed document names options alone.
 */
export function readSetting(item: Item | null, cell: SqlCell, known: Known): Setting {
  const setting: Setting = {};
  const turned: Record<string, number> = {};
  const from = known.scenarioOf(cell);
  const { knobs } = from;
  for (const [name, value] of item?.entries() ?? []) {
    const knob = knobs.find((one) => one.name === name);
    const turns = knob ? turnedBy(cell, name) : [];
    // A knob has no `none`; the option of its name may have.
    if (knob && turns.length && !(value.scalar === 'none' && optionOf(name))) {
      const amount = knob.unit === 'duration' ? value.duration() : value.number();
      if (amount < knob.min || amount > knob.max)
        throw value.error(`${name} is outside its knob`, {
          expected: `from ${knob.min} to ${knob.max}`,
        });
      turned[name] = amount;
      continue;
    }
    setting[name] = readOption(item!, name, value, from);
  }
  return { ...settingOf(cell, knobs, turned), ...setting };
}

function readOption(item: Item, name: string, value: Item, { scenario, knobs }: ScenarioCell): string | number {
  if (name === 'sql') return value.string();
  const option = optionOf(name);
  if (!option) throw item.unknown(name, [...new Set([...SETTING_NAMES, ...knobs.map((one) => one.name)])]);
  const { written, usual } = option;
  if (value.scalar === 'none' && usual === null) return 'none';
  switch (written.as) {
    case 'choice':
    case 'switch':
      return value.oneOf(written.choices);
    case 'amount':
      return value.duration();
    case 'stream':
      return value.oneOf(Object.keys(scenario.streams));
    case 'trigger':
    case 'watermark':
    case 'evictor':
      value.placed(() => setOption(usually(), name as OptionName, value.string(), scenario));
      return value.string();
  }
}
