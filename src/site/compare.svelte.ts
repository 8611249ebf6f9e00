import { type Schema, type Snapshot, type TidemarkErrorFacts } from '../model';
import { type CompareCell } from '../notebook/document';
import { type RunSpec } from '../notebook/run';
import type { SessionClient } from '../session/client';
import { type Comparison, type Outcome, type PartRequests, type Progress } from '../session/protocol';
import { type PreparedCompare } from './pages';
import { guarded, stateOf } from './trouble';

/**
 * Runs side by side as the page sees them: one place on the clock that they share, and what each of them draws there. At
 * most one question to the worker is in flight, as with a run of its own.
 */
export class SideBySide {
  comparison = $state.raw<Comparison>()!;
  /** Row of the clock where the reader wants to be; -1 is before the first. The snapshots follow. */
  at = $state(-1);
  snapshots = $state.raw<readonly Snapshot[]>([]);
  progress = $state.raw<Progress | null>(null);
  trouble = $state.raw<TidemarkErrorFacts | null>(null);

  private client: SessionClient | null = null;
  private specs: readonly RunSpec[];
  private requests: PartRequests;
  /** What the picture asks for where nothing is chosen. */
  private readonly whole: PartRequests;
  private fetching = false;
  /** A place that a link asks for, until the reader moves: it is one of the runs that the link names. */
  private linked: number | null = null;
  /** What the snapshots show: place, runs and requests. */
  private shown = '';

  constructor(
    private readonly cell: CompareCell,
    prepared: PreparedCompare,
    specs: readonly RunSpec[],
  ) {
    this.comparison = prepared.comparison;
    this.at = prepared.at;
    this.snapshots = prepared.snapshots;
    this.requests = this.whole = prepared.requests;
    this.specs = specs;
    this.shown = this.wanted;
  }

  get last(): number {
    return this.comparison.clock.length - 1;
  }

  /** Processing time of the place; before everything where it is before the first row. */
  get time(): number {
    return this.at < 0 ? -Infinity : this.comparison.clock.columns[0].data[this.at];
  }

  stepOf(run: number): number {
    return this.at < 0 ? -1 : this.comparison.clock.columns[run + 1].data[this.at];
  }

  private get wanted(): string {
    return JSON.stringify([this.at, this.comparison.runs.map(({ id }) => id), this.requests]);
  }

  /** The place that a link names. */
  restore(at: number): void {
    this.seek(at);
    this.linked = at;
  }

  seek(at: number): void {
    this.linked = null;
    this.at = Math.max(-1, Math.min(Math.round(at), this.last));
    void this.follow();
  }

  /** Columns of the tables that a choice of rows narrows. */
  get narrowed(): Schema[] {
    const names = Object.entries(this.whole).flatMap(([name, request]) => ('where' in request ? [name] : []));
    return this.snapshots.flatMap(({ parts }) =>
      names.flatMap((name) => (parts[name] ? [parts[name].table.schema] : [])),
    );
  }

  /** Draws other parts of the runs. */
  ask(requests: PartRequests): void {
    this.requests = requests;
    void this.follow();
  }

  /** The runs under what the reader has laid over them; compared anew where that has changed. */
  async adopt(client: SessionClient, specs: readonly RunSpec[]): Promise<void> {
    this.client = client;
    // A link may have moved it before anyone could be asked.
    if (JSON.stringify(specs) === JSON.stringify(this.specs)) return this.follow();
    this.specs = specs;
    const time = this.time;
    const atEnd = this.at >= this.last;
    await guarded(
      this.cell.id,
      (facts) => (this.trouble = facts),
      async () => {
        this.progress = { doing: 'running', done: 0, total: 0 };
        const outcome = await this.compare(client, specs);
        if (specs !== this.specs) return;
        this.progress = null;
        if ('failed' in outcome) this.trouble = outcome.failed;
        if (!('ok' in outcome)) return;
        this.trouble = null;
        this.comparison = outcome.ok;
        if (this.linked !== null) return this.restore(this.linked);
        const times = Array.from(this.comparison.clock.columns[0].data.subarray(0, this.last + 1));
        this.seek(atEnd ? this.last : times.filter((one) => one <= time).length - 1);
      },
    );
    if (specs === this.specs) this.progress = null;
  }

  /** What another cell gives up, such as a run that begins anew, also ends what this one waits for; then it asks again. */
  private async compare(client: SessionClient, specs: readonly RunSpec[]): Promise<Outcome<Comparison>> {
    for (;;) {
      const outcome = await client.compare([...specs], this.cell.by, (progress) => {
        if (specs === this.specs) this.progress = progress;
      });
      if (!('cancelled' in outcome) || specs !== this.specs) return outcome;
    }
  }

  private async follow(): Promise<void> {
    const { client } = this;
    if (this.fetching || !client || !this.cell.figure) return;
    this.fetching = true;
    try {
      while (this.shown !== this.wanted) {
        const wanted = this.wanted;
        const found: Snapshot[] = [];
        for (const [run, { id }] of this.comparison.runs.entries()) {
          const outcome = await stateOf(client, this.specs[run], { id, step: this.stepOf(run), parts: this.requests });
          if ('ok' in outcome) found.push(outcome.ok);
          else if ('failed' in outcome) {
            this.trouble = outcome.failed;
            return;
          }
        }
        if (found.length === this.comparison.runs.length) this.snapshots = found;
        this.shown = wanted;
      }
    } finally {
      this.fetching = false;
    }
  }
}
