import { isTime, MAX_TIME, MIN_TIME, type FATES, type JOIN_FATES, type Timing } from '../../model';
import { counted, roughly, formatSpan } from './phrases';

/** Sentences of pictures: what one mark stands for, from the facts that its picture reads. */

type Clock = (time: number) => string;

export const AT_THE_END = 'at the end of time';

/** A time that is not there yet, or at the end of the input. */
export const timeText = (time: number, clock: Clock, end = 'end of time'): string =>
  isTime(time) ? clock(time) : time > 0 ? end : 'none yet';

export interface EventFacts {
  /** The value that gives its colour, as shown; empty where no column does. */
  key: string;
  /** Its other columns in words: `amount €40.00`; made when asked for. */
  readonly facts: string;
  time: number;
  append: number;
  fate: (typeof FATES)[number];
}

export function eventSentence({ key, facts, time, append, fate }: EventFacts, column: string | null, clock: Clock) {
  const who = [column === null ? '' : `${column} ${key}`, facts].filter(Boolean).join(', ') || 'event';
  const delay = append > time ? `, ${roughly(append - time)} on the way` : '';
  return `${who}: happened ${clock(time)}, arrived ${clock(append)}${delay}; ${fate}`;
}

/** The same of an event in the log. */
export const logSentence = (partition: number, offset: number, event: string): string =>
  `partition ${partition}, offset ${offset}. ${event}`;

export interface PaneFacts {
  /** Empty where it only takes back. */
  value: string;
  /** Values that it takes back. */
  back: string[];
  /** It holds only what is new since the pane before it (S6.1). */
  isPart: boolean;
  /** Which emission of its window, from 0. */
  pane: number;
  emitted: number;
  timing: Timing;
}

/** `+9` where a pane holds only what is new, `9` else; empty where it only takes back. */
export const paneValue = ({ value, isPart }: Pick<PaneFacts, 'value' | 'isPart'>): string =>
  isPart && /^[^+−–-]/.test(value) ? `+${value}` : value;

/** What a pane emits and retracts. */
export function paneText(pane: Pick<PaneFacts, 'value' | 'isPart' | 'back'>): string {
  const back = pane.back.length ? `takes back ${pane.back.join(' and ')}` : '';
  return [paneValue(pane), back].filter(Boolean).join(', ');
}

export interface WindowFacts {
  start: number;
  end: number;
  key: string;
  rows: number;
  opened: number;
  fired: number;
  /** The value of the last pane, as shown; empty before the first. */
  value: string;
  /** When it became part of a longer session. */
  merged: number;
  purged: number;
}

export function windowSentence(window: WindowFacts, panes: readonly PaneFacts[], clock: Clock): string {
  const name = `window ${formatSpan(window.start, window.end)}${window.key ? ` of ${window.key}` : ''}`;
  const parts = [counted(window.rows, 'row'), `opened ${clock(window.opened)}`];
  for (const pane of panes) {
    const again = pane.pane > 0 ? ' again' : '';
    parts.push(`fired${again} ${pane.timing} at ${clock(pane.emitted)} with ${paneText(pane)}`);
  }
  if (panes.length === 0 && isTime(window.fired)) {
    parts.push(`fired ${clock(window.fired)}${window.value ? `, now ${window.value}` : ''}`);
  } else if (panes.length === 0) parts.push('has not fired');
  if (isTime(window.merged)) parts.push(`became part of a longer session ${clock(window.merged)}`);
  if (isTime(window.purged)) parts.push(`closed ${clock(window.purged)}`);
  return `${name}: ${parts.join('; ')}`;
}

export const watermarkSentence = (watermark: number, clock: Clock): string =>
  isTime(watermark)
    ? `watermark ${clock(watermark)}: no event at or before it is expected any more`
    : 'watermark at the end of time: the input has ended';

export type PartitionLaneState = 'active' | 'idle' | 'paused' | 'holds back';

/** What a lane says of its partition; nothing of one that is merely active, and less where there is little room. */
export const laneNote = (state: PartitionLaneState, isNarrow: boolean): string =>
  isNarrow && state === 'idle' ? 'idle' : LANE_NOTES[state];

const LANE_NOTES: Record<PartitionLaneState, string> = {
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

interface PartitionFacts {
  partition: number;
  newestEventTime: number;
  watermark: number;
  state: PartitionLaneState;
}

export function partitionSentence({ partition, newestEventTime, watermark, state }: PartitionFacts, clock: Clock) {
  const newest = isTime(newestEventTime) ? `newest event time ${clock(newestEventTime)}` : 'no event yet';
  const own = `watermark ${timeText(watermark, clock, AT_THE_END)}`;
  return `partition ${partition}: ${newest}, ${own}, ${LANE_STATES[state]}`;
}

export interface JoinedFacts {
  side: 'left' | 'right';
  stream: string;
  key: string;
  label: string;
  time: number;
  /** The times that it looks for on the other side; for a version, those at which it is valid. */
  from: number;
  to: number;
  fate: (typeof JOIN_FATES)[number];
  partners: number;
  padded: boolean;
}

export function joinedSentence(row: JoinedFacts, clock: Clock): string {
  const who = [row.stream || row.side, row.key, row.label].filter(Boolean).join(' ');
  const looks = row.side === 'right' && row.from === row.time ? 'from' : 'looks at';
  const reach = hasReach(row) ? `; ${looks} ${reachText(row, clock)}` : '';
  return `${row.side} row, ${who}, of ${clock(row.time)}: ${fateText(row)}${reach}`;
}

export const hasReach = ({ from, to }: Pick<JoinedFacts, 'from' | 'to'>): boolean =>
  from !== to && (isTime(from) || isTime(to));

/** What has become of a row of a join. */
export function fateText(row: Pick<JoinedFacts, 'fate' | 'partners' | 'padded'>): string {
  if (row.fate === 'too late') return 'too late, set aside';
  if (row.fate === 'taken back') return 'taken back';
  const partners = row.partners === 0 ? 'no partner' : counted(row.partners, 'partner');
  const alone = row.padded ? ', emitted alone' : '';
  return `${partners}${alone}, ${row.fate === 'kept' ? 'kept' : row.fate === 'forgotten' ? 'forgotten' : 'not kept'}`;
}

/** The times that a row of a join looks for. */
export function reachText({ from, to }: Pick<JoinedFacts, 'from' | 'to'>, clock: Clock): string {
  if (!isTime(from) && !isTime(to) && from < to) return 'any time';
  if (from === to) return clock(from);
  const write = (time: number): string =>
    time >= MAX_TIME ? 'further notice' : time <= MIN_TIME ? 'ever' : clock(time);
  return `${write(from)} to ${write(to)}`;
}

/** One way in which runs have ended. */
export interface OutcomeFacts {
  /** How many runs. */
  count: number;
  late: number;
  dropped: number;
  updates: number;
  /** The rows that stand in the end, in words. */
  rows: readonly string[];
}

/** Whole percents, and one decimal where they would hide a difference. */
export const shareText = (share: number): string => `${Math.round(share * 1000) / 10} %`;

export const outcomeText = ({ late, dropped, updates }: OutcomeFacts): string =>
  `${late} late, ${dropped} dropped, ${updates} taken back`;

export const resultText = ({ rows }: Pick<OutcomeFacts, 'rows'>): string => (rows.length ? rows.join('; ') : 'no rows');

export function outcomeSentence(name: string, outcome: OutcomeFacts, orders: number): string {
  const share = shareText(outcome.count / orders);
  return `Outcome ${name}: ${outcome.count} of ${orders} orders (${share}), ${outcomeText(outcome)}; result: ${resultText(outcome)}.`;
}

/** `wait 1 min` */
export const knobText = (knob: string, value: string): string => `${knob} ${value}`;

export const runSentence = (knobs: string[], measured: { title: string; text: string }[]): string =>
  `${knobs.filter(Boolean).join(', ')}: ${measured.map(({ title, text }) => `${title} ${text}`).join(', ')}`;
