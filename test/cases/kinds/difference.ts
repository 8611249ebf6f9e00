import { BIGINT, field, MIN_TIME, STRING, type Accumulation, type Trigger } from '../../../src/index';
import { kafkaWindowsOver } from '../../support/kafkaWindows';
import { PaneLog } from '../../support/paneLog';
import { windowOperatorOver } from '../../support/windowOver';
import { OperatorDrive, type Emission } from '../../support/operatorDrive';
import { either, number, object, words } from '../../../src/cases/fields';
import { portOf } from '../joinPlans';
import {
  CaseFault,
  isItem,
  isList,
  numberOf,
  type Case,
  type Driver,
  type Item,
  type Json,
  type Kind,
} from '../../../src/cases/kind';
import { assignments, counts, lookbacks } from './differenceTables';
import { drivePair, rowOf } from './joined';
import { shapeOf } from './windowShape';

/** Keys go in and out as JSON, whatever they are. */
const INPUT = [field('key', STRING), field('value', BIGINT, true)] as const;

/** A key that no case has: its records only move stream time. */
const CLOCK = { clock: true };

/** The same input under the rules of several systems (S18). */
export const difference: Kind = {
  kind: 'difference',
  profiles: ['flink', 'beam', 'kafka'],
  compares: ['by-profile'],
  config: {
    'window.type': words('session', 'sliding', 'tumbling'),
    'window.gap': number,
    'window.size': number,
    'window.slide': number,
    'window.offset': number,
    aggregate: words('count', 'sum'),
    lateness: number,
    'trigger.type': words('after-watermark'),
    'trigger.early.type': words('count'),
    'trigger.early.n': number,
    accumulation: words('discarding', 'accumulating'),
    join: words('left', 'inner'),
    before: number,
    after: number,
    grace: number,
    lower: number,
    upper: number,
    query: either(number, object),
    'query.ref': number,
    lookback: number,
  },
  events: [
    'key ts value',
    'key ts',
    'time',
    'key side ts value',
    'key side ts',
    'watermark',
    'key op',
    'ts',
    'ts value',
  ],
  expected: ['byProfile'],
  normal: (expected) => expected.flatMap(spelled),
  start(theCase) {
    const { config, events, profile } = theCase;
    if (config.has('query')) return lookbacks(theCase);
    if (events.some((event) => 'op' in event)) return counts(theCase);
    if (events.some((event) => 'side' in event)) return joins(theCase);
    if (events.every((event) => Object.keys(event).join() === 'ts')) return assignments(theCase);
    return profile === 'kafka' ? updates(theCase) : panes(theCase);
  },
};

/** A window, a number and several windows at once may stand for items that hold nothing else. */
function spelled(item: Json): Json[] {
  if (typeof item === 'number') return [{ value: item }];
  if (isList(item)) return [{ window: item }];
  if (!isItem(item) || !isList(item.windows)) return [item];
  const { windows, ...rest } = item;
  return windows.map((window) => ({ ...rest, window }));
}

const isClock = (key: Json): boolean => JSON.stringify(key) === JSON.stringify(CLOCK);

function panes({ config, profile }: Case): Driver {
  if (profile !== 'flink' && profile !== 'beam') throw new CaseFault(`no windows of ${profile}`);
  const early = config.has('trigger.early') ? { type: 'count' as const, n: config.number('trigger.early.n') } : null;
  const trigger: Trigger | null = config.has('trigger') ? { type: 'after-watermark', early, late: null } : null;
  const log = new PaneLog();
  const settings = {
    profile,
    trigger,
    accumulation: config.word('accumulation', 'accumulating') as Accumulation,
    lateness: config.number('lateness', 0),
    log,
  };
  const over = { input: INPUT, aggregate: aggregateOf(config), shape: shapeOf(config.part('window')) };
  const drive = new OperatorDrive((context) => windowOperatorOver(over, settings, context), [INPUT]);
  const changesOf = (emissions: Emission[]): Item[] =>
    emissions.map((emission, at) => {
      const { timing, index, first, last } = log.of(at);
      const word = timing === 'on time' ? 'ON_TIME' : timing.toUpperCase();
      return { ...paneOf(emission), timing: word, paneIndex: index, first, last };
    });
  return {
    handle(event) {
      if (event.watermark !== undefined) return changesOf(drive.advance(numberOf(event.watermark)));
      return changesOf(drive.row(rowFor(event), { time: numberOf(event.ts) }));
    },
  };
}

function updates({ config }: Case): Driver {
  const settings = {
    shape: shapeOf(config.part('window')),
    emit: 'update' as const,
    retract: false,
    grace: config.number('lateness', config.number('grace', 0)),
  };
  const drive = new OperatorDrive(
    (context) => kafkaWindowsOver(INPUT, aggregateOf(config), settings, context),
    [INPUT],
  );
  return {
    handle(event) {
      const at = timeOf(event);
      if (at === null) return [];
      const row = event.ts === undefined ? [JSON.stringify(CLOCK), 0] : rowFor(event);
      const fired = at === MIN_TIME ? [] : drive.row(row, { time: at }).map(paneOf);
      return fired.filter(({ key }) => !isClock(key));
    },
  };
}

/** Kafka's windows are said by `before` and `after`, Flink's by `lower` and `upper`; who has only one kind takes it. */
function joins({ config, profile, events }: Case): Driver {
  const kafka = profile === 'kafka';
  const bound = (own: string, other: number): number => (config.has(own) ? config.number(own) : other);
  const lower = bound('lower', -config.number('before', 0));
  const upper = bound('upper', config.number('after', 0));
  const kind = config.word('join', 'inner') === 'left' ? ('left' as const) : ('inner' as const);
  const interval = {
    lower: kafka ? -bound('before', -lower) : lower,
    upper: kafka ? bound('after', upper) : upper,
    kind,
    nullSafe: false,
    keyed: true,
    where: null,
  };
  if (profile !== 'flink' && profile !== 'kafka') throw new CaseFault(`no stream joins of ${profile}`);
  // Rows without a value, joined without an outer side, are what a DataStream joins; it drops late rows (S8.2).
  const isDataStream = kind === 'inner' && !events.some((event) => 'value' in event);
  const drive = drivePair(
    interval,
    kafka ? { profile, lateness: config.number('grace', 0) } : { lateRows: isDataStream ? 'drop' : 'match' },
  );
  return {
    handle(event) {
      if (!kafka && event.watermark !== undefined) return drive.advance(numberOf(event.watermark)).map(pairOf);
      const time = timeOf(event);
      if (time === null) return [];
      if (event.ts === undefined) {
        const moved = drive.row(rowOf(CLOCK, null, time), { port: 0, time });
        return moved.map(pairOf).filter(({ key }) => !isClock(key));
      }
      const values = rowOf(event.key, event.value ?? time, time);
      return drive.row(values, { port: portOf(event.side), time }).map(pairOf);
    },
  };
}

/** Where a record, or "all data before T has arrived", puts stream time; a watermark is none of its (S1.1). */
function timeOf({ ts, time }: Item): number | null {
  if (ts !== undefined) return numberOf(ts);
  return time === undefined ? null : numberOf(time);
}

const aggregateOf = (config: Case['config']): 'COUNT' | 'SUM' =>
  config.word('aggregate', 'count') === 'sum' ? 'SUM' : 'COUNT';

const rowFor = ({ key = null, value = 0 }: Item): [string, number] => [JSON.stringify(key), numberOf(value)];

const textAsJson = (text: Json | undefined): Json => (typeof text === 'string' ? (JSON.parse(text) as Json) : null);

function paneOf({ change, row, time }: Emission): Item & { key: Json } {
  // An empty pane sums up to nothing.
  const value = change === '−D' ? null : (row.value ?? 0);
  const window = [Number(row.window_start), Number(row.window_end)];
  return { key: textAsJson(row.key), window, value, count: value, sum: value, ts: time };
}

const pairOf = ({ row, time }: Emission): Item & { key: Json } => ({
  key: textAsJson(row.left_key ?? row.right_key),
  left: textAsJson(row.left),
  right: textAsJson(row.right),
  ts: time,
});
