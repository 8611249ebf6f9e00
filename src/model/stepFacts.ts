import { type Value } from './column';
import { type ColumnType, type Schema } from './schema';
import { type Purge, type Timing } from './step';

/** A value with the column that it belongs to, as a sentence names it. */
export interface NamedValue {
  name: string;
  value: Value;
  type: ColumnType;
}

/** The values of a row, each with its column. */
export const namedValues = (schema: Schema, values: readonly Value[]): NamedValue[] =>
  schema.map(({ name, type }, i) => ({ name, value: values[i], type }));

interface Span {
  start: number;
  end: number;
}

/** A window of a key; `key` is empty where there is none, and `start === end` where the state has no window. */
interface KeyedSpan extends Span {
  key: NamedValue[];
}

/**
 * What a sentence about a step needs: the step with the names and values that its numbers stand for. Times in ms.
 * Sentences are made of it in `words`.
 */
export type StepFacts =
  | { kind: 'none' }
  | {
      kind: 'row in';
      topic: string;
      /** null: the topic has only one. */
      partition: number | null;
      values: NamedValue[];
      eventTime: number;
      processingTime: number;
      /** The watermark that the event is late for; null: it is not late. */
      lateFor: number | null;
    }
  /** `topic`: null where the run reads one stream only. */
  | { kind: 'watermark advanced'; topic: string | null; from: number; to: number }
  | { kind: 'status changed'; topic: string; partition: number | null; idle: boolean }
  | (KeyedSpan & { kind: 'state written'; values: NamedValue[] })
  /** `from`: read again from the log, or evicted from the state because the rows have left the frame. */
  | { kind: 'state read'; touched: number; from: 'log' | 'state' }
  | (KeyedSpan & { kind: 'window fired'; timing: Timing })
  | (KeyedSpan & { kind: 'window emptied' | 'window purged' | 'row dropped' })
  | (KeyedSpan & { kind: 'windows merged'; into: Span })
  | { kind: 'pair joined'; key: NamedValue[]; leftTime: number; rightTime: number }
  | { kind: 'row padded'; key: NamedValue[]; side: 'left' | 'right'; time: number }
  | { kind: 'row purged'; key: NamedValue[]; side: 'left' | 'right'; time: number; because: Purge }
  /** `change`: one of the codes of `change.ts`. */
  | { kind: 'row out'; change: number; values: NamedValue[] }
  | { kind: 'job ended'; rowsRead: number; published: number; processingTime: number }
  | { kind: 'action applied'; wait: number | null; lateness: number | null }
  | { kind: 'input ended' };

/** One step of a run, with its processing time. */
export interface StepEntry {
  step: number;
  processing: number;
  facts: StepFacts;
}
