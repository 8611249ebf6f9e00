import { BIGINT, field, MIN_TIME, STRING, type Accumulation, type Trigger } from '../../index';
import { OperatorDrive, panedWindowsOver, updatingWindowsOver, type Emission, type UpdatingShape } from '../../parts';
import { number, words } from '../fields';
import { CaseFault, numberOf, type Case, type Driver, type Item, type Json, type Kind } from '../kind';
import { drivePair, isLeft, rowOf } from './joined';
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
  },
  events: ['key ts value', 'time', 'key side ts value', 'key side ts', 'watermark', 'ts', 'ts value'],
  expected: ['byProfile'],
  start(theCase) {
    if (theCase.config.has('join')) return joins(theCase);
    return theCase.profile === 'kafka' ? updates(theCase) : panes(theCase);
  },
};

const isClock = (key: Json): boolean => JSON.stringify(key) === JSON.stringify(CLOCK);

function panes({ config, profile }: Case): Driver {
  if (profile !== 'flink' && profile !== 'beam') throw new CaseFault(`no windows of ${profile}`);
  const early = config.has('trigger.early') ? { type: 'count' as const, n: config.number('trigger.early.n') } : null;
  const trigger: Trigger | null = config.has('trigger') ? { type: 'after-watermark', early, late: null } : null;
  const settings = {
    profile,
    trigger,
    accumulation: config.word('accumulation', 'accumulating') as Accumulation,
    lateness: config.number('lateness', 0),
  };
  const over = { input: INPUT, aggregate: aggregateOf(config), shape: shapeOf(config.part('window')) };
  const drive = new OperatorDrive((context) => panedWindowsOver(over, settings, context), [INPUT]);
  return {
    feed(event) {
      if (event.watermark !== undefined) return drive.advance(numberOf(event.watermark)).map(paneOf);
      return drive.row(rowFor(event), { time: numberOf(event.ts) }).map(paneOf);
    },
  };
}

function updates({ config }: Case): Driver {
  const window = shapeOf(config.part('window'));
  if (window.kind === 'global' || window.kind === 'cumulate') throw new CaseFault(`no ${window.kind} windows of kafka`);
  const slide = window.kind === 'hop' ? window.slide : window.kind === 'tumble' ? window.size : 0;
  const shape: UpdatingShape = window.kind === 'session' ? window : { kind: 'hop', size: window.size, slide };
  const settings = {
    shape,
    emit: 'update' as const,
    retract: false,
    grace: config.number('lateness', config.number('grace', 0)),
    clock: 'event' as const,
  };
  const drive = new OperatorDrive(
    (context) => updatingWindowsOver(INPUT, aggregateOf(config), settings, context),
    [INPUT],
  );
  return {
    feed(event) {
      const at = timeOf(event);
      const row = event.ts === undefined ? [JSON.stringify(CLOCK), 0] : rowFor(event);
      const said = at === MIN_TIME ? [] : drive.row(row, { time: at }).map(paneOf);
      return said.filter(({ key }) => !isClock(key));
    },
  };
}

function joins({ config, profile }: Case): Driver {
  const interval = {
    lower: config.number('lower', -config.number('before', 0)),
    upper: config.number('upper', config.number('after', 0)),
    kind: config.word('join') === 'left' ? ('left' as const) : ('inner' as const),
    nullSafe: false,
    keyed: true,
    where: null,
  };
  if (profile !== 'flink' && profile !== 'kafka') throw new CaseFault(`no stream joins of ${profile}`);
  const drive = drivePair(interval, profile === 'kafka' ? { profile, lateness: config.number('grace', 0) } : {});
  return {
    feed(event) {
      if (profile === 'flink' && event.watermark !== undefined) {
        return drive.advance(numberOf(event.watermark)).map(pairOf);
      }
      const time = timeOf(event);
      if (event.ts === undefined) {
        const moved = drive.row(rowOf(CLOCK, null, time), { port: 0, time });
        return moved.map(pairOf).filter(({ key }) => !isClock(key));
      }
      const values = rowOf(event.key, event.value ?? time, time);
      return drive.row(values, { port: isLeft(event) ? 0 : 1, time }).map(pairOf);
    },
  };
}

/** Where a record, or "all data before T has arrived", puts stream time; a watermark W promises W + 1 (S1.1). */
function timeOf({ ts, time, watermark }: Item): number {
  if (ts !== undefined) return numberOf(ts);
  return time === undefined ? numberOf(watermark) + 1 : numberOf(time);
}

const aggregateOf = (config: Case['config']): 'COUNT' | 'SUM' =>
  config.word('aggregate', 'count') === 'sum' ? 'SUM' : 'COUNT';

const rowFor = ({ key = null, value = 0 }: Item): [string, number] => [JSON.stringify(key), numberOf(value)];

const textAsJson = (text: Json | undefined): Json => (typeof text === 'string' ? (JSON.parse(text) as Json) : null);

const paneOf = ({ change, row, time }: Emission): Item & { key: Json } => ({
  key: textAsJson(row.key),
  window: [Number(row.window_start), Number(row.window_end)],
  // An empty pane sums up to nothing.
  value: change === '−D' ? null : (row.value ?? 0),
  ts: time,
});

const pairOf = ({ row, time }: Emission): Item & { key: Json } => ({
  key: textAsJson(row.left_key ?? row.right_key),
  left: textAsJson(row.left),
  right: textAsJson(row.right),
  ts: time,
});
