import { type Kind } from '../kind';
import { keyHash } from './keyHash';
import { tableGroupCount, tableGroupLog } from './tableGroup';
import { windowUpdates } from './windowUpdates';

/** The kinds that can be run. To add one: its file in this folder, and one line here. */
const ALL: readonly Kind[] = [
  keyHash,
  tableGroupCount,
  tableGroupLog,
  windowUpdates,
];

export const KINDS: ReadonlyMap<string, Kind> = new Map(ALL.map((kind) => [kind.kind, kind]));
