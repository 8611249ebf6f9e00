import { isNull, type Table } from '../model';
import { type Random } from '../sim/random';
import { type StreamSpec } from './scenario';
import { sourceColumn } from './sourceColumns';
import { droppable, streamSchema } from './streamSchema';
import { type World } from './world';

/**
 * For each of the given rows the visible column (its index) whose value is dropped, or −1; null where the stream drops
 * none. Whether an event loses a value, and how each of its fields stands in the draw, have a split of the chance each:
 * a higher share drops what a lower one did and more, and a further column changes only the events that lose it. A
 * field that is null already cannot be lost; an event with no other keeps what it has.
 */
export function dropsOf(
  rows: Int32Array,
  table: Table,
  spec: StreamSpec,
  world: World,
  random: Random,
): Int32Array | null {
  if (spec.dropped === 0) return null;
  const schema = streamSchema(spec);
  const events = random.split('dropped');
  const fields = droppable(spec).map((name) => ({
    index: schema.findIndex((one) => one.name === name),
    column: sourceColumn(table, name, world),
    chance: random.split(`dropped/${name}`),
  }));
  return rows.map((row) => {
    const loses = events.float() < spec.dropped;
    let lost = -1;
    let highest = -1;
    for (const { index, column, chance } of fields) {
      const drawn = chance.float();
      if (!loses || drawn <= highest || isNull(column, row)) continue;
      highest = drawn;
      lost = index;
    }
    return lost;
  });
}
