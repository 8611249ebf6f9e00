import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyBytes, keyGroupOf, subtaskOf, type Checkpoint } from '../../../src/engine/state/checkpoint';
import { Identities } from '../../../src/engine/state/identities';
import { OPERATORS } from '../../../src/engine/nodes/stream';
import { DELETE, INSERT, tableOf, type Schema, type Value } from '../../../src/model';
import { type Emission, type OperatorDrive } from '../../support/operatorDrive';
import { SETTINGS, start, type Setting } from './settings';

const runs = process.env.LONG ? 500 : 12;

const TEXTS = ['rome', 'oslo', 'bern', 'kyiv'];

/** What one subtask or another is given. */
type Step =
  | { type: 'row'; port: number; values: Value[]; time: number; kind: number; ids: [number, number, number] }
  | { type: 'watermark' | 'clock'; time: number }
  | { type: 'end' };

interface Draft {
  what: number;
  port: number;
  key: number;
  text: number;
  value: number;
  ahead: number;
}

const draft = fc.record({
  what: fc.nat(9),
  port: fc.nat(1),
  key: fc.nat(4),
  text: fc.nat(4),
  value: fc.integer({ min: -3, max: 6 }),
  ahead: fc.integer({ min: -1_500, max: 6_000 }),
});

const moved = (step: Step): boolean => step.type !== 'row';

/** Rows up to 1.5 s late, watermarks and the clock, in seconds so that times are often equal. */
function scriptOf(setting: Setting, drafts: readonly Draft[], ports: readonly Schema[]): Step[] {
  const live: (Step & { type: 'row' })[] = [];
  let watermark = 0;
  let clock = 0;
  const steps = drafts.map(({ what, port: any, key, text, value, ahead }, i): Step => {
    if (what === 0) return { type: 'watermark', time: (watermark += Math.max(0, ahead)) };
    if (what === 1) return { type: 'clock', time: (clock += Math.max(0, ahead)) };
    const gone = what === 2 && setting.retracting ? live.splice(value + 3, 1)[0] : undefined;
    if (gone) return { ...gone, kind: DELETE };
    const port = any % ports.length;
    const time = watermark + (ahead < 0 ? ahead : Math.round(ahead / 1_000) * 1_000);
    const columns: Record<string, Value> = {
      k: key === 4 ? null : TEXTS[key],
      c: text === 4 ? null : TEXTS[3 - text],
      v: value < -2 ? null : value,
      d: value / 3,
      at: time,
      window_start: Math.floor(time / 4_000) * 4_000,
      window_end: Math.floor(time / 4_000) * 4_000 + 4_000,
      window_time: Math.floor(time / 4_000) * 4_000 + 3_999,
    };
    const values = ports[port].map(({ name }) => columns[name]);
    const row = {
      type: 'row' as const,
      port,
      values,
      time,
      kind: INSERT,
      ids: [port, 0, i] as [number, number, number],
    };
    live.push(row);
    return row;
  });
  return [...steps, { type: 'watermark', time: watermark + 2_000 }, { type: 'clock', time: clock + 2_000 }];
}

const groupOf = (setting: Setting, { values, port }: Step & { type: 'row' }, ports: readonly Schema[]): number => {
  const schema = setting.key.map((name) => ports[port].find((one) => one.name === name)!);
  const key = setting.key.map((name) => values[ports[port].findIndex((one) => one.name === name)]);
  return keyGroupOf(keyBytes(tableOf(schema, [key]).columns, 0));
};

/** The operator in one or several subtasks, over the ranges of key groups that each of them has. */
class Job {
  readonly subtasks: OperatorDrive[];
  readonly ports: readonly Schema[];
  private readonly identities = new Identities();

  constructor(
    readonly setting: Setting,
    readonly size: number,
    seed: number,
    from: { checkpoints: Checkpoint[]; identities: Uint8Array; like: OperatorDrive } | null = null,
  ) {
    const texts = TEXTS.map((_, i) => TEXTS[(i + seed) % TEXTS.length]);
    this.subtasks = Array.from({ length: size }, (_, i) =>
      start(setting, [`noise ${seed} ${i}`, ...texts], this.identities),
    );
    this.ports = this.subtasks[0].batches.map(({ schema }) => schema);
    if (from) this.identities.restore(from.identities);
    this.subtasks.forEach((drive, i) => {
      if (!from) return;
      drive.watermark = from.like.watermark;
      drive.now = from.like.now;
      drive.state.restore(from.checkpoints, (group) => subtaskOf(group, size) === i);
    });
  }

  /** The same state in a new process with that many subtasks. */
  restarted(size: number, seed: number): Job {
    return new Job(this.setting, size, seed, {
      checkpoints: this.checkpoints(),
      identities: this.identities.checkpoint(),
      like: this.subtasks[0],
    });
  }

  checkpoints(): Checkpoint[] {
    return this.subtasks.map(({ state }) => state.checkpoint());
  }

  /** Without a key there is one subtask that has anything to do. */
  private get busy(): OperatorDrive[] {
    return this.setting.key.length > 0 ? this.subtasks : [this.subtasks[this.at(keyGroupOf(new Uint8Array(0)))]];
  }

  private at(group: number): number {
    return subtaskOf(group, this.size);
  }

  /** What comes out of each step, by key: of several subtasks, rows of different keys have no order. */
  drive(steps: readonly Step[]): Record<string, string[]>[] {
    return steps.map((step) => {
      const found: Record<string, string[]> = {};
      for (const one of this.take(step)) {
        // A padded row of a full join has its key on the right.
        const key = JSON.stringify(this.setting.key.map((name) => one.row[name] ?? one.row[`${name}0`]));
        (found[key] ??= []).push(JSON.stringify(one));
      }
      return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
    });
  }

  /** The same of one subtask, in the order in which it comes. */
  driveInOrder(steps: readonly Step[]): Output[][] {
    return steps.map((step) => this.take(step));
  }

  private take(step: Step): Output[] {
    if (step.type === 'row') {
      const { values, time, port, kind, ids } = step;
      const group =
        this.setting.key.length > 0 ? groupOf(this.setting, step, this.ports) : keyGroupOf(new Uint8Array(0));
      return outputsOf(this.subtasks[this.at(group)], (drive) => drive.row(values, { time, port, kind, ids }));
    }
    return this.busy.flatMap((one) =>
      outputsOf(one, (drive) => {
        if (step.type === 'watermark') return drive.advance(step.time);
        return step.type === 'clock' ? drive.clock(step.time) : drive.end();
      }),
    );
  }

  get rows(): number {
    return this.subtasks.reduce((sum, { state }) => sum + state.rows, 0);
  }
}

/** A row that was emitted, or one that was dropped with the length of its window. */
interface Output {
  change: string;
  time: number;
  row: Record<string, Value>;
}

function outputsOf(drive: OperatorDrive, work: (drive: OperatorDrive) => Emission[]): Output[] {
  const dropped = drive.drops.length;
  const emitted = work(drive).map(({ change, time, row }) => ({ change, time, row }));
  const drops = drive.drops.slice(dropped).map(({ row, from, to }) => ({ change: 'dropped', time: from - to, row }));
  return [...emitted, ...drops];
}

const script = fc.array(draft, { minLength: 1, maxLength: 60 });
const cut = fc.integer({ min: 0, max: 60 });

const END: Step[] = [{ type: 'end' }];
/** What random scripts seldom have. */
const RARE: [Draft[], number][] = [
  // A late row that has become too old, after one that has not.
  [
    [
      { what: 2, port: 0, key: 0, text: 0, value: 0, ahead: 0 },
      { what: 0, port: 0, key: 0, text: 0, value: 0, ahead: 0 },
      { what: 2, port: 0, key: 1, text: 0, value: 0, ahead: -988 },
      { what: 0, port: 0, key: 0, text: 0, value: 0, ahead: 5_013 },
      { what: 2, port: 0, key: 0, text: 0, value: 0, ahead: 1_500 },
    ],
    6,
  ],
  // Rows of one time that wait, those of the second key before those of the first.
  [
    [
      { what: 2, port: 0, key: 1, text: 0, value: 0, ahead: 4_500 },
      { what: 2, port: 0, key: 0, text: 0, value: 0, ahead: 4_500 },
      { what: 0, port: 0, key: 0, text: 0, value: 0, ahead: 0 },
    ],
    2,
  ],
];
/** Time that a task counts by itself differs between one task and two. */
const divisible = SETTINGS.filter(({ perTask }) => !perTask);

describe.each(SETTINGS)('$name', (setting) => {
  const { ports } = new Job(setting, 1, 0);

  test('a checkpoint restored in a new process goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(script, cut, (drafts, at) => {
        const steps = scriptOf(setting, drafts, ports);
        const whole = new Job(setting, 1, 0);
        whole.drive(steps.slice(0, at));
        const restored = whole.restarted(1, 1);
        expect(restored.checkpoints()).toEqual(whole.checkpoints());
        expect(restored.rows).toBe(whole.rows);
        const rest = [...steps.slice(at), ...END];
        expect(restored.driveInOrder(rest)).toEqual(whole.driveInOrder(rest));
        expect(restored.rows).toBe(whole.rows);
      }),
      { numRuns: runs + RARE.length, examples: RARE },
    );
  });
});

describe.each(divisible)('$name', (setting) => {
  const { ports } = new Job(setting, 1, 0);

  test('one, two and three subtasks give the same results, before and after a restore', () => {
    fc.assert(
      fc.property(script, cut, cut, (drafts, first, second) => {
        const steps = scriptOf(setting, drafts, ports);
        const cuts = [0, Math.min(first, second), Math.max(first, second), steps.length];
        const [start, middle, rest] = cuts.slice(1).map((to, i) => steps.slice(cuts[i], to));
        const expected = new Job(setting, 1, 0).drive([...steps, ...END]);
        for (const sizes of [
          [1, 2, 1],
          [2, 3, 1],
        ]) {
          let job = new Job(setting, sizes[0], 0);
          const found = job.drive(start);
          job = job.restarted(sizes[1], 1);
          found.push(...job.drive(middle));
          job = job.restarted(sizes[2], 2);
          found.push(...job.drive([...rest, ...END]));
          expect(found).toEqual(expected);
        }
      }),
      { numRuns: runs },
    );
  });
});

describe.each(divisible)('$name', (setting) => {
  const { ports } = new Job(setting, 1, 0);

  test('equal state is equal bytes, in whatever order the keys came', () => {
    fc.assert(
      fc.property(script, (drafts) => {
        const steps = scriptOf(setting, drafts, ports);
        // Who its rows are depends on when they came, among those of all keys.
        const bytes = (job: Job, order: Step[]): Omit<Checkpoint, 'names'>[] => {
          job.drive(order);
          return job.checkpoints().map(({ groups, values }) => ({ groups, values }));
        };
        expect(bytes(new Job(setting, 1, 2), keysInTurn(setting, steps, ports))).toEqual(
          bytes(new Job(setting, 1, 0), steps),
        );
      }),
      { numRuns: runs },
    );
  });
});

/** Between two watermarks or ticks the rows of one key after those of another. */
function keysInTurn(setting: Setting, steps: readonly Step[], ports: readonly Schema[]): Step[] {
  const ordered: Step[] = [];
  let pending: (Step & { type: 'row' })[] = [];
  const flush = (): void => {
    ordered.push(...pending.sort((a, b) => groupOf(setting, a, ports) - groupOf(setting, b, ports)));
    pending = [];
  };
  for (const step of steps) {
    if (moved(step)) flush();
    if (step.type === 'row') pending.push(step);
    else ordered.push(step);
  }
  flush();
  return ordered;
}

test('every operator that remembers anything has a setting', () => {
  const stateless: string[] = ['filter', 'project', 'union all', 'asof join', 'limit'];
  const tested = new Set<string>(SETTINGS.map(({ node }) => node));
  expect(Object.keys(OPERATORS).filter((node) => !tested.has(node) && !stateless.includes(node))).toEqual([]);
});
