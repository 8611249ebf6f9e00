import { type Component } from 'svelte';
import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot, type Value } from '../model';

/**
 * The contract of figures.
 *
 * A figure is one Svelte component that draws one picture from one snapshot: no fetching, no session, and no state
 * beyond what the pointer or the focus is over. It is drawn for the width that it gets, in a box whose height does not
 * depend on the step, and axes come from `Part.extent`, so that nothing jumps while a run is played.
 *
 * Beside each `Name.svelte` stands a `name.ts` with all that needs no drawing: which parts it asks for,
 * its geometry (a pure function of snapshot, options and width), and the table of the same facts.
 *
 * To add a figure: the two files, one line in `index.ts`, and its options and width in `notebook/figures.ts`.
 */
export interface FigureProps {
  snapshot: Snapshot;
  options: FigureOptions;
  /** Width to draw for, CSS px; from 280. */
  width: number;
  /** Prefix under which the figure's parts stand in `snapshot.parts`, see `partName`. */
  name: string;
  /** Called when the reader activates a mark. */
  onwhy?: (target: WhyTarget) => void;
  /** What the page refers to: it is outlined, and is `aria-current`. */
  chosen?: Chosen;
}

export type Chosen = (target: WhyTarget) => boolean;

/** What a mark stands for, for "Why?". Times in ms. */
export type WhyTarget =
  /** `stream`: where a picture draws those of several. */
  | { kind: 'event'; stream?: string; partition: number; offset: number; eventTime: number }
  | { kind: 'window'; key: Record<string, Value>; start: number; end: number }
  /** `span`: the window that it is a row of, where it is one. */
  | { kind: 'row'; row: Record<string, Value>; span?: [start: number, end: number] }
  | { kind: 'watermark'; watermark: number };

export interface Figure {
  title: string;
  component: Component<FigureProps>;
  /** What the figure asks of `state(k)`, by short name; the caller puts `partName(name, short)` as the key. */
  parts: (options: FigureOptions) => Record<string, PartRequest>;
  /** The same facts as the picture, in words. */
  describe: (snapshot: Snapshot, options: FigureOptions, name: string) => TextTable;
}

/** The text track: every fact that the picture draws. All cells are ready to show. */
export interface TextTable {
  caption: string;
  columns: string[];
  rows: string[][];
}

/** Column names that differ, also where a stream's column is called as one of ours. */
export function distinct(columns: string[]): string[] {
  return columns.map((column, i) => (columns.indexOf(column) === i ? column : `${column} (${i + 1})`));
}

/** Key of a figure's part in `snapshot.parts`: `plane` and `events` give `plane.events`. */
export const partName = (name: string, short: string): string => `${name}.${short}`;

/** The requests of a figure under the keys that they have in the snapshot. */
export function namedParts(name: string, parts: Record<string, PartRequest>): Record<string, PartRequest> {
  return Object.fromEntries(Object.entries(parts).map(([short, request]) => [partName(name, short), request]));
}

/** One mark that can be pointed at, focused and asked about. */
export interface Mark {
  /** Unique in its figure, and the same at every step. */
  id: string;
  x: number;
  y: number;
  /** What it covers, where that is more than a point. */
  box?: { x: number; y: number; width: number; height: number };
  /** One sentence: accessible name and readout; made when asked for. */
  readonly sentence: string;
  target: WhyTarget;
}
