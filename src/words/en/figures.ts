import { MAX_TIME, MIN_TIME, type JOIN_FATES } from '../../model';
import { counted } from './phrases';

/** Sentences of pictures, from the facts that the pictures read. */

export type PartitionLaneState = 'active' | 'idle' | 'paused' | 'holds back';

/** What a lane says of its partition; nothing of one that is merely active. */
export const LANE_NOTES: Record<PartitionLaneState, string> = {
  active: '',
  idle: 'idle: the watermark does not wait for it',
  paused: 'paused: too far ahead',
  'holds back': 'holds back',
};

export const LANE_STATES: Record<PartitionLaneState, string> = {
  active: 'active',
  idle: 'idle: the watermark does not wait for it',
  paused: 'paused: it is not read, since it is too far ahead',
  'holds back': 'active, and holds the others back',
};

/** What has become of a row of a join. */
export function fateText(row: { fate: (typeof JOIN_FATES)[number]; partners: number; padded: boolean }): string {
  if (row.fate === 'too late') return 'too late, set aside';
  if (row.fate === 'taken back') return 'taken back';
  const partners = row.partners === 0 ? 'no partner' : counted(row.partners, 'partner');
  const alone = row.padded ? ', put out alone' : '';
  return `${partners}${alone}, ${row.fate === 'kept' ? 'kept' : row.fate === 'forgotten' ? 'forgotten' : 'not kept'}`;
}

/** The times that a row of a join looks for. */
export function reachText({ from, to }: { from: number; to: number }, clock: (time: number) => string): string {
  const isOpen = [from <= MIN_TIME || from >= MAX_TIME, to <= MIN_TIME || to >= MAX_TIME];
  if (isOpen[0] && isOpen[1] && from < to) return 'any time';
  if (from === to) return clock(from);
  const write = (time: number): string =>
    time >= MAX_TIME ? 'further notice' : time <= MIN_TIME ? 'ever' : clock(time);
  return `${write(from)} to ${write(to)}`;
}
