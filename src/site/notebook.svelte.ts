import { errorFacts, type TidemarkErrorFacts } from '../model';
import { type Query, type ScenarioCell, type Setting, type SqlCell } from '../notebook/document';
import { type Fork, type RunSpec } from '../notebook/run';
import { cellsOf, runSpecs, type Turned } from '../notebook/settle';
import type { SessionClient, SessionState } from '../session/client';
import type { Bet, Conflict, Keep, LinkState, Saved } from './keep';
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
    if (keep) await this.recall();
    await this.follow(hash);
    for (const run of only ? [this.runs[only]] : Object.values(this.runs)) void this.open(run);
    const rest = setInterval(() => this.savePositions(), 3_000);
    // What waits goes with the page, which may never come back from being hidden.
    const leave = () => this.savePositions();
    addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', leave);
    return () => {
      clearInterval(rest);
      removeEventListener('pagehide', leave);
      document.removeEventListener('visibilitychange', leave);
      this.savePositions();
      this.keep?.close();
      for (const run of Object.values(this.runs)) run.leave();
      client.dispose();
    };
  }

  private async recall(): Promise<void> {
    await guarded(
      'what was kept',
      (facts) => this.notices.tell({ id: 'keep', text: `Not saved in this browser: ${facts.what}.` }),
      async () => {
        const { limitInWords, openKeep } = await import('./keep');
        this.limitOf = limitInWords;
        const keep = await openKeep(this.lesson.slug);
        this.keep = keep;
        this.showKept();
        keep.onchange((saved) => {
          this.adopt(saved);
          this.notices.tell({ id: 'keep', text: 'Another tab changed this lesson; this one shows it now.' });
        });
      },
    );
  }

  private showKept(): void {
    if (this.keep) this.adopt(this.keep.read());
    this.sayReason();
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
    for (const run of Object.values(this.runs)) void this.rerun(run.cell.id);
  }

  async resolve(id: string, keep: 'here' | number): Promise<void> {
    await this.keep?.resolve({ id, keep });
    this.showKept();
  }

  /** Shows what is kept; over it what a link lays, as long as the reader has not changed that. */
  private adopt(saved: Saved): void {
    const { link } = this;
    const edits = this.known(link ? link.edits : saved.edits);
    for (const [id, text] of Object.entries(this.known(saved.edits))) if (this.typed.has(id)) edits[id] = text;
    for (const id of this.typed) if (saved.edits[id] === undefined) Reflect.deleteProperty(edits, id);
    this.edits = edits;
    const turned = Object.entries(saved.knobs).filter(([name]) => !link || this.turnedHere.has(name));
    this.knobs = dictionary({ ...link?.knobs, ...Object.fromEntries(turned) });
    const linked = Object.entries(link?.bets ?? {}).filter(([id]) => !this.betHere.has(id));
    const bets = linked.map(([id, value]) => [id, { value, locked: true }] as const);
    this.bets = dictionary({ ...saved.bets, ...Object.fromEntries(bets) });
    this.answers = saved.answers;
    this.hints = saved.hints;
    this.done = saved.done;
    this.positions = saved.position;
  }

  private known(edits: Record<string, string>): Record<string, string> {
    return dictionary(
      Object.fromEntries(
        Object.entries(edits).filter(([id, text]) => Object.hasOwn(this.runs, id) && text !== this.runs[id].cell.text),
      ),
    );
  }

  /** A link shows its edits and runs only what the lesson itself has; the reader presses Run for the rest. */
  private async follow(hash: string): Promise<void> {
    if (!hash.startsWith('#s=')) return;
    try {
      const { followLink, nothingSaved, linkNotice, TAKE_OWN } = await import('./keep');
      const { link, remark } = await followLink(hash, this.lesson.slug);
      const own = this.keep?.read() ?? nothingSaved();
      this.link = link;
      this.seed = link.seed;
      this.adopt(own);
      const forks = Object.entries(link.forks).filter(([id]) => Object.hasOwn(this.runs, id));
      this.forks = dictionary(Object.fromEntries(forks));
      this.linked = link.moment;
      this.positions = {};
      this.clocks = link.clock ?? {};
      for (const [id, sides] of Object.entries(this.compares)) sides.restore(link.place?.[id] ?? sides.at);
      if (remark) this.notices.tell({ id: 'link', text: remark });
      // Own work that the link hides is offered back.
      this.notices.tell({
        id: 'shows-a-link',
        text: linkNotice({ ...own, edits: this.known(own.edits) }, this),
        action: { label: TAKE_OWN, run: () => this.leaveLink() },
      });
    } catch (thrown) {
      this.linkTrouble = errorFacts(thrown, 'the link');
    }
  }

  /** Back to what the reader has kept; the link is taken out of the address. */
  leaveLink(): void {
    history.replaceState(history.state, '', location.pathname + location.search);
    this.link = null;
    this.linked = {};
    this.clocks = {};
    this.seed = null;
    this.forks = dictionary();
    this.ran = dictionary();
    if (this.keep) this.adopt(this.keep.read());
    this.notices.drop('shows-a-link');
    this.notices.drop('link');
    for (const id of Object.keys(this.runs)) void this.rerun(id);
  }

  /** What a link lays over what is kept, and what of it the reader has changed since. */
  private link: LinkState | null = null;
  private readonly typed = new Set<string>();
  private readonly turnedHere = new Set<string>();
  private readonly betHere = new Set<string>();
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
    const linked = this.linked[cell.id];
    if (!linked || !summary) return this.positions[cell.id];
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
    this.turnedHere.add(name);
    this.saveOne('knobs', name, value);
    this.rerunReaders(scenario);
  }

  resetKnobs(scenario: ScenarioCell): void {
    const names = new Set(scenario.knobs.map((knob) => knob.name));
    const others = (knobs: Record<string, number>) =>
      dictionary(Object.fromEntries(Object.entries(knobs).filter(([name]) => !names.has(name))));
    this.knobs = others(this.knobs);
    for (const name of names) this.turnedHere.add(name);
    void this.save({ knobs: others(this.keep?.read().knobs ?? {}) });
    this.rerunReaders(scenario);
  }

  private rerunReaders(scenario: ScenarioCell): void {
    for (const { cell } of Object.values(this.runs)) if (cell.reads === scenario.id) void this.rerun(cell.id);
  }

  reseed(seed: number): void {
    this.seed = seed === this.authorsSeed ? null : seed;
    for (const id of Object.keys(this.runs)) void this.rerun(id);
  }

  /** The first edit over a link puts the reader's own text of that cell aside, where both are kept to choose from. */
  edit(cell: SqlCell, text: string): void {
    const { id } = cell;
    const kept = this.keep?.read().edits ?? {};
    const own = kept[id];
    const hidden = this.link !== null && !this.typed.has(id) && own !== undefined && own !== this.edits[id];
    this.typed.add(id);
    const laid = (edits: Record<string, string>): Record<string, string> => {
      const copy = dictionary(edits);
      if (text === cell.text) Reflect.deleteProperty(copy, id);
      else copy[id] = text;
      return copy;
    };
    this.edits = laid(this.edits);
    void this.save({ edits: laid(kept) }, hidden && own !== text ? [{ field: 'edits', key: id, value: own }] : []);
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
    await this.rerun(id);
  }

  /** Shows an exercise's answer in the figures of its run; an empty setting takes it off. */
  apply(id: string, setting: Setting): void {
    this.settings = dictionary({ ...this.settings, [id]: setting });
    void this.rerun(id);
  }

  bet(id: string, bet: Bet): void {
    this.bets = dictionary({ ...this.bets, [id]: bet });
    this.betHere.add(id);
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

  /** What is kept may have other values than those here, which a link has shown. */
  private saveOne(field: 'knobs' | 'bets' | 'answers' | 'hints', name: string, value: unknown): void {
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
    void this.save({ position: { ...this.keep?.read().position, ...stands } });
  }

  private async save(change: Partial<Saved>, aside?: Parameters<Keep['write']>[1]): Promise<void> {
    if (!this.keep) return;
    const outcome = await this.keep.write(change, aside);
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
