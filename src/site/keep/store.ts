/** One stored text: a revision of a lesson, or a version that gave way to another. */
export interface Row {
  /** Name of the document: a lesson's, or a lesson's and the fragment of a link to it. */
  slug: string;
  kind: 'kept' | 'fork';
  /** Revision of a kept row; of a fork, its number. Unique per slug and kind. */
  number: number;
  text: string;
  checksum: string;
}

export interface Plan<T> {
  put: Row[];
  remove: Row[];
  result: T;
}

/** Where rows are kept. Every method rejects, and leaves everything as it was, if it cannot do the whole of its work. */
export interface Store {
  rows(slug: string): Promise<Row[]>;
  allRows(): Promise<Row[]>;
  /** Of the documents that have rows. */
  names(): Promise<string[]>;
  /** One transaction: no other tab writes between the reading of `rows` and the writing of the plan. */
  change<T>(slug: string, plan: (rows: Row[]) => Plan<T>): Promise<T>;
  close(): void;
}

/** Lives as long as the page: the last resort where the browser keeps nothing. */
export function memoryStore(): Store {
  let rows: readonly Row[] = [];
  const is = (a: Row) => (b: Row) => a.slug === b.slug && a.kind === b.kind && a.number === b.number;
  return {
    rows: async (slug) => rows.filter((row) => row.slug === slug),
    allRows: async () => [...rows],
    names: async () => [...new Set(rows.map(({ slug }) => slug))],
    change: async (slug, plan) => {
      const { put, remove, result } = plan(rows.filter((row) => row.slug === slug));
      rows = [...rows.filter((row) => ![...put, ...remove].some(is(row))), ...put];
      return result;
    },
    close: () => undefined,
  };
}
