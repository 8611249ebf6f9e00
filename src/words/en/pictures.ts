import { counted } from './phrases';

/** What pictures are called, and what stands in them besides their marks. */
export interface PictureText {
  title: string;
  /** Accessible name; tables add their columns. */
  label: string;
  /** Under the picture, while no mark is pointed at. */
  hint: string;
  /** In the middle, where nothing is drawn yet. */
  empty: string;
}

const pointAt = (mark: string): string => `Point at ${mark}, or reach it with Tab and the arrow keys.`;

export const PICTURES = {
  'event-time-plane': {
    title: 'Event-time plane',
    label: 'Event-time plane: event time across, processing time down',
    hint: 'Point at an event or a window, or reach them with Tab and the arrow keys.',
    empty: 'No event has arrived yet.',
  },
  'log-tape': {
    title: 'The log',
    label: 'The log: one lane per partition, events in offset order',
    hint: pointAt('an event'),
    empty: 'No partition yet.',
  },
  'window-lanes': {
    title: 'Windows',
    label: 'Windows of each key on event time',
    hint: pointAt('a window'),
    empty: 'No window has opened yet.',
  },
  'join-lanes': {
    title: 'The join',
    label: 'Rows of both sides of the join on event time, and the pairs that they make',
    hint: pointAt('a row'),
    empty: 'No row of a join has arrived yet.',
  },
  partitions: {
    title: 'Partitions',
    label: 'Partitions on event time: newest event and watermark of each',
    hint: pointAt('a partition'),
    empty: 'No partition yet.',
  },
  'state-table': { title: 'State', label: 'Keyed state', hint: '', empty: 'No state yet.' },
  'result-table': { title: 'Result', label: 'Result', hint: '', empty: 'Nothing has been emitted yet.' },
  changelog: { title: 'Changelog', label: 'Changelog', hint: '', empty: 'Nothing has been emitted yet.' },
} satisfies Record<string, PictureText>;

type Drawn = Pick<PictureText, 'label' | 'hint'>;

export const tradeoffTexts = (x: string, y: string, hasRuns: boolean): Drawn => ({
  label: `${y} against ${x}, one point per run`,
  hint: hasRuns ? 'Choose a point to open its run.' : 'No run has an answer yet.',
});

export const outcomesTexts = (orders: number): Drawn => ({
  label: `How often each outcome comes, among ${orders} orders`,
  hint: 'Choose an outcome to see an order that ends so.',
});

export const nowLabel = (time: string): string => `now ${time}`;

/** The line of a time across all lanes. */
export const lineLabel = (kind: 'water' | 'now', time: string | null): string =>
  time === null ? 'end of input' : `${kind === 'now' ? 'now' : 'watermark'} ${time}`;

export const delayLabel = (delay: string): string => `${delay} on the way`;
export const keysLabel = (keys: number): string => `${keys} keys`;
export const rowsLabel = (rows: number): string => counted(rows, 'row');

/** The title of a partition's lane of the log; of its stream where there are several. */
export const partitionTitle = (partition: number, stream: string | null = null): string =>
  stream === null ? `partition ${partition}` : `${stream} ${partition}`;
export const headTitle = (title: string, head: number): string => `${title} · next offset ${head}`;
export const watermarkTitle = (time: string): string => `watermark ${time}`;
export const hiddenLabel = (events: number): string => `${events} earlier`;

/** The lane of a key: its columns and values. */
export const keyTitle = (columns: string[], key: string): string =>
  columns.length === 0 ? 'all rows' : columns.length === 1 ? `${columns[0]} ${key}` : key;

/** The lane of a side of a join. */
export const sideTitle = (side: string, stream: string | undefined, kept: number): string =>
  `${stream ? `${side}: ${stream}` : side} · ${kept} kept`;

/** What has no lane, or is before the view; empty where all is drawn. */
export const notDrawn = (keys: number, windows: number): string =>
  [windows > 0 ? counted(windows, 'earlier window') : '', keys > 0 ? counted(keys, 'more key') : '']
    .filter(Boolean)
    .join(' · ');

export const ofOrders = (count: number, orders: number): string => `${count} of ${orders}`;

// Tables.

export const JUST_CHANGED = 'just changed';
export const JUST_NOW = 'just now';
export const NOT_THE_SAME_NOW = 'not the same now';

/** `2, late`; nothing of a row that no firing made. */
export const paneLabel = (pane: number, timing: string | undefined): string => (timing ? `${pane}, ${timing}` : '');

export const moreRows = (rows: number): string => (rows === 0 ? '' : `and ${counted(rows, 'more row')}`);
export const earlierRows = (rows: number): string => (rows === 0 ? '' : counted(rows, 'earlier row'));
