import { knownTable } from '../figures/known';
import { knownSentence } from '../words/known';
import { formatClock, MAX_TIME, type SnapshotPart, type Snapshot, type Table, type TidemarkErrorFacts } from '../model';
import type { SessionClient } from '../session/client';
import { type RunClock, type RunSummary } from '../session/protocol';
import { type SharedParts } from './parts';

export type ClockName = 'processing' | RunClock;

/** The clocks as the player names them. */
export const CLOCKS: readonly { name: ClockName; text: string; title: string }[] = [
  { name: 'processing', text: 'processing', title: 'step by step, in the order of processing time' },
  { name: 'event', text: 'event', title: 'by event time: where the watermark got to' },
  { name: 'known', text: 'known at', title: 'what was known at a time, beside what is published now' },
];

/** Who asks for the result that the known-at sentence is about. */
const RESULT = 'known-at';

/**
 * The clock that one run is scrubbed by (`DESIGN.md` §1.3). Processing time is the order of its steps; the other two
 * have moments of their own, each shown by one step.
 */
export class Clock {
  name = $state<ClockName>('processing');
  private moments = $state.raw<Table | null>(null);
  /** The run at its end, for what is published now. */
  private end = $state.raw<Snapshot | null>(null);

  constructor(private readonly parts: SharedParts) {}

  /** How many moments there are; null where each step is one. */
  get places(): number | null {
    return this.moments?.length ?? null;
  }

  /** Moments done behind a step, counted from 1. */
  placeOf(step: number): number {
    const { moments } = this;
    if (!moments) return step + 1;
    let done = 0;
    while (done < moments.length && moments.columns[1].data[done] <= step) done += 1;
    return done;
  }

  stepAt(place: number): number {
    if (!this.moments) return place - 1;
    return place === 0 ? -1 : this.moments.columns[1].data[place - 1];
  }

  /** Whether a step is the very one that shows its moment. */
  isAt(step: number): boolean {
    return this.stepAt(this.placeOf(step)) === step;
  }

  /** What a place of this clock is called; empty where steps are counted. */
  readout(place: number): string {
    const { moments } = this;
    if (!moments) return '';
    const time = place === 0 ? null : moments.columns[0].data[place - 1];
    if (this.name === 'known') return time === null ? 'nothing known yet' : `known at ${formatClock(time, 'seconds')}`;
    if (time === null) return 'no watermark yet';
    return time >= MAX_TIME ? 'end of time' : `event time ${formatClock(time, 'seconds')}`;
  }

  /** Loads what a clock needs; reports what failed, and then keeps the old one. */
  async goBy(name: ClockName, client: SessionClient, { id, steps }: RunSummary): Promise<TidemarkErrorFacts | null> {
    let moments: Table | null = null;
    let end: Snapshot | null = null;
    if (name !== 'processing') {
      const found = await client.moments(id, name);
      if (!('ok' in found)) return 'failed' in found ? found.failed : null;
      moments = found.ok;
    }
    if (name === 'known') {
      this.parts.add(RESULT, { result: { part: 'result' } });
      const found = await client.state(id, steps - 1, this.parts.requests);
      if (!('ok' in found)) return 'failed' in found ? found.failed : null;
      end = found.ok;
    }
    [this.name, this.moments, this.end] = [name, moments, end];
    return null;
  }

  /** The same clock for a run that was opened anew. */
  async follow(client: SessionClient, summary: RunSummary): Promise<void> {
    if (this.name !== 'processing' && (await this.goBy(this.name, client, summary)))
      [this.name, this.moments, this.end] = ['processing', null, null];
  }

  /** The snapshot as a cell asked for it; by known-at time with a part `known` beside each `result`. */
  viewOf(cell: string, snapshot: Snapshot, keys: readonly string[]): Snapshot {
    const view = this.parts.viewOf(cell, snapshot);
    const { end } = this;
    if (!end) return view;
    const now = this.parts.viewOf(cell, end);
    const known = Object.entries(view.parts).flatMap(([name, part]): [string, SnapshotPart][] => {
      if (!name.endsWith('result') || !part || !now.parts[name]) return [];
      const { table } = knownTable(part.table, now.parts[name].table, keys);
      return [[name.replace(/result$/, 'known'), { ...part, table }]];
    });
    return { ...view, parts: { ...view.parts, ...Object.fromEntries(known) } };
  }

  /** What was known, in one sentence; null by other clocks, and before the first answer. */
  knownSentence(snapshot: Snapshot | null, keys: readonly string[]): string | null {
    if (!this.end || !snapshot) return null;
    const [then, now] = [snapshot, this.end].map((one) => this.parts.viewOf(RESULT, one).parts.result?.table);
    if (!then || !now) return null;
    const place = this.placeOf(snapshot.step);
    const time = place === 0 ? null : this.moments?.columns[0].data[place - 1];
    return knownSentence(
      knownTable(then, now, keys),
      typeof time === 'number' ? formatClock(time, 'seconds') : 'the start',
    );
  }
}
