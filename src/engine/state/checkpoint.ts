import { type Column } from '../../model';
import { murmur2 } from '../../sim/murmur';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { EntryWriter } from '../../sim/entries';

/** Keys are spread over this many groups; a group goes to one subtask as a whole, so a restore may have more or fewer. */
export const KEY_GROUPS = 128;

/** The state of one subtask of an operator, as values. */
export interface Checkpoint {
  /** By key group its keys in the order of their bytes; null for a group without any. */
  groups: (Uint8Array | null)[];
  /** Numbers that belong to no key. */
  values: Uint8Array;
  /** By key group who the rows of its keys are, which depends on when they came. */
  names: (Uint8Array | null)[];
}

/** The canonical bytes of a key: equal in every process. */
export function keyBytes(columns: readonly Column[], row: number): Uint8Array {
  const writer = new EntryWriter();
  for (const column of columns) writer.key(column, row);
  return writer.finish();
}

export const keyGroupOf = (key: Uint8Array): number => (murmur2(key) & 0x7fffffff) % KEY_GROUPS;

/** The subtask that has a key group: contiguous ranges of groups, as in Flink. */
export const subtaskOf = (group: number, parallelism: number): number => Math.floor((group * parallelism) / KEY_GROUPS);

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

export function writeCheckpoint({ groups, values, names }: Checkpoint, state: StateWriter, named: StateWriter): void {
  state.small(values);
  for (const bytes of groups) state.small(bytes ?? NO_KEYS);
  for (const bytes of names) named.small(bytes ?? NO_KEYS);
}

export function readCheckpoint(state: StateReader, named: StateReader): Checkpoint {
  const values = state.small();
  return { values, groups: groupsOf(state), names: groupsOf(named) };
}

const groupsOf = (reader: StateReader): Checkpoint['groups'] =>
  Array.from({ length: KEY_GROUPS }, () => reader.small()).map((bytes) => (bytes.length > 0 ? bytes : null));

const NO_KEYS = new Uint8Array(0);
