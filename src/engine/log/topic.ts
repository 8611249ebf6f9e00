import { type StreamData } from '../../data/scenario';
import { TidemarkError, type Table } from '../../model';

/**
 * A topic: an append-only log cut into partitions. Offsets are dense per partition, given at append and never used
 * again; order exists only inside a partition (S17.1). Rows are held in arrival order over all partitions, columns
 * shared with the data that was appended.
 */
export interface Topic {
  name: string;
  partitions: number;
  table: Table;
  /** Event time, ms. */
  time: Float64Array;
  /** When the log stored it, ms; never falls inside a partition. */
  append: Float64Array;
  /** Numbers, as the identity of a row is made of them. */
  partition: Float64Array;
  offset: Float64Array;
}

/** Appends a stream's events, in their arrival order, to a new topic. */
export function topicOf({ name, table, time, append, partition }: StreamData, partitions: number): Topic {
  const offset = new Float64Array(table.length);
  const heads = new Int32Array(partitions);
  const newest = new Float64Array(partitions).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < table.length; row += 1) {
    const one = partitions > 1 ? partition[row] : 0;
    if (append[row] < newest[one]) throw new RangeError(`append time falls in partition ${one}`);
    newest[one] = append[row];
    offset[row] = heads[one];
    heads[one] += 1;
  }
  return {
    name,
    partitions,
    table,
    time,
    append,
    partition: partitions > 1 ? Float64Array.from(partition) : new Float64Array(table.length),
    offset,
  };
}

/** The topic that a table of the plan stands for. */
export function topicNamed(topics: readonly Topic[], name: string): Topic {
  const found = topics.find((topic) => topic.name.toLowerCase() === name.toLowerCase());
  if (!found)
    throw new TidemarkError({
      what: 'no such stream',
      found: name,
      expected: topics.map((topic) => topic.name).join(', '),
    });
  return found;
}
