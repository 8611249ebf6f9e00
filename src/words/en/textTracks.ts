import { isTime, MAX_TIME } from '../../model';
import { counted } from './phrases';

/** The text tracks of pictures: captions, names of columns, and what their cells say. */

type Clock = (time: number) => string;

const SHOWN_NOW = 'shown now';

const watermarkNow = (watermark: number, clock: Clock): string =>
  isTime(watermark) ? `, watermark ${clock(watermark)}` : '';

export const planeTrack = {
  columns: (key: string | null): string[] => [
    'processing time',
    'what',
    'event time',
    key ?? 'key',
    'value',
    'on the way',
  ],
  caption({ processingTime, watermark }: { processingTime: number; watermark: number }, events: number, clock: Clock) {
    const at = isTime(processingTime) ? ` at ${clock(processingTime)}` : '';
    return `Event-time plane${at}: ${counted(events, 'event')}${watermarkNow(watermark, clock)}`;
  },
  event: (fate: string): string => `event, ${fate}`,
  watermark: 'watermark moves',
  ideal: 'perfect watermark moves',
  partition: (partition: number, idle: boolean): string =>
    `partition ${partition}: ${idle ? 'idle, watermark' : 'watermark'}`,
  opens: (grown: boolean): string => (grown ? 'session grows to' : 'window opens'),
  rows: (rows: number): string => `${counted(rows, 'row')} by now`,
  fires: (timing: string): string => `window fires ${timing}`,
  merged: 'session becomes part of a longer one',
  closes: 'window closes',
};

export const tapeTrack = {
  columns: (key: string | null): string[] => [
    'partition',
    'offset',
    'event time',
    'arrived',
    'on the way',
    key ?? 'key',
    'event',
    'fate',
  ],
  caption(events: number, heads: { partition: number; head: number; watermark: number }[], clock: Clock): string {
    const each = heads.map(
      ({ partition, head, watermark }) =>
        `partition ${partition}: next offset ${head}${watermarkNow(watermark, clock)}`,
    );
    return `The log, as read so far: ${[counted(events, 'event'), ...each].join('; ')}`;
  },
};

export const windowTrack = {
  columns: (keys: string[]): string[] => [
    keys.join(' · ') || 'key',
    ...['window', 'state', 'rows', 'value', 'opened', 'fired', 'panes', 'closed', 'made of'],
  ],
  caption: (windows: number, watermark: number, clock: Clock): string =>
    `Windows so far: ${windows}${watermark >= MAX_TIME ? ', the input has ended' : watermarkNow(watermark, clock)}`,
  state: ({ purged, passed }: { purged: number; passed: number }): string =>
    isTime(purged) ? 'closed, state gone' : isTime(passed) ? 'past its end, state kept' : 'open',
  time: (time: number, clock: Clock): string => (isTime(time) ? clock(time) : 'not yet'),
  pane: (at: string, timing: string, pane: string): string => `${at} ${timing}: ${pane}`,
  session: (span: string, at: string): string => `${span} at ${at}`,
};

export const joinTrack = {
  columns: (keys: string[], kind: string): string[] => [
    ...['side', 'stream', keys.join(' · ') || 'key', 'row', 'event time', 'arrived'],
    kind === 'version' ? 'valid, or looks at' : kind === 'window' ? 'window' : 'looks at',
    ...['partners', 'state'],
  ],
  caption: (rows: number, pairs: number): string => `Rows of the join so far: ${rows}, pairs ${pairs}`,
};

export const partitionsTrack = {
  columns: ['partition', 'events', 'newest event time', 'watermark', 'state'],
  caption: (partitions: number, watermark: string): string =>
    `Partitions: ${partitions}; watermark of the stream ${watermark}`,
};

export const stateCaption = (rows: number): string => `Keyed state: ${counted(rows, 'row')}`;

export const resultCaption = (rows: number, known: boolean): string =>
  `The result as it ${known ? 'was known at T, and as it stands now' : 'stands'}: ${counted(rows, 'row')}`;

export const changelogCaption = (rows: number): string => `Every row emitted so far: ${rows}`;

export const outcomesTrack = {
  columns: ['outcome', 'orders', 'share', 'late', 'dropped', 'taken back', 'result', SHOWN_NOW],
  caption: (orders: number): string => `How ${orders} orders of arrival end`,
};

export const tradeoffTrack = {
  columns: (knobs: string[], x: string, y: string): string[] => [...knobs, x, y, SHOWN_NOW],
  caption: (x: string, y: string, knobs: string[]): string => `${y} against ${x}, one run per ${knobs.join(' and ')}`,
};
