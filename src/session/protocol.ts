import { type ClaimBody, type Metric, type Query, type Setting } from '../notebook/document';
import { type Fork, type RunSpec } from '../notebook/run';
import { type ExactOptions } from '../notebook/runOptions';
import type { RunClock } from './clocks';
import { type Scenario } from '../data/scenario';
import type { WhyQuestion } from '../engine/why/why';
import type { EventQuestion } from '../engine/why/follow';
import type { WindowQuestion } from '../engine/why/whyNot';
import type { Cause, Facet } from '../engine/snapshot/difference';
import {
  type Because,
  type Facts,
  type NamedValue,
  type PartRequest,
  type Profile,
  type Schema,
  type Snapshot,
  type StepEntry,
  type Table,
  type TidemarkErrorFacts,
  type Topic,
  type Value,
  type WhyNot,
} from '../model';

/**
 * All that crosses between page and worker, as a closed set of plain data. Long things are typed columns and are
 * transferred. The engine does not know that it is in a worker: `createSession()` (session.ts) has this interface, so
 * tests use it directly.
 */

export { type ExactOptions, type Fork, type RunClock, type RunSpec };

export interface RunSummary {
  id: string;
  /** Title of the definition: its result columns and windows in words. */
  title: string;
  steps: number;
  inputs: number;
  /** Hash of the canonical bytes of all steps. */
  hash: string;
  resultSchema: Schema;
  /** Key columns of the result, by name. */
  keys: string[];
  /** The moments of the run: columns `step`, `mark` (index into MARKS). */
  marks: Table;
  /** Processing time of every step's input, for clocks on the scrub bar: `[first, last]`. */
  processing: [number, number];
  metrics: Record<Metric, number>;
  operators: { number: number; name: string; title: string }[];
}

/** A claim about all small logs that the definition of `spec` could run over. */
export interface ClaimAsk extends Omit<ClaimBody, 'name' | 'text' | 'finding'> {
  spec: RunSpec;
}

export interface ClaimAnswer {
  /** Runs that were looked at. */
  tried: number;
  /** Up to how many events every log was tried. */
  exhaustive: number;
  /** The smallest log found that breaks the claim; null: it holds for all that were tried. */
  broken: {
    /** The run over that log, and the one that it is compared with. */
    spec: RunSpec;
    other: RunSpec | null;
    /** What of the open options it takes. */
    setting: Setting;
    facts: Facts;
    /** The facts that the condition is about. */
    reads: string[];
  } | null;
}

/** What comes of the same events in every order in which they can arrive. */
export interface OrdersAnswer {
  orders: number;
  /** The most frequent first. */
  outcomes: {
    /** In how many orders. */
    count: number;
    late: number;
    dropped: number;
    updates: number;
    /** The final rows. */
    result: Table;
    /** The run over the first of these orders. */
    spec: RunSpec;
  }[];
}

export interface Progress {
  /** What is being done: `making the data`, `running`, `sweeping`. */
  doing: string;
  done: number;
  total: number;
}

export type Failed = { failed: TidemarkErrorFacts };
export type Outcome<T> = { ok: T } | Failed | { cancelled: true };

/** Called at most once per slice of about 16 ms. */
export type OnProgress = (progress: Progress) => void;

/** Names of a part in the snapshot → what is asked. */
export type PartRequests = Record<string, PartRequest>;

export interface Diagnosis {
  errors: TidemarkErrorFacts[];
}

export interface Completion {
  label: string;
  kind: 'keyword' | 'table' | 'column' | 'function' | 'snippet';
  detail: string;
}

export interface DataSummary {
  preset: string;
  seed: number;
  mode: string;
  /** Columns `table`, `rows`. */
  tables: Table;
  /** First rows of each table. */
  heads: Record<string, Table>;
  /** Facts of `DATA.md` §2.2 measured on this data: columns `property`, `measured`, `target`. */
  facts: Table;
  hash: string;
  milliseconds: number;
}

/** Runs over the same events, and what each emitted for every window and key. */
export interface Comparison {
  runs: RunSummary[];
  /** A row for every moment of processing time: `processing`, then the step of each run there: `run0`, `run1`, … */
  clock: Table;
  /** Key columns, by name. */
  keys: string[];
  /** Whether windows are sessions: a cell may hold several, which no run need have with its bounds. */
  sessions: boolean;
  /** By start of their windows. */
  cells: ComparedCell[];
  /** Windows of keys that are not among `cells`; none of them differs as long as there is room. */
  more: number;
}

/** One window of one key, or sessions that overlap: from the first start to the last end. Arrays: one element for each run. */
export interface ComparedCell {
  key: Record<string, Value>;
  /** The key as values of its columns. */
  values: NamedValue[];
  start: number;
  end: number;
  /** The value from each change on, as text; empty text for none, which also holds before the first. */
  stands: { processing: number; text: string }[][];
  /** Why it does not end as in the first run; null where it does. */
  differs: (EndDifference | null)[];
}

export interface EndDifference {
  cause: Cause;
  /** Rule of the semantics that makes the difference; the topic, where the profiles of the first and of this run differ in it. */
  rule: string;
  topic: Topic | null;
  profiles: [Profile, Profile] | null;
  /** Events that only one of the two has counted. */
  events: { values: NamedValue[]; time: number; processing: number; fates: [string, string] }[];
  more: number;
}

export interface SessionApi {
  ping(): Promise<number>;
  /** Opens a run (or finds it open), drives it to its end in slices, and describes it. */
  run(spec: RunSpec, onProgress?: OnProgress): Promise<Outcome<RunSummary>>;
  state(runId: string, step: number, parts: PartRequests): Promise<Outcome<Snapshot>>;
  /** Steps [from, to). */
  steps(runId: string, from: number, to: number): Promise<Outcome<StepEntry[]>>;
  /** The step with a number among those of an input; the last one before it where there is none. */
  stepAt(runId: string, input: number, ordinal: number): Promise<Outcome<number>>;
  /**
   * The step that shows a time of a clock: the last one at or before a processing time, the first one after which the
   * watermark is at or past an event time, the last one that sent a result at or before a known-at time (-1: none).
   */
  seekTime(runId: string, clock: 'processing' | RunClock, time: number): Promise<Outcome<number>>;
  /** The moments of a clock: columns `time`, `step`, see `clocks.ts`. */
  moments(runId: string, clock: RunClock): Promise<Outcome<Table>>;
  /** The events and the state that made a value, as of a step. */
  why(runId: string, step: number, question: WhyQuestion): Promise<Outcome<Because>>;
  /** Why a window of a key has not fired by a step, and what would make it fire. */
  whyNot(runId: string, step: number, question: WindowQuestion | EventQuestion): Promise<Outcome<WhyNot>>;
  /** Answers a question of the document. `runs` maps ids of sql cells to their specs, before `set`. */
  ask(query: Query, runs: Record<string, RunSpec>): Promise<Outcome<Value>>;
  /** A run per setting of `spec`, without a trace. One row each: column `point` (its place), then every metric. */
  sweep(spec: RunSpec, settings: Setting[], onProgress?: OnProgress): Promise<Outcome<Table>>;
  /** Opens the runs, and holds the others against the first, by some facets. */
  compare(specs: RunSpec[], by: Facet[], onProgress?: OnProgress): Promise<Outcome<Comparison>>;
  /** Looks for the smallest log that breaks a claim. */
  search(claim: ClaimAsk, onProgress?: OnProgress): Promise<Outcome<ClaimAnswer>>;
  /** Runs over the events of the scenario, at most six, in every order in which they can arrive. */
  orders(spec: RunSpec, onProgress?: OnProgress): Promise<Outcome<OrdersAnswer>>;
  /** Events of a stream of the scenario, at most `limit`. Columns as the `events` part. */
  events(scenario: Scenario, stream: string, limit: number): Promise<Outcome<Table>>;
  /** Makes a whole mart, with progress; for the data page. */
  generate(preset: string, seed: number, mode: string, onProgress?: OnProgress): Promise<Outcome<DataSummary>>;
  diagnose(sql: string, scenario: Scenario, options: ExactOptions): Promise<Diagnosis>;
  complete(sql: string, offset: number, scenario: Scenario): Promise<Completion[]>;
  /** Stops what `run`, `compare`, `sweep`, `search`, `orders` or `generate` is doing; they answer `{ cancelled: true }`. */
  cancel(): Promise<void>;
  /** Forgets a run's memory; its id may be opened again. */
  close(runId: string): Promise<void>;
}
