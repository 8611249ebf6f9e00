import { type Edge, type Plan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { type RunBatch } from './operators/batchJob';

/** How a plan is run as a stream: what SQL does not say. Times in ms. */
export interface StreamOptions {
  /** Bound on out-of-orderness; null: the WATERMARK clause of the source, or 0 where it has none. */
  wait: number | null;
  lateness: number;
  edge: Edge;
  /** Requests to answer from the rolling aggregate, instead of answering every event. */
  lookup: { requests: Topic; answer: 'state' | 'rescan' } | null;
  /** A node of the plan in words, for titles. */
  explain: (node: Plan) => string;
  /** The batch executor, to run the plan as a job at each tick and at the end; null: run it as a stream. */
  job: RunBatch | null;
}
