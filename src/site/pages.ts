import { type Lesson } from '../notebook/document';
import { type Snapshot, type Table } from '../model';
import type { TextTable } from '../figures/figure';
import { type ClaimAnswer, type Comparison, type PartRequests, type RunSummary } from '../session/protocol';
import { type StepText } from '../words/steps';
import { type CaseGroup } from './semantics';

/** What a page is made from: written into it by the build as a JSON island, read from there by the browser. */
export type PageData =
  /** `opening`: the run that the page opens with; `on`: slug of the lesson that goes on from it. */
  | (Frame & { page: 'home'; opening: LessonData | null; on: string | null })
  | (Frame & { page: 'lesson' } & LessonData)
  | (Frame & { page: 'data' })
  | (Frame & { page: 'semantics'; groups: CaseGroup[] })
  | (Frame & { page: 'case' })
  | (Frame & { page: 'embed' })
  | (Frame & { page: 'missing' });

interface Frame {
  contents: ContentsEntry[];
}

export type ContentsEntry = Pick<Lesson, 'slug' | 'part' | 'partTitle' | 'title' | 'summary' | 'minutes'>;

/** The contents by part, in their order. */
export const partsOf = (
  contents: readonly ContentsEntry[],
): { part: string; title: string; lessons: ContentsEntry[] }[] =>
  [...new Set(contents.map(({ part }) => part))].map((part) => {
    const lessons = contents.filter((one) => one.part === part);
    return { part, title: lessons[0].partTitle, lessons };
  });

/** A lesson with all results of its runs at build time. */
export interface LessonData {
  lesson: Lesson;
  /** By id of the sql cell. */
  runs: Record<string, PreparedRun>;
  /** Events for table cells that read a scenario, by id of the table cell. */
  events: Record<string, Table>;
  /** Generated DDL of each scenario, by id of the cell. */
  ddl: Record<string, string>;
  /** By id of the compare cell. */
  compares: Record<string, PreparedCompare>;
  /** What a search finds about each claim, by id of the claim cell. */
  claims: Record<string, ClaimAnswer>;
}

/** Runs side by side as they stand when the page opens. */
export interface PreparedCompare {
  comparison: Comparison;
  /** Row of the clock. */
  at: number;
  /** What the picture asks of each run, and what it draws there; none where there is no picture. */
  requests: PartRequests;
  snapshots: Snapshot[];
}

export interface PreparedRun {
  summary: RunSummary;
  /** The cells that draw this run, by id, in the order of the document. */
  drawn: Record<string, PreparedCell>;
}

/** A figure or a table as it stands when the page opens. Pictures are code that comes later; this is all before it. */
export interface PreparedCell {
  /** What it asks of `state(k)`. */
  requests: PartRequests;
  snapshot: Snapshot;
  /** null for tables. */
  figure: {
    title: string;
    /** The most rows that its table has at the steps that were looked at; null where it is no table. */
    most: number | null;
    /** The same facts as the picture. */
    facts: TextTable;
    /** Steps in words around the opened one. */
    steps: StepText[];
  } | null;
}
