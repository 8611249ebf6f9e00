/** The cases of one section, as the build ran them. */
export interface CaseGroup {
  /** `S3 sessions` */
  name: string;
  cases: ShownCase[];
}

/** One case with everything that is shown of it: plain text, so that the page needs no engine. */
export interface ShownCase {
  id: string;
  rule: string;
  kind: string;
  profile: string;
  source: string[];
  provenance: string;
  compare: string;
  notes: string | null;
  /** Whether it opens as a run. */
  runs: boolean;
  /** Settings by dotted path. */
  settings: [path: string, value: string][];
  input: Grid;
  /** One pair, or one for each system. */
  outputs: { system: string | null; expected: Grid; actual: Grid }[];
}

/** A table of texts. */
export interface Grid {
  columns: string[];
  rows: string[][];
}
