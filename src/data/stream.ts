import { type Column, type Dictionary, isNull, makeColumn, type Table, writeValue } from '../model';
import { finish, ordering } from '../sim/order';
import { Random } from '../sim/random';
import { checkStream } from './check';
import { drawDelay } from './delays';
import { fraudRows } from './measures';
import { partitioner, partitionOfValue } from './partitions';
import { type StreamData, type StreamSpec } from './scenario';
import { fieldsOf, sourceColumn } from './sourceColumns';
import { dropsOf } from './streamDrops';
import { streamSchema } from './streamSchema';
import { newTimes } from './streamTimes';
import { type World } from './world';

export { streamSchema } from './streamSchema';

/** Events before they are put in order; `row` is −1 − i for the i-th event written by hand. */
interface Events {
  row: Int32Array;
  time: Float64Array;
  append: Float64Array;
  partition: Int32Array;
  /** The visible column whose value the event lost, or −1; null where the stream drops none. */
  lost: Int32Array | null;
}

/**
 * Makes the events of one stream of a scenario. Chance is split by the stream's name and by what it is for, so that
 * changing one stream, or one of its options, leaves the rest as it was. Throws a TidemarkError as `checkStream` does.
 */
export function streamOf(name: string, spec: StreamSpec, world: World): StreamData {
  checkStream(name, spec);
  const random = Random.of(world.spec.seed, `stream/${name}`);
  const table = spec.table === null ? null : world.tables[spec.table as keyof World['tables']];
  const made =
    table === null ? { row: new Int32Array(0), time: new Float64Array(0) } : chooseRows(table, spec, world, random);
  const events = arrivals(made, table, spec, world, random);
  const order = arrivalOrder(events);
  const place = <A extends Int32Array | Float64Array>(from: A): A => from.map((_, i) => from[order[i]]) as A;
  const row = place(events.row);
  const time = place(events.time);
  return {
    name,
    table: visibleColumns(row, time, events.lost && place(events.lost), table, spec, world),
    time,
    append: place(events.append),
    partition: place(events.partition),
  };
}

/** Rows of the table that become events, with their event times, in order of time. */
function chooseRows(table: Table, spec: StreamSpec, world: World, random: Random): Pick<Events, 'row' | 'time'> {
  const clock = sourceColumn(table, spec.time, world);
  const wanted = Object.entries(spec.only).map(([column, values]) =>
    matcher(sourceColumn(table, column, world), values),
  );
  const fraud = spec.fraud ? null : fraudRows(world.mart);
  const kept: number[] = [];
  // Laid out anew, events have other times: `from` and `until` are about those.
  const from = spec.rate > 0 ? -Infinity : (spec.from ?? -Infinity);
  const until = spec.rate > 0 ? Infinity : (spec.until ?? Infinity);
  for (let row = 0; row < table.length; row += 1) {
    const time = clock.data[row];
    if (fraud?.[row] === 1) continue;
    if (time >= from && time < until && !isNull(clock, row) && wanted.every((matches) => matches(row))) kept.push(row);
  }
  const times = Float64Array.from(kept, (row) => clock.data[row]);
  const order = finish(ordering(times));
  const count = spec.limit > 0 ? Math.min(spec.limit, kept.length) : kept.length;
  const row = Int32Array.from({ length: count }, (_, i) => kept[order[i]]);
  if (spec.rate === 0) return { row, time: Float64Array.from({ length: count }, (_, i) => times[order[i]]) };
  const time = newTimes(count, spec, world.start, random.split('rate'));
  return { row: row.slice(0, time.length), time };
}

/** Says for a row whether its value is one of the wanted ones. */
function matcher(column: Column, values: readonly unknown[]): (row: number) => boolean {
  const codes = new Set(
    values.map((value) => (column.dictionary ? column.dictionary.find(String(value)) : Number(value))),
  );
  const nulls = values.includes(null);
  return (row) => (isNull(column, row) ? nulls : codes.has(column.data[row]));
}

/** Adds copies, arrival times, partitions and lost values, and the events written by hand. */
function arrivals(
  made: Pick<Events, 'row' | 'time'>,
  table: Table | null,
  spec: StreamSpec,
  world: World,
  random: Random,
): Events {
  const delays = random.split('delay');
  const copies = random.split('copies');
  const copyDelays = random.split('copy delay');
  const key = table === null ? null : partitioner(sourceColumn(table, spec.key, world), spec.partitions);
  const drops = table === null ? null : dropsOf(made.row, table, spec, world, random);
  const row: number[] = [];
  const time: number[] = [];
  const append: number[] = [];
  const partition: number[] = [];
  const lost: number[] = [];
  for (let i = 0; i < made.row.length; i += 1) {
    const twice = spec.duplicates > 0 && copies.float() < spec.duplicates;
    const to = key!(made.row[i]);
    for (const chance of twice ? [delays, copyDelays] : [delays]) {
      row.push(made.row[i]);
      time.push(made.time[i]);
      append.push(made.time[i] + drawDelay(spec.delay, chance));
      partition.push(to);
      if (drops) lost.push(drops[i]);
    }
  }
  const keyType = fieldsOf(spec).find(({ name }) => name === spec.key)!.type;
  spec.planted.forEach((event, i) => {
    row.push(-1 - i);
    time.push(event.at);
    append.push(event.arrives);
    const value = spec.key === spec.time ? event.at : (event.values[spec.key] ?? null);
    partition.push(event.partition ?? partitionOfValue(value, keyType, spec.partitions));
    if (drops) lost.push(-1);
  });
  return {
    row: Int32Array.from(row),
    time: Float64Array.from(time),
    append: Float64Array.from(append),
    partition: Int32Array.from(partition),
    lost: drops && Int32Array.from(lost),
  };
}

/** By append time, then partition, then as made. */
function arrivalOrder({ append, partition }: Events): Int32Array {
  const order = finish(ordering(append));
  for (let from = 0, to = 1; from < order.length; from = to, to += 1) {
    while (to < order.length && append[order[to]] === append[order[from]]) to += 1;
    if (to - from > 1) order.subarray(from, to).sort((a, b) => partition[a] - partition[b] || a - b);
  }
  return order;
}

/** Gathers the visible columns; strings get codes in order of first sight in the stream. */
function visibleColumns(
  row: Int32Array,
  time: Float64Array,
  lost: Int32Array | null,
  table: Table | null,
  spec: StreamSpec,
  world: World,
): Table {
  const schema = streamSchema(spec);
  const columns = schema.map(({ name, type }, index) => {
    const column = makeColumn(type, row.length);
    if (name === spec.time) {
      column.data.set(time);
      return column;
    }
    const source = table === null ? null : sourceColumn(table, name, world);
    const recode = source?.dictionary ? recoder(source.dictionary, column.dictionary!) : null;
    for (let i = 0; i < row.length; i += 1) {
      if (row[i] < 0) writeValue(column, i, spec.planted[-1 - row[i]].values[name] ?? null);
      else if (lost?.[i] === index || isNull(source!, row[i])) writeValue(column, i, null);
      else column.data[i] = recode ? recode(source!.data[row[i]]) : source!.data[row[i]];
    }
    return column;
  });
  return { schema, columns, length: row.length };
}

/** Translates codes of one dictionary to those of another, which grows as needed. */
function recoder(from: Dictionary, to: Dictionary): (code: number) => number {
  const known = new Int32Array(from.strings.length).fill(-1);
  return (code) => {
    if (known[code] < 0) known[code] = to.code(from.strings[code]);
    return known[code];
  };
}
