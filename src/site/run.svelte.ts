import { MARKS, type Mark, type Snapshot, type TidemarkErrorFacts } from '../model';
import { type SqlCell } from '../notebook/document';
import { type RunSpec } from '../notebook/run';
import type { SessionClient } from '../session/client';
import { type Progress, type RunSummary } from '../session/protocol';
import { Clock, type ClockName } from './clock.svelte';
import { SharedParts } from './parts';
import { type PreparedRun } from './pages';
import { answerOf, guarded, stateOf } from './trouble';
import type { Pointed } from './why/pointed';

export interface Moment {
  step: number;
  mark: Mark;
}

/** Steps per second that the reader may choose. */
export const SPEEDS = [1, 2, 4, 8, 16, 32, 64] as const;

/**
 * One run as the page sees it: what it is, where it stands, and whether it is playing. There is at most one question
 * to the worker in flight; wherever the reader has moved meanwhile is asked next, so scrubbing never queues up.
 */
export class Run {
  readonly cell: SqlCell;
  private readonly parts = new SharedParts();
  /** The clock that the player goes by. */
  readonly clock = new Clock(this.parts);
  /** Where each cell stands until the reader moves the run. */
  private readonly opened: Record<string, Snapshot> = {};

  summary = $state.raw<RunSummary | null>(null);
  snapshot = $state.raw<Snapshot | null>(null);
  /** Where the reader wants to be: -1 is before the first step. The snapshot follows. */
  step = $state(-1);
  moved = $state(false);
  /** Whether anyone has asked for a place yet; until the first answer comes, cells still draw what they opened with. */
  private sought = $state(false);
  playing = $state(false);
  speed = $state<number>(4);
  progress = $state.raw<Progress | null>(null);
  trouble = $state.raw<TidemarkErrorFacts | null>(null);
  /** Whether what is shown is from before a run that the reader has cancelled. */
  cancelled = $state(false);
  /** The trace hash written into the page, where the browser's run has another one. */
  differs = $state<string | null>(null);
  /** What an open answer to a question about this run refers to. */
  pointed = $state.raw<Pointed | null>(null);

  private client = $state.raw<SessionClient | null>(null);
  private spec: RunSpec | null = null;
  private readonly prepared: PreparedRun | null;
  private turn = 0;
  private fetching = false;
  private frame = 0;
  private due = 0;
  private last = 0;

  constructor(cell: SqlCell, prepared: PreparedRun | null) {
    this.cell = cell;
    this.prepared = prepared;
    if (!prepared) return;
    for (const [id, { requests, snapshot }] of Object.entries(prepared.drawn)) {
      this.parts.add(id, requests);
      this.opened[id] = snapshot;
    }
    this.summary = prepared.summary;
    this.step = Object.values(this.opened)[0]?.step ?? -1;
    this.speed = fittingSpeed(prepared.summary.steps);
  }

  get lastStep(): number {
    return (this.summary?.steps ?? 0) - 1;
  }

  get live(): boolean {
    return this.client !== null && this.summary !== null;
  }

  /** What a cell of this run draws now. */
  viewOf(cell: string): Snapshot | null {
    if (!this.moved) return this.opened[cell] ?? null;
    return this.snapshot && this.clock.viewOf(cell, this.snapshot, this.summary?.keys ?? []);
  }

  openedAt(cell: string): Snapshot | null {
    return this.opened[cell] ?? null;
  }

  /** Where a cell stands; cells may open at different moments of one run. */
  standOf(cell: string): number {
    return this.sought ? this.step : (this.opened[cell]?.step ?? this.step);
  }

  /** The first touch of the player under a cell goes on from what that cell shows. */
  takeFrom(cell: string): void {
    this.step = this.standOf(cell);
  }

  get moments(): Moment[] {
    const marks = this.summary?.marks;
    if (!marks) return [];
    const [steps, kinds] = [marks.columns[0].data, marks.columns[1].data];
    return Array.from({ length: marks.length }, (_, i) => ({ step: steps[i], mark: MARKS[kinds[i]] }));
  }

  /**
   * Opens the run that `spec` describes. The first time this is the author's, which the page already shows: then the
   * hash must be the one that was written into the page. `stay` keeps the moment in processing time.
   */
  async open(client: SessionClient, spec: RunSpec, { authors = false }: { authors?: boolean } = {}): Promise<void> {
    const turn = ++this.turn;
    this.trouble = null;
    this.pause();
    const atEnd = this.summary !== null && this.step >= this.lastStep;
    const stood = this.snapshot?.clocks.processingTime ?? null;
    await guarded(
      this.cell.id,
      (facts) => turn === this.turn && (this.trouble = facts),
      async () => {
        const outcome = await client.run(spec, (progress) => {
          if (turn === this.turn) this.progress = progress;
        });
        if (turn !== this.turn) return;
        this.cancelled = 'cancelled' in outcome;
        const summary = answerOf(
          outcome,
          (facts) => (this.trouble = { ...facts, where: whereOf(this.cell.title || this.cell.id, facts.where) }),
        );
        if (!summary) return;
        this.client = client;
        this.spec = spec;
        this.summary = summary;
        if (authors && this.prepared) {
          this.differs = this.prepared.summary.hash === summary.hash ? null : this.prepared.summary.hash;
          return;
        }
        this.differs = null;
        await this.clock.follow(client, summary);
        this.speed = Math.max(this.speed, fittingSpeed(summary.steps));
        await this.stand(client, summary, atEnd ? null : stood, turn);
      },
    );
    if (turn === this.turn) this.progress = null;
  }

  /** After a new run: the end stays the end, any other place stays at its processing time. */
  private async stand(
    client: SessionClient,
    summary: RunSummary,
    processing: number | null,
    turn: number,
  ): Promise<void> {
    let step = summary.steps - 1;
    if (processing !== null) {
      const found = await client.seekTime(summary.id, 'processing', processing);
      if ('ok' in found) step = found.ok;
    }
    if (turn !== this.turn) return;
    this.seek(step);
  }

  seek(step: number): void {
    this.sought = true;
    this.step = Math.max(-1, Math.min(Math.round(step), this.lastStep));
    void this.follow();
  }

  /** The engine goes: what is drawn stays, and open answers do not count. */
  leave(): void {
    this.pause();
    this.turn += 1;
    this.client = null;
    this.progress = null;
  }

  private async follow(): Promise<void> {
    if (this.fetching || !this.client || !this.summary || !this.spec) return;
    this.fetching = true;
    let shown: number | null = null;
    try {
      while (shown !== this.step) {
        const { id }: RunSummary = this.summary;
        const wanted: number = this.step;
        const client: SessionClient | null = this.client;
        if (!client) break;
        const outcome = await stateOf(client, this.spec, { id, step: wanted, parts: this.parts.requests });
        if (client !== this.client) break;
        shown = wanted;
        if (id !== this.summary.id) shown = null;
        else if ('ok' in outcome) {
          this.snapshot = outcome.ok;
          this.moved = true;
        } else {
          if ('failed' in outcome) this.trouble = outcome.failed;
          break;
        }
      }
    } finally {
      this.fetching = false;
    }
  }

  /** Moments of the clock that are done, and how many there are; steps, where it goes by processing time. */
  get place(): number {
    return this.clock.placeOf(this.step);
  }

  get places(): number {
    return this.clock.places ?? this.lastStep + 1;
  }

  /** To a moment of the clock, from 1; 0 is before the first. */
  seekPlace(place: number): void {
    this.seek(this.clock.stepAt(Math.max(0, Math.min(place, this.places))));
  }

  /** Goes by another clock, and stands at its moment that is reached by now, or at `step`. */
  async goBy(clock: ClockName, step: number | null = null): Promise<void> {
    const { client, summary } = this;
    if (!client || !summary) return;
    this.pause();
    await guarded(
      this.cell.id,
      (facts) => (this.trouble = facts),
      async () => {
        this.trouble = null;
        const facts = await this.clock.goBy(clock, client, summary);
        if (facts) this.trouble = facts;
        if (step === null) this.seekPlace(this.place);
        else this.seek(step);
      },
    );
  }

  back(): void {
    this.pause();
    this.seekPlace(this.place - (this.clock.isAt(this.step) ? 1 : 0));
  }

  forward(): void {
    this.pause();
    this.seekPlace(this.place + 1);
  }

  first(): void {
    this.pause();
    this.seek(-1);
  }

  end(): void {
    this.pause();
    this.seek(this.lastStep);
  }

  nextMoment(): void {
    this.pause();
    this.seek(this.moments.find((one) => one.step > this.step)?.step ?? this.lastStep);
  }

  previousMoment(): void {
    this.pause();
    this.seek(this.moments.findLast((one) => one.step < this.step)?.step ?? -1);
  }

  play(): void {
    if (this.playing || !this.live) return;
    if (this.place >= this.places) this.seek(-1);
    this.playing = true;
    this.due = 0;
    this.last = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  pause(): void {
    this.playing = false;
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  private tick(now: number): void {
    if (!this.playing) return;
    // A slow frame or a slow answer loses time rather than jumping ahead.
    this.due = Math.min(this.due + ((now - this.last) / 1000) * this.speed, Math.max(1, this.speed / 8));
    this.last = now;
    const whole = Math.floor(this.due);
    if (whole > 0 && !this.fetching) {
      this.due -= whole;
      this.seekPlace(this.place + whole);
      if (this.place >= this.places) return this.pause();
    }
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }
}

/** The slowest speed at which the whole run takes no longer than a minute. */
export function fittingSpeed(steps: number): number {
  return SPEEDS.find((speed) => steps / speed <= 60) ?? SPEEDS[SPEEDS.length - 1];
}

/** The cell, and in it what the engine names. */
const whereOf = (cell: string, where?: string): string => (!where || where === 'run' ? cell : `${cell}, ${where}`);
