import { makeBatch, type ColumnBatch } from '../../model';
import { type Topic } from '../log/topic';

export const EVENT = 0;
export const ACTION = 1;
export const TICK = 2;
export const END = 3;

/**
 * Everything that enters a run, in agenda order: by processing time, then topic, partition and offset (S19). The place
 * in this list is the input number. An event's processing time is its append time: the local engine reads at once.
 */
export interface Feed {
  topics: FeedTopic[];
  length: number;
  kind: Uint8Array;
  /** Topic of an event; place in the fork list of an action. */
  topic: Int32Array;
  /** Row of the topic's batch, for an event. */
  row: Int32Array;
  processing: Float64Array;
}

export interface FeedTopic {
  topic: Topic;
  /** The topic's rows with hidden columns; `watermark` is filled while the run goes on. */
  batch: ColumnBatch;
}

export interface FeedExtras {
  /** Processing times at which a clock ticks (scheduled jobs), ascending. */
  ticks?: number[];
  /** Actions by the input number that they come before. */
  actions?: { at: number; index: number }[];
  /** Whether the input ends after its last event. */
  end: boolean;
}

export function feedOf(topics: Topic[], { ticks = [], actions = [], end }: FeedExtras): Feed {
  const total = topics.reduce((sum, topic) => sum + topic.table.length, 0) + ticks.length;
  const capacity = total + actions.length + 1;
  const kind = new Uint8Array(capacity);
  const from = new Int32Array(capacity);
  const row = new Int32Array(capacity);
  const processing = new Float64Array(capacity);
  const next = topics.map(() => 0);
  let tick = 0;
  let length = 0;
  let now = 0;
  const due = actions.map((action) => action).sort((a, b) => a.at - b.at);
  const act = (before: number): void => {
    while (due.length > 0 && due[0].at <= before) {
      const { index } = due.shift()!;
      kind[length] = ACTION;
      from[length] = index;
      processing[length] = now;
      length += 1;
    }
  };
  for (let base = 0; base < total; base += 1) {
    let best = -1;
    for (let i = 0; i < topics.length; i += 1) {
      if (next[i] === topics[i].table.length) continue;
      if (best < 0 || topics[i].append[next[i]] < topics[best].append[next[best]]) best = i;
    }
    const isTick = best < 0 || (tick < ticks.length && ticks[tick] < topics[best].append[next[best]]);
    now = isTick ? ticks[tick] : topics[best].append[next[best]];
    act(length);
    kind[length] = isTick ? TICK : EVENT;
    processing[length] = now;
    if (isTick) tick += 1;
    else {
      from[length] = best;
      row[length] = next[best];
      next[best] += 1;
    }
    length += 1;
  }
  act(Number.MAX_SAFE_INTEGER);
  if (end) {
    kind[length] = END;
    processing[length] = now;
    length += 1;
  }
  return {
    topics: topics.map((topic, i) => ({ topic, batch: sourceBatch(topic, i, from, row, kind, length) })),
    length,
    kind,
    topic: from,
    row,
    processing,
  };
}

function sourceBatch(
  topic: Topic,
  index: number,
  from: Int32Array,
  row: Int32Array,
  kind: Uint8Array,
  length: number,
): ColumnBatch {
  const rows = topic.table.length;
  const batch = makeBatch([], 0);
  batch.schema = topic.table.schema;
  batch.columns = topic.table.columns;
  batch.length = rows;
  batch.time = topic.time;
  batch.watermark = new Float64Array(rows);
  batch.input = new Int32Array(rows);
  batch.kind = new Uint8Array(rows);
  batch.id0 = new Float64Array(rows);
  if (index > 0) batch.id0.fill(index);
  batch.id1 = Float64Array.from(topic.partition.subarray(0, rows));
  batch.id2 = Float64Array.from(topic.offset.subarray(0, rows));
  for (let input = 0; input < length; input += 1) {
    if (kind[input] === EVENT && from[input] === index) batch.input[row[input]] = input;
  }
  return batch;
}
