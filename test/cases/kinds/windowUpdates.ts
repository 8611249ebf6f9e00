import { BIGINT, field, STRING } from '../../../src/index';
import { OperatorDrive } from '../../support/operatorDrive';
import { PaneLog } from '../../support/paneLog';
import { SlidingWindows, type SlidingUpdate } from '../../support/slidingWindows';
import { kafkaWindowsOver, listed, type KafkaWindows } from '../../support/kafkaWindows';
import { number, words } from '../../../src/cases/fields';
import { numberOf, type Item, type Json, type Kind } from '../../../src/cases/kind';
import { shapeOf } from './windowShape';
import { inSqlOr } from './inSql';

/** Keys and values go in and out as JSON, whatever they are. */
const INPUT = [field('key', STRING), field('value', STRING)] as const;
const COUNTED = [field('key', STRING), field('value', BIGINT)] as const;

export const windowUpdates: Kind = {
  kind: 'window-updates',
  profiles: ['kafka'],
  compares: ['ordered', 'set', 'set-per-event', 'set-final', 'final'],
  config: {
    'window.type': words('tumbling', 'sliding', 'session', 'kafka-sliding'),
    'window.size': number,
    'window.slide': number,
    'window.gap': number,
    'window.difference': number,
    time: words('event'),
    aggregate: words('count', 'list', 'sum'),
    grace: number,
    emit: words('update', 'close', 'final-view'),
    clock: words('stream-time'),
  },
  events: ['key ts value'],
  expected: ['after', 'key', 'window', 'values', 'ts', 'value'],
  top: ['droppedRecords', 'windowBounds'],
  start: inSqlOr(({ config, top }) => {
    const emit = config.word('emit', 'update');
    const aggregate = config.word('aggregate', 'count');
    const window = config.part('window');
    const isSliding = window.word('type') === 'kafka-sliding';
    const isInclusive = isSliding || window.word('type') === 'session';
    // Without a word about bounds an end is the first time that is not in the window any more.
    const more = isInclusive && top.windowBounds !== 'inclusive' ? 1 : 0;
    const how = { emit: emit === 'close' ? 'close' : 'update', grace: config.number('grace', DAY) } as const;
    const windows = isSliding
      ? new SlidingWindows(window.number('difference'), how.grace, how.emit)
      : new GeneralWindows(aggregate, { ...how, shape: shapeOf(window), retract: false });
    const view = new Map<string, Item>();
    let nameless = 0;
    return {
      handle({ key = null, ts, value = 0 }) {
        // A record without a key is passed over, and counted.
        if (key === null) {
          nameless += 1;
          return [];
        }
        const given = aggregate === 'sum' ? numberOf(value) : JSON.stringify(value);
        const updates = windows
          .take(JSON.stringify(key), numberOf(ts), given)
          .map((one) => updateOf(one, aggregate, more));
        if (emit !== 'final-view') return updates;
        for (const update of updates) {
          const name = JSON.stringify([update.key, update.window]);
          view.delete(name);
          if (update.value !== null) view.set(name, update);
        }
        return [];
      },
      end: () => [...view.values()],
      top: () => ({ droppedRecords: windows.dropped + nameless }),
    };
  }),
};

/** Kafka's grace where nothing is said. */
const DAY = 86_400_000;

/** A window as an update leaves it; null values: it was deleted. */
type Update = Pick<SlidingUpdate, 'key' | 'start' | 'end' | 'time'> & { values: unknown[] | null; sum?: number };

/** The general window operator, one record at a time. */
class GeneralWindows {
  private readonly drive: OperatorDrive;
  private readonly sums: boolean;
  private readonly log = new PaneLog(true);

  constructor(aggregate: string, settings: KafkaWindows) {
    this.sums = aggregate === 'sum';
    const input = this.sums ? COUNTED : INPUT;
    this.drive = new OperatorDrive(
      (context) => kafkaWindowsOver(input, this.sums ? 'SUM' : 'LIST', settings, context, this.log),
      [input],
    );
  }

  get dropped(): number {
    return this.drive.counters.dropped;
  }

  take(key: string, time: number, value: string | number): Update[] {
    const emissions = this.drive.row([key, value], { time });
    const all = this.sums ? emissions : listed(emissions, this.log);
    return all.map((one) => {
      const { row } = one;
      const bounds = {
        key: String(row.key),
        start: Number(row.window_start),
        end: Number(row.window_end),
        time: one.time,
      };
      if (one.change === '−D') return { ...bounds, values: null };
      if (this.sums) return { ...bounds, values: [], sum: Number(row.value) };
      return { ...bounds, values: JSON.parse(String(row.value)) as unknown[] };
    });
  }
}

function updateOf({ key, start, end, time, values, sum }: Update, aggregate: string, more: number): Item {
  const update = { key: JSON.parse(key) as Json, window: [start, end + more], ts: time };
  if (values === null) return { ...update, value: null, values: null };
  if (sum !== undefined) return { ...update, value: sum };
  if (aggregate === 'count') return { ...update, value: values.length };
  return { ...update, value: values.length, values: values.map((one) => JSON.parse(String(one)) as Json) };
}
