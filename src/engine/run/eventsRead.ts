import { takeRows, type ColumnBatch } from '../../model';
import { type InputLog } from './inputLog';

/**
 * The events of a topic that a run has read, up to and including input `until`, in the order in which it has read them.
 * Their watermarks are not known here.
 */
export function eventsRead(inputs: InputLog, place: number, until?: number): ColumnBatch {
  const topic = inputs.topics[place];
  const { rows, inputs: numbers } = inputs.readOf(place, until);
  const { length } = rows;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  const columns = isPrefix(rows) ? topic.table.columns : takeRows(topic.table, rows).columns;
  return {
    schema: topic.table.schema,
    columns,
    length,
    time: pick(topic.time),
    watermark: new Float64Array(length),
    input: numbers,
    kind: new Uint8Array(length),
    id0: new Float64Array(length).fill(place),
    id1: pick(topic.partition),
    id2: pick(topic.offset),
  };
}

function isPrefix(rows: Int32Array): boolean {
  for (let at = 0; at < rows.length; at += 1) if (rows[at] !== at) return false;
  return true;
}
