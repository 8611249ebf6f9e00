import { TidemarkError } from '../../src/model';
import { compareTexts } from '../../src/model/textOrder';

/** How long updates are held back: by stream time, ms, or until there are more groups than fit. */
export type Suppress = { timeLimit: number } | { maxRecords: number };

export interface RegroupSettings {
  groupBy: 'key' | 'value';
  /** The table keeps versions: an update that is older than the key's newest is ignored. */
  versioned: boolean;
  suppress: Suppress | null;
}

export interface Group {
  name: string;
  /** Rows of the group. */
  count: number;
  /** What was added (`+v`) and subtracted (`-v`) so far. */
  log: string[];
  /** Largest record time that has touched it. */
  time: number;
}

/**
 * A table grouped by something other than its key, as Kafka Streams does it, on plain lists, since no SQL asks for it
 * (S13.6). The last value of a key is its row in the table, null deletes it. When a row moves from one group to another
 * it is subtracted from the old group and then added to the new one, and each emits; within one group it emits once. A
 * group that has been emptied stays, with a count of 0.
 */
export class RegroupedTable {
  /** Updates that were older than a version. */
  dropped = 0;
  private readonly rows = new Map<string, { value: string | null; group: string | null; time: number }>();
  private readonly groups = new Map<string, Group>();
  private readonly buffer: SuppressBuffer | null;

  constructor(private readonly settings: RegroupSettings) {
    this.buffer = settings.suppress && new SuppressBuffer(settings.suppress);
  }

  /** One record; answers the groups that it lets out. */
  put(key: string, value: string | null, time: number): Group[] {
    const { groupBy, versioned } = this.settings;
    const old = this.rows.get(key);
    if (versioned && old && time < old.time) {
      this.dropped += 1;
      return [];
    }
    const group = value === null ? null : groupBy === 'key' ? key : value;
    this.rows.set(key, { value, group, time });
    const out: Group[] = [];
    if (old && old.group !== null) {
      this.change(old.group, -1, old.value, time);
      if (old.group !== group) out.push(...this.emit(old.group));
    }
    if (group !== null) {
      this.change(group, 1, value, time);
      out.push(...this.emit(group));
    }
    return out;
  }

  private change(name: string, sign: 1 | -1, value: string | null, time: number): void {
    const group = this.groups.get(name) ?? { name, count: 0, log: [], time: -1 };
    this.groups.set(name, group);
    group.count += sign;
    group.log.push(`${sign > 0 ? '+' : '-'}${value}`);
    group.time = Math.max(group.time, time);
  }

  private emit(name: string): Group[] {
    const names = this.buffer ? this.buffer.put(name, this.groups.get(name)!.time) : [name];
    return names.map((one) => structuredClone(this.groups.get(one)!));
  }
}

/** Groups whose newest value is held back, each since it was first put here; those of one time by their names. */
class SuppressBuffer {
  private readonly queue: { name: string; since: number }[] = [];
  private streamTime = -1;

  constructor(private readonly how: Suppress) {
    const limit = 'timeLimit' in how ? how.timeLimit : how.maxRecords;
    if (limit >= 0) return;
    throw new TidemarkError({ what: 'a suppression below zero', expected: 'zero or more', found: String(limit) });
  }

  /** A group has a new value; answers the groups that are released, oldest first. */
  put(name: string, time: number): string[] {
    const { how, queue } = this;
    this.streamTime = Math.max(this.streamTime, time);
    if (!queue.some((one) => one.name === name)) queue.push({ name, since: time });
    queue.sort((a, b) => a.since - b.since || compareTexts(a.name, b.name));
    const isDue = (): boolean =>
      'maxRecords' in how ? queue.length > how.maxRecords : queue[0].since <= this.streamTime - how.timeLimit;
    const released: string[] = [];
    while (queue.length > 0 && isDue()) released.push(queue.shift()!.name);
    return released;
  }
}
