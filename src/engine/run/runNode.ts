import { type KeyedState, type Pairing, type RowRange, type WindowView } from '../stream/operator';
import { type GraphNode, type OperatorNode } from './graph';

/** One parallel copy of an operator. */
export interface RunSubtask {
  readonly state: KeyedState | null;
  readonly inputWatermark: number;
  /** When its next processing-time timer is due; MAX_TIME for none. */
  readonly nextTimer: number;
}

/** A node of the graph in a run: its subtasks together. */
export interface RunNode<N extends GraphNode, S> {
  readonly node: N;
  /** Standard name: `window aggregate`. */
  readonly name: string;
  /** What it does here, in SQL's words. */
  readonly title: string;
  readonly subtasks: readonly S[];
}

/** A partition of a topic, which one subtask of the source reads. */
export interface SourceSplit {
  readonly partition: number;
  /** The next offset to read. */
  readonly offset: number;
  readonly watermark: number;
  readonly idle: boolean;
}

export interface SourceSubtask {
  readonly splits: readonly SourceSplit[];
}

export interface SinkSubtask {
  /** How many rows it has written to the log outside. */
  readonly committed: number;
}

/** An operator of a run, all of its subtasks together. */
export interface RunOperator extends RunNode<OperatorNode, RunSubtask> {
  /** Keyed state, or null for an operator that remembers nothing. */
  readonly state: KeyedState | null;
  /** Its windows, where it has any. */
  readonly windows: WindowView | null;
  /** How rows of a join find each other. */
  readonly pairing: Pairing | null;
  /** How far its output watermark is behind its input watermark, ms (S8.4). */
  readonly watermarkDelay: number;
  readonly inputWatermark: number;
  /** What it has emitted with the last range. */
  readonly emitted: RowRange;
}
