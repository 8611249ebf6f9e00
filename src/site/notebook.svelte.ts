import { type TidemarkErrorFacts } from '../model';
import { type Query, type ScenarioCell, type Setting, type SqlCell } from '../notebook/document';
import { type Fork, type RunSpec } from '../notebook/run';
import { cellsOf, runSpecs, type Turned } from '../notebook/settle';
import type { SessionClient, SessionState } from '../session/client';
import type { Bet, Conflict, Keep, LinkState, Saved } from './keep';
import type { Remark } from './keep/opened';
import { dictionary } from './keep/dictionary';
import { Notices } from './notices.svelte';
import type { SideBySide } from './compare.svelte';
import { type LessonData } from './pages';
import { Run } from './run.svelte';
import { guarded } from './trouble';

/**
 * One lesson while it is read: what the reader has laid over it, and the runs that follow from both. The author's
 * lesson is never changed; everything of the reader's is an overlay that can be taken off again.
 */
export class Notebook {
  readonly data: LessonData;
  readonly notices = new Notices();
  readonly runs: Record<string, Run>;
  /** Runs side by side, by id of the compare cell; each cell puts itself here. */
  readonly compares: Record<string, SideBySide> = {};

  client = $state.raw<SessionClient | null>(null);
  engine = $state.raw<SessionState>({ state: 'starting' });
  keep = $state.raw<Keep | null>(null);
  seed = $state.raw<number | null>(null);
  knobs = $state.raw<Record<string, number>>(dictionary());
  /** Text in the editors, where it is not the author's. */
  edits = $state.raw<Record<string, string>>(dictionary());
  /** Text that was last run, where it is not the author's. */
  ran = $state.raw<Record<string, string>>(dictionary());
  /** Options that an exercise has set, by sql cell. */
  settings = $state.raw<Record<string, Setting>>(dictionary());
  forks = $state.raw<Record<string, Fork[]>>(dictionary());
  bets = $state.raw<Record<string, Bet>>(dictionary());
  answers = $state.raw<Saved['answers']>(dictionary());
  hints = $state.raw<Record<string, number>>(dictionary());
  done = $state(false);
  /** Entries that two tabs, or a file and this browser, have in two versions. */
  conflicts = $state.raw<Conflict[]>([]);
  linkTrouble = $state.raw<TidemarkErrorFacts | null>(null);
  /** What is to be said of the length of a text that is kept. */
  limitOf = $state.raw<(text: string) => string | null>(() => null);
  /** The run that the keys of the player move. */
  active = $state.raw<Run | null>(null);

  private queue: Promise<unknown> = Promise.resolve();
  private running: Run | null = null;

  constructor(data: LessonData) {
    this.data = data;
    this.runs = Object.fromEntries(
      cellsOf(data.lesson)
        .filter((cell) => cell.kind === 'sql')
        .map((cell) => [cell.id, new Run(cell, data.runs[cell.id] ?? null)]),
    );
    this.active = Object.values(this.runs)[0] ?? null;
  }

  get lesson() {
    return this.data.lesson;
  }

  /** Everything that is laid over the author's runs. Edited text counts once it was run. */
  get turned(): Turned {
    return { seed: this.seed, knobs: this.knobs, edits: this.ran, settings: this.settings, forks: this.forks };
  }

  specOf(id: string): RunSpec {
    return runSpecs(this.lesson, this.turned)[id];
  }

  scenarioOf(cell: SqlCell): ScenarioCell {
    return cellsOf(this.lesson).find((one): one is ScenarioCell => one.kind === 'scenario' && one.id === cell.reads)!;
  }

  private isAuthors(id: string): boolean {
    const scenario = this.scenarioOf(this.runs[id].cell);
    const turned = scenario.knobs.some((knob) => (this.knobs[knob.name] ?? knob.value) !== knob.value);
    const laid = this.ran[id] !== undefined || this.forks[id]?.length || Object.keys(this.settings[id] ?? {}).length;
    return this.seed === null && !turned && !laid;
  }

  /**
   * Starts the worker, puts back what was kept or linked, and opens the runs. Call it once, in the browser. `step` says
   * where runs stand, by id; `keep: false` stores nothing; `only` is the one run that is opened, without a second engine
   * in reserve. Returns what ends it all; then it may be started again.
   */
  async start(
    hash: string,
    { keep = true, step = {}, only }: { keep?: boolean; step?: Record<string, number>; only?: string } = {},
  ): Promise<() => void> {
    // What the first picture does not need comes after it.
    const { connect } = await import('../session/client');
    const client = connect({ spare: only === undefined });
    this.client = client;
    client.onstate((now) => {
      const isBack = this.engine.state === 'failed';
      this.engine = now;
      if (now.state === 'replaced') this.notices.tell({ id: 'engine', text: now.why });
      else if (now.state === 'failed') this.notices.drop('engine');
      else if (isBack) for (const run of Object.values(this.runs)) if (run.trouble) void this.open(run);
    });
    this.positions = step;
    if (keep || hash) await this.recall(hash, keep);
    for (const run of only ? [this.runs[only]] : Object.values(this.runs)) void this.open(run);
    const rest = setInterval(() => this.savePositions(), 3_000);
    // A page that is hidden may never come back. What storage has refused before is given to it once more.
    const leave = () => {
      this.savePositions();
      if (!this.keep?.lasts) void this.save({});
    };
    const leaving = ['pagehide', 'visibilitychange', 'freeze'];
    for (const event of leaving) addEventListener(event, leave, true);
    return () => {
      clearInterval(rest);
      for (const event of leaving) removeEventListener(event, leave, true);
      leave();
      this.keep?.close();
      for (const run of Object.values(this.runs)) run.leave();
      client.dispose();
    };
  }

  /** A link shows its edits and runs only what the lesson itself has; the reader presses Run for the rest. */
  private async recall(hash: string, keeps: boolean): Promise<void> {
    await guarded(
      'what was kept',
      (facts) => this.notices.tell({ id: 'keep', text: `Not saved in this browser: ${facts.what}.` }),
      async () => {
        const { limitInWords, openWork } = await import('./keep');
        this.limitOf = limitInWords;
        const { keep, saved, link, trouble, remarks, also } = await openWork(this.lesson.slug, hash, { keeps });
        this.keep = keep;
        this.linkTrouble = trouble;
        if (keep || link) this.adopt(saved);
        this.sayReason();
        this.isLink = link !== null;
        this.linked = link?.moment ?? {};
        this.clocks = link?.clock ?? {};
        if (link) for (const [id, sides] of Object.entries(this.compares)) sides.restore(link.place?.[id] ?? sides.at);
        remarks.forEach(this.remark);
        void also.then((more) => more.forEach(this.remark));
        keep?.onchange((now) => {
          this.follow(now);
          this.notices.tell({ id: 'keep', text: 'Another tab changed this lesson; this one shows it now.' });
        });
      },
    );
  }

  private readonly remark = ({ id, text, go }: Remark): void =>
    this.notices.tell({ id, text, ...(go && { action: { label: go.label, run: () => void this.goTo(go.hash) } }) });

  /** Shows another document of the lesson: the reader's own work, or that of a link. */
  async goTo(hash: string): Promise<void> {
    const run = (): void => {
      history.replaceState(history.state, '', location.pathname + location.search + hash);
      location.reload();
    };
    await this.keep?.write({});
    if (this.keep?.lasts ?? true) return run();
    const { SHOW_ANYWAY, WOULD_BE_LOST } = await import('./keep');
    this.notices.tell({ id: 'go', text: WOULD_BE_LOST, action: { label: SHOW_ANYWAY, run } });
  }

  private showKept(): void {
    if (this.keep) this.follow(this.keep.read());
    this.sayReason();
  }

  /** Shows what is kept by now, also in the runs that follow from it. */
  private follow(saved: Saved): void {
    const before = runSpecs(this.lesson, this.turned);
    this.adopt(saved);
    for (const [id, spec] of Object.entries(runSpecs(this.lesson, this.turned)))
      if (JSON.stringify(spec) !== JSON.stringify(before[id])) void this.rerun(id);
  }

  private sayReason(): void {
    const reason = this.keep?.reason ?? null;
    if (reason) this.notices.tell({ id: 'keep', text: reason });
    this.conflicts = this.keep?.conflicts() ?? [];
  }

  /** Lays a saved file over what is here. Throws a TidemarkError for a file that is none. */
  async importFile(file: Blob): Promise<void> {
    await this.keep?.importFile(file);
    this.showKept();
  }

  async resolve(id: string, keep: 'here' | number): Promise<void> {
    await this.keep?.resolve({ id, keep });
    this.showKept();
  }

  /** Shows what is kept. */
  private adopt(saved: Saved): void {
    this.seed = saved.seed.data ?? null;
    this.knobs = saved.knobs;
    this.edits = this.known(saved.edits, (id, text) => text !== this.runs[id].cell.text);
    this.forks = this.known(saved.forks);
    this.bets = saved.bets;
    this.answers = saved.answers;
    this.hints = saved.hints;
    this.done = saved.done;
    this.positions = saved.position;
  }

  /** The entries of runs that the lesson has. */
  private known<T>(entries: Record<string, T>, and = (_id: string, _entry: T): boolean => true): Record<string, T> {
    const found = Object.entries(entries).filter(([id, one]) => Object.hasOwn(this.runs, id) && and(id, one));
    return dictionary(Object.fromEntries(found));
  }

  private isLink = false;
  /** Where runs stood when they were kept. */
  private positions: Record<string, number> = {};
  /** The moments that a link asks for. */
  private linked: LinkState['moment'] = {};
  /** The clocks that a link asks for, until each is set. */
  private clocks: LinkState['clock'] & object = {};

  get authorsSeed(): number {
    const scenario = cellsOf(this.lesson).find((cell): cell is ScenarioCell => cell.kind === 'scenario');
    return scenario?.scenario.data.seed ?? 0;
  }

  /** Opens a run as the overlay defines it. Runs are opened one after the other: the engine drives one at a time. */
  private open(run: Run): Promise<void> {
    const id = run.cell.id;
    const task = async (): Promise<void> => {
      const client = this.client;
      if (!client) return;
      this.running = run;
      await guarded(
        id,
        (facts) => (run.trouble = facts),
        async () => {
          await run.open(client, this.specOf(id), { authors: !run.live && this.isAuthors(id) });
          if (run.moved) return;
          const step = await this.positionOf(run, client);
          if (step === undefined) return;
          const { [id]: clock, ...others } = this.clocks;
          this.clocks = others;
          if (clock) await run.goBy(clock, step);
          else if (step !== run.step) run.seek(step);
        },
      );
      this.running = null;
    };
    this.queue = this.queue.then(task, task);
    return this.queue as Promise<void>;
  }

  /** The step at which a run is to open, where a link or kept work names one. */
  private async positionOf({ cell, summary }: Run, client: SessionClient): Promise<number | undefined> {
    const [kept, linked] = [this.positions[cell.id], this.linked[cell.id]];
    if (kept !== undefined || !linked || !summary) return kept;
    const found = await client.stepAt(summary.id, ...linked);
    return 'ok' in found ? found.ok : undefined;
  }

  pause(): void {
    for (const run of Object.values(this.runs)) run.pause();
  }

  /** Runs a cell again under its overlay; what it was doing is given up. */
  async rerun(id: string): Promise<void> {
    const run = this.runs[id];
    if (this.running === run) await this.client?.cancel();
    await this.open(run);
  }

  turn(scenario: ScenarioCell, name: string, value: number): void {
    this.knobs = dictionary({ ...this.knobs, [name]: value });
    this.saveOne('knobs', name, value);
    this.rerunReaders(scenario);
  }

  resetKnobs(scenario: ScenarioCell): void {
    const names = new Set(scenario.knobs.map((knob) => knob.name));
    this.knobs = dictionary(Object.fromEntries(Object.entries(this.knobs).filter(([name]) => !names.has(name))));
    void this.save({ knobs: this.knobs });
    this.rerunReaders(scenario);
  }

  private rerunReaders(scenario: ScenarioCell): void {
    for (const { cell } of Object.values(this.runs)) if (cell.reads === scenario.id) void this.rerun(cell.id);
  }

  reseed(seed: number): void {
    this.seed = seed === this.authorsSeed ? null : seed;
    void this.save({ seed: this.seed === null ? {} : { data: this.seed } });
    for (const id of Object.keys(this.runs)) void this.rerun(id);
  }

  edit({ id, text: authors }: SqlCell, text: string): void {
    const laid = (edits: Record<string, string>): Record<string, string> => {
      const copy = dictionary(edits);
      if (text === authors) Reflect.deleteProperty(copy, id);
      else copy[id] = text;
      return copy;
    };
    this.edits = laid(this.edits);
    void this.save({ edits: laid(this.keep?.read().edits ?? {}) });
  }

  async runText(cell: SqlCell): Promise<void> {
    const ran = dictionary(this.ran);
    const text = this.edits[cell.id];
    if (text === undefined) Reflect.deleteProperty(ran, cell.id);
    else ran[cell.id] = text;
    this.ran = ran;
    await this.rerun(cell.id);
  }

  /** Back to the author's text. */
  async resetText(cell: SqlCell): Promise<void> {
    const wasRun = this.ran[cell.id] !== undefined;
    this.edit(cell, cell.text);
    if (wasRun || this.runs[cell.id].trouble) await this.runText(cell);
  }

  /** The promise is kept once the run is there. */
  async setForks(id: string, forks: Fork[]): Promise<void> {
    this.forks = dictionary({ ...this.forks, [id]: forks });
    this.saveOne('forks', id, forks.length ? forks : undefined);
    await this.rerun(id);
  }

  /** Shows an exercise's answer in the figures of its run; an empty setting takes it off. */
  apply(id: string, setting: Setting): void {
    this.settings = dictionary({ ...this.settings, [id]: setting });
    void this.rerun(id);
  }

  bet(id: string, bet: Bet): void {
    this.bets = dictionary({ ...this.bets, [id]: bet });
    this.saveOne('bets', id, bet);
    this.settle();
  }

  answer(id: string, answer: Saved['answers'][string]): void {
    this.answers = dictionary({ ...this.answers, [id]: answer });
    this.saveOne('answers', id, answer);
    this.settle();
  }

  hint(id: string, count: number): void {
    this.hints = dictionary({ ...this.hints, [id]: count });
    this.saveOne('hints', id, count);
  }

  /** What is kept may have more entries than are shown here. */
  private saveOne(field: 'knobs' | 'forks' | 'bets' | 'answers' | 'hints', name: string, value: unknown): void {
    void this.save({ [field]: { ...this.keep?.read()[field], [name]: value } });
  }

  /** A lesson is done when every bet is locked and every exercise passed. */
  private settle(): void {
    const open = cellsOf(this.lesson).some(
      (cell) =>
        (cell.kind === 'predict' && !this.bets[cell.id]?.locked) ||
        (cell.kind === 'exercise' && !this.answers[cell.id]?.passed),
    );
    if (open || this.done) return;
    this.done = true;
    void this.save({ done: true });
  }

  /** Where runs stand is kept now and then, and not at every step. */
  private savePositions(): void {
    const moved = Object.values(this.runs).filter((run) => run.moved && !run.playing);
    const stands = Object.fromEntries(moved.map((run) => [run.cell.id, run.step]));
    if (Object.entries(stands).every(([id, step]) => this.positions[id] === step)) return;
    this.positions = { ...this.positions, ...stands };
    // To look at a link is not to have made something of it.
    if (this.isLink && !this.keep?.read().revision) return;
    void this.save({ position: { ...this.keep?.read().position, ...stands } });
  }

  private async save(change: Partial<Saved>): Promise<void> {
    if (!this.keep) return;
    const outcome = await this.keep.write(change);
    if (outcome === 'saved') this.notices.drop('keep');
    this.sayReason();
  }

  /** The author's specs, for questions of the lesson. */
  authorsSpecs(): Record<string, RunSpec> {
    return runSpecs(this.lesson);
  }

  /** Answers a question about the author's runs; `set` lays a reader's setting over it. */
  async ask(query: Query, set: Setting = {}) {
    if (!this.client) return null;
    const asked = query.ask === 'value' ? query : { ...query, set: { ...set, ...query.set } };
    return this.client.ask(asked, this.authorsSpecs());
  }
}
