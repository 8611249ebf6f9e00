import type { Scenario } from '../data/scenario';
import type { ClaimName, ColumnType, Where, Value } from '../model';
import type { Facet } from '../engine/snapshot/difference';
import type { FigureName } from './figures';
import type { RunSpec } from './run';
import type { RunOptions } from './runOptions';

/**
 * A document after parsing: everything settled, every reference checked, nothing optional that has a default. The same
 * type is a lesson at build time, the page's JSON island, and a reader's notebook.
 */
export interface Lesson {
  slug: string;
  /** Folder of the part, such as `01-why`; its title comes from `lessons/<part>/part.yaml`. */
  part: string;
  partTitle: string;
  title: string;
  /** One sentence for the contents page. */
  summary: string;
  minutes: number;
  /** Rows of the curriculum. */
  concepts: number[];
  misconceptions: string[];
  /** Numbers that the prose may say because something else vouches for them. */
  facts: Fact[];
  blocks: Block[];
}

/** A number in prose that no `[[ … ]]` fills: why it is true, or the query that proves it. */
export interface Fact {
  text: string;
  because: string;
  query: Query | null;
  unit: Unit;
}

/** What a value is counted in, for reading and writing it. Durations are ms, shares are 0 to 1. */
export type Unit = 'duration' | 'number' | 'share' | 'boolean' | 'text' | ColumnType;

export type Block = { block: 'prose'; nodes: Prose[] } | { block: 'cell'; cell: Cell };

/** Nodes that hold others, by what Markdown calls them. */
export const CONTAINERS = {
  paragraph: 'p',
  em: 'em',
  strong: 'strong',
  bullet_list: 'ul',
  ordered_list: 'ol',
  list_item: 'li',
  blockquote: 'blockquote',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tr: 'tr',
  th: 'th',
  td: 'td',
} as const;

/** Words in a colour of the legend. */
export const TERMS = ['late', 'watermark', 'state', 'truth', 'window'] as const;

/** Prose is a closed set of nodes; text never becomes markup. */
export type Prose =
  | { tag: 'text'; text: string }
  | { tag: (typeof CONTAINERS)[keyof typeof CONTAINERS] | 'h2' | 'h3'; children: Prose[] }
  /** A word in its colour of the legend: `:late[late]`, `:watermark[…]`, `:state[…]`. */
  | { tag: 'term'; term: (typeof TERMS)[number]; children: Prose[] }
  | { tag: 'code'; text: string }
  | { tag: 'pre'; text: string; language: string }
  | { tag: 'a'; href: string; children: Prose[] }
  /** A number from a run, `[[ … ]]`; the build fills `text`. */
  | { tag: 'value'; query: Query; unit: Unit; text: string }
  | { tag: 'br' | 'hr' };

export type Cell =
  | ScenarioCell
  | SqlCell
  | FigureCell
  | TableCell
  | PredictCell
  | ExerciseCell
  | SweepCell
  | CompareCell
  | ClaimCell
  | OrdersCell;

interface Base {
  id: string;
  /** Line of the fence in the document, from 1. */
  line: number;
}

/** A quantity that the reader may turn; other cells use it as `$name`. */
export interface Knob {
  name: string;
  label: string;
  unit: 'duration' | 'number';
  value: number;
  min: number;
  max: number;
  step: number;
}

export interface ScenarioCell extends Base {
  kind: 'scenario';
  title: string;
  scenario: Scenario;
  knobs: Knob[];
}

export interface SqlCell extends Base {
  kind: 'sql';
  title: string;
  /** Id of the scenario cell. */
  reads: string;
  text: string;
  options: RunOptions;
}

export interface FigureCell extends Base {
  kind: 'figure';
  title: string;
  /** Id of the sql cell whose run is drawn. */
  reads: string;
  /** Such as `event-time-plane`. */
  figure: FigureName;
  options: FigureOptions;
  show: Show;
}

export interface FigureOptions {
  where: Where;
  /** Column whose value colours a dot; default: the first key. */
  color: string | null;
  /** Column written in bands and tables; default: the last result column. */
  value: string | null;
  [name: string]: unknown;
}

/** Where a run stands when the page opens: a step, the n-th moment of a kind (the first is 1), or its end. */
export type Show = { at: 'step'; step: number } | { at: 'moment'; mark: string; n: number } | { at: 'end' };

export interface TableCell extends Base {
  kind: 'table';
  title: string;
  /** Id of a sql cell (its result) or of a scenario cell (then `stream` names the events). */
  reads: string;
  stream: string | null;
  where: Where;
  columns: string[];
  limit: number;
}

export interface Choice {
  text: string;
  /** The value of the choice, to compare with the run's answer. */
  value: Value;
  /** Misconception that this choice shows, such as `M3`. */
  breaks: string | null;
  because: string;
}

export interface PredictCell extends Base {
  kind: 'predict';
  ask: Prose[];
  /** Empty: the reader types a number. */
  choices: Choice[];
  answer: Query;
  /** Of the answer, the choices' values and a typed number. */
  unit: Unit;
  /** Shown after the reveal. */
  because: string;
  /** How far off a typed number may be, in the same unit. */
  tolerance: number;
}

/** What an exercise sets on its run: knob and option names, or `sql` for the text. */
export type Setting = Record<string, string | number>;

export interface ExerciseCell extends Base {
  kind: 'exercise';
  title: string;
  task: Prose[];
  reads: string;
  /** Options the reader may change, with the values they start from. */
  start: Setting;
  checks: Check[];
  hints: string[];
  solution: Setting;
  wrong: { set: Setting; fails: string; because: string }[];
  explain: string;
}

/** One claim on a run's end: a query and what must hold of it. */
export interface Check {
  /** Unique in the exercise; `wrong` entries name it. */
  name: string;
  query: Query;
  unit: Unit;
  is: { op: '=' | '<=' | '>=' | '<' | '>'; value: Value } | { op: 'equals'; run: 'batch' };
  /** Said when it does not hold; `{found}` and `{wanted}` are filled in. */
  message: string;
}

export interface SweepCell extends Base {
  kind: 'sweep';
  title: string;
  reads: string;
  /** One knob or two: a run for each of their values, or for each pair. The first one runs along a curve. */
  knobs: { name: string; values: number[] }[];
  /** Metric across, metric up. */
  x: Metric;
  y: Metric;
}

/** A sentence about runs that may be false: the reader has the machine look for the smallest log that breaks it. */
export interface ClaimCell extends Base {
  kind: 'claim';
  title: string;
  /** The misconception that holds it, such as `M3`; null for a claim of the lesson's own. */
  misconception: string | null;
  /** Of the table of claims; null for a claim of the lesson's own. */
  name: ClaimName | null;
  /** In words; null: those of the table. */
  text: string | null;
  /** The same as a condition in SQL over the facts of a run (`engine/search/condition.ts`). */
  holds: string;
  /** What a log that breaks it shows, `{fact}` filled in; null: that of the table, or the facts are listed. */
  finding: string | null;
  /** Id of the sql cell that it is about, or its own run. Events are made up in either case. */
  reads: string | null;
  spec: RunSpec | null;
  /** Options of a second run, for the facts `other_…`. */
  against: Setting | null;
  /** Options that are left open, with what is tried for each, simplest first. */
  free: Record<string, (string | number)[]>;
  /** What events may be, simplest first: event times, delays (ms), and values by stream and column. */
  grid: { times: number[]; delays: number[]; values: Record<string, Record<string, Value[]>> };
  /** Most events in a log. */
  most: number;
  seed: number;
}

/** What is claimed: all that a search needs besides the run itself. */
export type ClaimBody = Pick<
  ClaimCell,
  'name' | 'text' | 'holds' | 'finding' | 'against' | 'free' | 'grid' | 'most' | 'seed'
>;

/** Few events in every order in which they can arrive: how often comes which outcome? */
export interface OrdersCell extends Base {
  kind: 'orders';
  title: string;
  /** Id of the sql cell. */
  reads: string;
}

/** Runs over the same events side by side: the first, and those that are held against it. */
export interface CompareCell extends Base {
  kind: 'compare';
  title: string;
  sides: CompareSide[];
  /** What is compared. */
  by: Facet[];
  /** Drawn once for each run; null: none. */
  figure: FigureName | null;
  options: FigureOptions;
  /** Where the first run stands when the page opens. */
  show: Show;
}

interface CompareSide {
  name: string;
  /** Id of a sql cell, and what is set on it. */
  of: string;
  set: Setting;
}

/** The numbers of a finished run: what each is counted in, and called at the beginning of a sentence. */
export const METRIC_FACTS = {
  completeness: { unit: 'share', words: 'Completeness' },
  latencyP50: { unit: 'duration', words: 'Median latency' },
  latencyP99: { unit: 'duration', words: 'Latency of the slowest hundredth' },
  dropped: { unit: 'number', words: 'Dropped' },
  late: { unit: 'number', words: 'Late events' },
  rowsIn: { unit: 'number', words: 'Events' },
  rowsOut: { unit: 'number', words: 'Rows of the result' },
  rowsRead: { unit: 'number', words: 'Rows read' },
  stateRowsMax: { unit: 'number', words: 'Most rows of state' },
} as const satisfies Record<string, { unit: Unit; words: string }>;
export type Metric = keyof typeof METRIC_FACTS;
export const METRICS = Object.keys(METRIC_FACTS) as Metric[];

/**
 * A question about finished runs with one value as its answer. `of` is the id of a sql cell; `set` overrides options
 * or knobs for this question only, so that prose may refer to another run of the same definition.
 */
export type Query =
  | { ask: 'final'; of: string; where: Where; column: string; set: Setting }
  /** The n-th pane (from 0) of the window; null where there is none, and where it is empty. */
  | { ask: 'pane'; of: string; where: Where; n: number; column: string; set: Setting }
  /** How many panes the windows under `where` have emitted. */
  | { ask: 'panes'; of: string; where: Where; set: Setting }
  | { ask: 'metric'; of: string; metric: Metric; set: Setting }
  /** Whole result equals that of the batch executor over the same events: true or false. */
  | { ask: 'agrees'; of: string; set: Setting }
  /** How many result rows hold. */
  | { ask: 'count'; of: string; where: Where; set: Setting }
  /** How many windows of keys differ between the first of the runs of a comparison and any other; `of` is its sql cell. */
  | { ask: 'differences'; of: string; sides: CompareSide[]; by: Facet[]; set: Setting }
  /** A constant, for answers that need no run. */
  | { ask: 'value'; value: Value; unit: 'duration' | 'number' | 'text' };
