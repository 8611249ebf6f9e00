import {
  BIGINT,
  BOOLEAN,
  FATES,
  INT,
  MAX_TIME,
  MIN_TIME,
  MONEY,
  STRING,
  TIMESTAMP,
  dayNumber,
  field,
  minutes,
  tableOf,
  type Extent,
  type SnapshotPart,
  type Snapshot,
  type Value,
} from '../../src/model';

/** 10:00 on the day of the examples. */
export const TEN = dayNumber(2026, 11, 2) * 86_400_000 + 10 * 3_600_000;

/** Minutes after 10:00, as people write fractions of them. */
export const at = (minute: number): number => TEN + Math.round(minute * 60_000);

export interface Payment {
  /** Minutes after 10:00. */
  happened: number;
  arrived: number;
  card: string;
  cents: number;
  partition?: number;
}

export interface Story {
  payments: Payment[];
  /** Minutes after 10:00 up to which the run is shown; default: after the last arrival. */
  now?: number;
  /** ms. */
  wait?: number;
  size?: number;
  hop?: number;
  lateness?: number;
  partitions?: number;
  /** The input ends at `now`. */
  ends?: boolean;
  /** Only windows, panes, state and result of this card. */
  card?: string;
}

interface Pane {
  window: Row;
  emitted: number;
  pane: number;
  cents: number;
}

interface Row {
  card: string;
  start: number;
  end: number;
  opened: number;
  fired: number;
  purged: number;
  panes: number;
  rows: number;
  cents: number;
  changed: boolean;
}

/**
 * A snapshot by hand: payments as (card, amount, ts), spend per card and window, one watermark over all partitions.
 * It knows just enough of windows to draw all that can happen to one; it is not the engine.
 */
export function snapshotOf(story: Story): Snapshot {
  const arrivals = [...story.payments].sort((a, b) => a.arrived - b.arrived);
  const last = arrivals.length ? arrivals[arrivals.length - 1].arrived : 0;
  const now = at(story.now ?? last);
  const whole = play(arrivals, story, Infinity);
  const seen = play(arrivals, story, now);
  return assemble(seen, whole, story, now);
}

interface Played {
  events: { row: Value[]; time: number; append: number }[];
  windows: Row[];
  panes: Pane[];
  moves: [number, number][];
  heads: number[];
  late: number;
  dropped: number;
}

function play(arrivals: Payment[], story: Story, until: number): Played {
  const { wait = minutes(2), size = minutes(5), hop = size, lateness = 0, partitions = 1 } = story;
  const played: Played = {
    events: [],
    windows: [],
    panes: [],
    moves: [],
    heads: Array(partitions).fill(0),
    late: 0,
    dropped: 0,
  };
  let watermark = MIN_TIME;
  const fire = (window: Row, emitted: number): void => {
    played.panes.push({ window, emitted, pane: window.panes, cents: window.cents });
    window.fired = Math.min(window.fired, emitted);
    window.panes += 1;
  };
  const advance = (to: number, processing: number): void => {
    if (to <= watermark) return;
    watermark = to;
    played.moves.push([processing, to]);
    for (const window of played.windows) {
      if (window.panes === 0 && window.end - 1 <= to) fire(window, processing);
      if (window.purged === MAX_TIME && (to === MAX_TIME || window.end - 1 + lateness <= to))
        window.purged = processing;
    }
  };
  arrivals.forEach((payment, input) => {
    const append = at(payment.arrived);
    if (append > until) return;
    const time = at(payment.happened);
    const partition = payment.partition ?? input % partitions;
    for (const window of played.windows) window.changed = false;
    let kept = false;
    let late = false;
    for (let start = Math.floor(time / hop) * hop; start > time - size; start -= hop) {
      const end = start + size;
      if (end - 1 + lateness <= watermark) continue;
      kept = true;
      if (story.card !== undefined && payment.card !== story.card) continue;
      let window = played.windows.find((one) => one.card === payment.card && one.start === start);
      if (!window) {
        window = {
          card: payment.card,
          start,
          end,
          opened: append,
          fired: MAX_TIME,
          purged: MAX_TIME,
          panes: 0,
          rows: 0,
          cents: 0,
          changed: true,
        };
        played.windows.push(window);
      }
      window.rows += 1;
      window.cents += payment.cents;
      window.changed = true;
      if (end - 1 <= watermark) {
        late = true;
        fire(window, append);
      }
    }
    const fate = !kept ? 2 : late ? 1 : 0;
    if (time <= watermark) played.late += 1;
    if (!kept) played.dropped += 1;
    played.events.push({
      time,
      append,
      row: [payment.card, payment.cents, time, time, append, partition, played.heads[partition], input, fate],
    });
    played.heads[partition] += 1;
    advance(time - wait - 1, append);
  });
  if (story.ends && until >= at(story.now ?? 0))
    advance(MAX_TIME, at(story.now ?? arrivals[arrivals.length - 1]?.arrived ?? 0));
  return played;
}

const reach = (values: number[]): [number, number] => {
  const real = values.filter((value) => value > MIN_TIME && value < MAX_TIME);
  return real.length ? [Math.min(...real), Math.max(...real)] : [MAX_TIME, MIN_TIME];
};

function assemble(seen: Played, whole: Played, story: Story, now: number): Snapshot {
  const events: Extent = {
    time: reach(whole.events.map((one) => one.time)),
    processing: reach(whole.events.map((one) => one.append)),
  };
  const windows: Extent = {
    time: reach(whole.windows.flatMap((one) => [one.start, one.end])),
    processing: reach(whole.windows.flatMap((one) => [one.opened, one.fired, one.purged])),
  };
  const mine = (card: string): boolean => story.card === undefined || card === story.card;
  const part = (schema: SnapshotPart['table']['schema'], rows: Value[][], extent: Extent): SnapshotPart => ({
    table: tableOf(schema, rows),
    extent,
  });
  const key = field('card', STRING);
  const time = (name: string) => field(name, TIMESTAMP);
  const result = [key, time('window_start'), field('spend', MONEY)];
  const current = seen.windows.filter((one) => one.panes > 0);
  return {
    step: seen.events.length - 1,
    input: seen.events.length - 1,
    ordinal: seen.events.length > 0 ? 0 : -1,
    clocks: {
      processingTime: seen.events.length || story.ends ? now : MIN_TIME,
      newestEventTime: Math.max(MIN_TIME, ...seen.events.map((one) => one.time)),
      watermark: seen.moves.length ? seen.moves[seen.moves.length - 1][1] : MIN_TIME,
      knownAt: seen.panes.length ? seen.panes[seen.panes.length - 1].emitted : MIN_TIME,
    },
    counters: {
      rowsIn: seen.events.length,
      late: seen.late,
      dropped: seen.dropped,
      rowsOut: seen.panes.length,
      rowsRead: seen.events.length,
      stateRows: seen.windows.filter((one) => one.purged === MAX_TIME).length,
      stateRowsMax: seen.windows.length,
    },
    partitions: seen.heads.map((head, partition) => ({
      topic: 'payments',
      partition,
      head,
      newestEventTime: Math.max(
        MIN_TIME,
        ...seen.events.filter((one) => one.row[5] === partition).map((one) => one.time),
      ),
      watermark: seen.moves.length ? seen.moves[seen.moves.length - 1][1] : MIN_TIME,
      idle: false,
      pausedByAlignment: false,
    })),
    operators: [],
    parts: {
      'f.events': part(
        [
          key,
          field('amount', MONEY),
          time('ts'),
          time('#time'),
          time('#append'),
          ...['#partition', '#offset', '#input', '#fate'].map((n) => field(n, INT)),
        ],
        seen.events.map((one) => one.row),
        events,
      ),
      'f.watermarks': part([time('#processing'), time('#watermark')], seen.moves, {
        time: reach(whole.moves.map(([, to]) => to)),
        processing: reach(whole.moves.map(([when]) => when)),
      }),
      'f.windows': part(
        [
          key,
          ...['#start', '#end', '#opened', '#since', '#fired', '#passed', '#purged', '#merged'].map(time),
          field('#panes', INT),
          field('#late', INT),
          field('#rows', INT),
          field('#clock', BOOLEAN),
          field('#value', MONEY, true),
          field('#open', BOOLEAN),
        ],
        seen.windows
          .filter((one) => mine(one.card))
          .map((one) => [
            one.card,
            one.start,
            one.end,
            one.opened,
            one.opened,
            one.fired,
            one.fired,
            one.purged,
            MAX_TIME,
            one.panes,
            Math.max(0, one.panes - 1),
            one.rows,
            false,
            one.panes ? one.cents : null,
            one.purged === MAX_TIME,
          ]),
        windows,
      ),
      'f.panes': part(
        [
          ...result,
          time('#emitted'),
          field('#kind', INT),
          field('#pane', INT),
          time('#start'),
          time('#end'),
          field('#timing', INT),
          field('#mode', INT),
          field('#changed', BOOLEAN),
        ],
        seen.panes.map(({ window, emitted, pane, cents }) => [
          window.card,
          window.start,
          cents,
          emitted,
          pane ? 2 : 0,
          pane,
          window.start,
          window.end,
          pane ? 1 : 0,
          0,
          emitted === now,
        ]),
        { time: windows.time, processing: reach(whole.panes.map((one) => one.emitted)) },
      ),
      'f.state': part(
        [key, time('#start'), time('#end'), field('count', BIGINT), field('sum', MONEY), field('#changed', BOOLEAN)],
        seen.windows
          .filter((one) => one.purged === MAX_TIME)
          .map((one) => [one.card, one.start, one.end, one.rows, one.cents, one.changed]),
        windows,
      ),
      'f.result': part(
        [...result, time('#start'), time('#end'), time('#emitted'), field('#changed', BOOLEAN)],
        current.map((one) => {
          const emitted = Math.max(...seen.panes.filter((pane) => pane.window === one).map((pane) => pane.emitted));
          return [one.card, one.start, one.cents, one.start, one.end, emitted, emitted === now];
        }),
        windows,
      ),
    },
    stepFacts: { kind: 'none' },
  };
}

export const fates = FATES;

/** The event that came late: card 4417's payment of 10:04:10 arrives at 10:13:00. */
export const tunnel: Payment[] = (
  [
    [0.4, 0.7, 0, 12],
    [0.9, 1.1, 1, 20],
    [1.6, 1.8, 0, 24],
    [2.2, 2.9, 2, 15],
    [2.8, 3.0, 1, 9],
    [3.1, 3.4, 0, 26],
    [3.6, 4.6, 3, 31],
    [4.6, 4.8, 1, 18],
    [5.3, 5.5, 0, 14],
    [5.8, 6.0, 2, 22],
    [6.1, 7.1, 0, 19],
    [6.7, 6.9, 1, 40],
    [7.4, 7.6, 3, 16],
    [7.9, 8.1, 0, 25],
    [8.3, 9.3, 0, 9],
    [8.9, 9.0, 2, 33],
    [9.4, 9.7, 0, 20],
    [10.1, 10.2, 1, 12],
    [10.6, 10.9, 0, 17],
    [11.2, 11.4, 3, 28],
    [11.7, 11.9, 0, 14],
    [12.333, 12.5, 1, 22],
    [4.1667, 13.0, 0, 40],
    [13.2, 13.4, 2, 10],
    [14.6, 14.8, 1, 18],
    [16.2, 16.4, 0, 21],
    [17.3, 17.5, 0, 11],
    [4.7, 17.9, 0, 33],
  ] as const
).map(([happened, arrived, card, euro]) => ({
  happened,
  arrived,
  card: ['4417', '2210', '8032', '5190'][card],
  cents: euro * 100,
}));
