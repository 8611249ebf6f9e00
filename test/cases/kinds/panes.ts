import { BIGINT, field, STRING, type Accumulation, type Trigger } from '../../../src/index';
import { PaneLog, type LoggedWindows } from '../../support/paneLog';
import { windowOperatorOver } from '../../support/windowOver';
import { type EmptyPane, type OutputTimestamp } from '../../../src/engine/stream/options';
import { OperatorDrive, type Emission } from '../../support/operatorDrive';
import { either, list, number, object, words } from '../../../src/cases/fields';
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
import { Settings } from '../../../src/cases/settings';
import { inSqlOr } from './inSql';
import { everywhere, shapeOf } from './windowShape';

const TRIGGERS = words(
  'after-watermark',
  'all',
  'any',
  'count',
  'default',
  'each',
  'or-finally',
  'processing-delay',
  'repeat',
);
const EMPTY = words('fire-always', 'fire-if-non-empty');

/** The trigger language to the depth that cases write it; `triggerOf` reads any. */
function triggerFields(): Kind['config'] {
  const parts = ['', '.early', '.late', '.main', '.main.of', '.until', '.of', '.of.of'].map((part) => `trigger${part}`);
  return Object.fromEntries(
    parts.flatMap((path) => [
      [`${path}.type`, TRIGGERS],
      [`${path}.n`, number],
      [`${path}.delay`, number],
    ]),
  );
}

const CONFIG: Kind['config'] = {
  'window.type': words('global', 'session', 'sliding', 'tumbling'),
  'window.size': number,
  'window.slide': number,
  'window.offset': number,
  'window.gap': number,
  time: words('event'),
  watermark: words('exclusive'),
  aggregate: words('list', 'sum'),
  accumulation: words('accumulating', 'accumulating-retracting', 'discarding'),
  allowedLateness: number,
  outputTimestamp: words('earliest', 'end-of-window', 'latest'),
  onTimeBehavior: EMPTY,
  closingBehavior: EMPTY,
  ...triggerFields(),
  'trigger.of': either(list, object),
  'trigger.of.of': either(list, object),
};

/** Beam's panes: triggers are asked after the whole batch (S4.5-S4.13). */
export const panes: Kind = {
  kind: 'panes',
  profiles: ['beam'],
  compares: ['ordered', 'set-per-event'],
  config: CONFIG,
  events: ['batch', 'watermark', 'processingTime'],
  expected: [
    'after',
    'values',
    'window',
    'timing',
    'paneIndex',
    'nonSpeculativeIndex',
    'ts',
    'last',
    'first',
    'droppedWindows',
    'count',
    'value',
    'retraction',
  ],
  facts: ['droppedWindows'],
  top: ['requires', 'totals'],
  normal: (expected) =>
    expected
      .map(everywhere)
      .map((item) => (isItem(item) && isList(item.values) ? { ...item, values: sorted([...item.values]) } : item)),
  start: inSqlOr(start),
};

/** The same, compared only as sums of everything emitted (S6.3). */
export const panesRunningTotals: Kind = {
  ...panes,
  kind: 'panes-running-totals',
  compares: ['running-totals'],
  expected: ['after', 'windowTotals'],
  facts: [],
  normal: undefined,
  start: inSqlOr((theCase) => {
    const driver = start(theCase);
    return { handle: (event, index) => driver.handle(event, index) };
  }),
};

function start({ config }: Case): Driver {
  const sums = config.word('aggregate', 'sum') === 'sum';
  const accumulation = config.word('accumulation', 'discarding');
  const input = [field('key', STRING), sums ? field('value', BIGINT, true) : field('value', STRING)];
  const log = new PaneLog(true);
  const settings = {
    profile: 'beam' as const,
    trigger: config.has('trigger') ? triggerOf(config.part('trigger')) : null,
    accumulation: (accumulation === 'accumulating-retracting' ? 'retracting' : accumulation) as Accumulation,
    lateness: config.number('allowedLateness', 0),
    outputTimestamp: config.word('outputTimestamp', 'end-of-window') as OutputTimestamp,
    onTime: config.word('onTimeBehavior', 'fire-always') as EmptyPane,
    closing: config.word('closingBehavior', 'fire-if-non-empty') as EmptyPane,
    bundles: true,
    log,
  };
  const over = {
    input,
    aggregate: sums ? ('SUM' as const) : ('COUNT' as const),
    shape: shapeOf(config.part('window')),
  };
  const drive = new OperatorDrive((context) => windowOperatorOver(over, settings, context), [input]);
  drive.clock(0);
  const operator = drive.operator as LoggedWindows;
  const rowOf = (element: Json): { values: (string | number)[]; time: number } => {
    if (!isItem(element)) throw new CaseFault('an element is not an object');
    const { key = null, value = null, ts } = element;
    return { values: [JSON.stringify(key), sums ? numberOf(value) : JSON.stringify(value)], time: numberOf(ts) };
  };
  let dropped = 0;
  return {
    handle(event) {
      const before = operator.refused;
      let fired: Item[];
      if (event.watermark !== undefined) fired = outputsOf(drive.advance(numberOf(event.watermark)), log, sums);
      else if (event.processingTime !== undefined) fired = clock(drive, log, numberOf(event.processingTime), sums);
      else {
        if (!isList(event.batch)) throw new CaseFault('a batch is not a list');
        const rows = event.batch.map(rowOf);
        fired = rows.length > 0 ? outputsOf(drive.rows(rows), log, sums) : [];
        fired.push(
          ...outputsOf(
            drive.call((input) => operator.endBundle(input)),
            log,
            sums,
          ),
        );
      }
      dropped = operator.refused - before;
      return fired;
    },
    facts: () => ({ droppedWindows: dropped }),
  };
}

/** Up to each alarm on its own: what a pane is can be asked until the next thing happens. */
function clock(drive: OperatorDrive, log: PaneLog, now: number, sums: boolean): Item[] {
  const operator = drive.operator as LoggedWindows;
  const fired: Item[] = [];
  for (let due = operator.alarm(); due <= now; due = operator.alarm()) {
    fired.push(...outputsOf(drive.clock(due), log, sums));
  }
  drive.clock(now);
  return fired;
}

function outputsOf(emissions: Emission[], log: PaneLog, sums: boolean): Item[] {
  return emissions.map(({ change, row, time }, at): Item => {
    const pane = log.of(at);
    const values = log.rowsOf(at).map(([, value]) => value);
    const old = change === '−U' || change === '−D';
    const value = sums ? Number(row.value ?? 0) : null;
    return {
      value: value === null ? null : old ? -value : value,
      values: sorted(sums ? values : values.map((one) => JSON.parse(String(one)) as Json)),
      count: values.length,
      window: [Number(row.window_start), Number(row.window_end)],
      timing: NAMES[pane.timing],
      paneIndex: pane.index,
      nonSpeculativeIndex: pane.nonSpeculative,
      first: pane.first,
      last: pane.last,
      ts: time,
      ...(old ? { retraction: true } : {}),
    };
  });
}

const NAMES = { early: 'EARLY', 'on time': 'ON_TIME', late: 'LATE' };

const sorted = (values: Json[]): Json[] =>
  values.sort((a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
  });

function triggerOf(trigger: Settings): Trigger {
  const parts = (): Trigger[] =>
    trigger.list('of').map((one) => {
      if (!isItem(one)) throw new CaseFault('a part of a trigger is not an object');
      return triggerOf(new Settings(one));
    });
  const part = (name: string): Trigger => triggerOf(trigger.part(name));
  const type = trigger.word('type');
  switch (type) {
    case 'default':
      return { type };
    case 'after-watermark':
      return {
        type,
        early: trigger.has('early') ? part('early') : null,
        late: trigger.has('late') ? part('late') : null,
      };
    case 'count':
      return { type, n: trigger.number('n') };
    case 'processing-delay':
      return { type, delay: trigger.number('delay') };
    case 'repeat':
      return { type, of: part('of') };
    case 'any':
    case 'all':
    case 'each':
      return { type, of: parts() };
    case 'or-finally':
      return { type, main: part('main'), until: part('until') };
    default:
      throw new CaseFault(`trigger of type ${type}`);
  }
}
