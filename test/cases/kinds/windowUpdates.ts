import { BIGINT, field, STRING } from '../../../src/index';
import {
  updatingWindowsOver,
  type UpdatingSettings,
  type UpdatingShape,
} from '../../../src/engine/nodes/window/updatingWindows';
import { OperatorDrive, type Emission } from '../../support/operatorDrive';
import { number, words } from '../../../src/cases/fields';
import { CaseFault, numberOf, type Item, type Json, type Kind } from '../../../src/cases/kind';
import { type Settings } from '../../../src/cases/settings';
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
    const shape = shapeOf(config.part('window'));
    // Without a word about bounds an end is the first time that is not in the window any more.
    const more = shape.kind !== 'hop' && top.windowBounds !== 'inclusive' ? 1 : 0;
    const settings: UpdatingSettings = {
      shape,
      emit: emit === 'close' ? 'close' : 'update',
      retract: false,
      grace: config.number('grace', DAY),
      clock: 'event',
    };
    const input = aggregate === 'sum' ? COUNTED : INPUT;
    const drive = new OperatorDrive(
      (context) => updatingWindowsOver(input, AGGREGATES[aggregate], settings, context),
      [input],
    );
    const view = new Map<string, Item>();
    let nameless = 0;
    return {
      feed({ key = null, ts, value = 0 }) {
        // A record without a key is passed over, and counted.
        if (key === null) {
          nameless += 1;
          return [];
        }
        const row = [JSON.stringify(key), aggregate === 'sum' ? numberOf(value) : JSON.stringify(value)];
        const updates = drive.row(row, { time: numberOf(ts) }).map((one) => updateOf(one, aggregate, more));
        if (emit !== 'final-view') return updates;
        for (const update of updates) {
          const name = JSON.stringify([update.key, update.window]);
          view.delete(name);
          if (update.value !== null) view.set(name, update);
        }
        return [];
      },
      end: () => [...view.values()],
      top: () => ({ droppedRecords: drive.counters.dropped + nameless }),
    };
  }),
};

/** Kafka's grace where nothing is said. */
const DAY = 86_400_000;

const AGGREGATES: Record<string, 'COUNT' | 'SUM' | 'LIST'> = { count: 'COUNT', sum: 'SUM', list: 'LIST' };

function shapeOf(window: Settings): UpdatingShape {
  const type = window.word('type');
  switch (type) {
    case 'tumbling':
      return { kind: 'hop', size: window.number('size'), slide: window.number('size') };
    case 'sliding':
      return { kind: 'hop', size: window.number('size'), slide: window.number('slide') };
    case 'session':
      return { kind: 'session', gap: window.number('gap') };
    case 'kafka-sliding':
      return { kind: 'sliding', difference: window.number('difference') };
    default:
      throw new CaseFault(`window of type ${type}`);
  }
}

function updateOf({ change, row, time }: Emission, aggregate: string, more: number): Item {
  const update = {
    key: JSON.parse(String(row.key)) as Json,
    window: [Number(row.window_start), Number(row.window_end) + more],
    ts: time,
  };
  if (change === '−D') return { ...update, value: null, values: null };
  if (aggregate !== 'list') return { ...update, value: row.value };
  const values = (JSON.parse(String(row.value)) as string[]).map((one) => JSON.parse(one) as Json);
  return { ...update, value: values.length, values };
}
