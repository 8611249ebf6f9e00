import { BIGINT, field, STRING, type Accumulation, type Trigger, type WindowShape } from '../../../src/index';
import { windowOperatorOver } from '../../support/windowOver';
import { assignerOf, sessions, type Assigner } from '../../../src/engine/windowing/assign';
import { type Evictor } from '../../../src/engine/stream/options';
import { OperatorDrive, type Emission } from '../../support/operatorDrive';
import { flag, list, number, words } from '../../../src/cases/fields';
import { CaseFault, isItem, isList, numberOf, type Item, type Json, type Kind } from '../../../src/cases/kind';
import { type Settings } from '../../../src/cases/settings';
import { inSqlOr } from './inSql';
import { everywhere, shapeOf } from './windowShape';

/** Keys go in and out as JSON, whatever they are. */
const INPUT = [field('key', STRING), field('value', BIGINT, true)];

/** A keyed window operator of Flink's (S2-S5). */
export const window: Kind = {
  kind: 'window',
  profiles: ['flink'],
  compares: ['ordered', 'set-per-event'],
  config: {
    'window.type': words('global', 'session', 'session-dynamic', 'session-point', 'sliding', 'tumbling', 'cumulate'),
    'window.size': number,
    'window.slide': number,
    'window.offset': number,
    'window.step': number,
    'window.max': number,
    'window.gap': number,
    'window.gapRule': list,
    'window.pointValue': number,
    time: words('event', 'processing'),
    aggregate: words('sum'),
    'trigger.type': words('continuous-event-time', 'count', 'window-end'),
    'trigger.n': number,
    'trigger.interval': number,
    accumulation: words('accumulating', 'discarding'),
    allowedLateness: number,
    lateOutput: flag,
    'evictor.type': words('count', 'time'),
    'evictor.keep': number,
    'evictor.when': words('before', 'after'),
  },
  events: ['key ts value', 'watermark', 'snapshotRestore', 'processingTime', 'key value'],
  expected: ['after', 'key', 'value', 'window', 'ts', 'late', 'stateEntries'],
  facts: ['stateEntries'],
  normal: (expected) => expected.map(everywhere),
  start: inSqlOr(({ config }) => {
    const settings = {
      time: config.word('time', 'event') === 'processing' ? ('processing' as const) : ('event' as const),
      trigger: config.has('trigger') ? triggerOf(config.part('trigger')) : null,
      accumulation: config.word('accumulation', 'accumulating') as Accumulation,
      lateness: config.number('allowedLateness', 0),
      evictor: config.has('evictor') ? evictorOf(config.part('evictor')) : null,
      ...windowOf(config.part('window')),
    };
    const over = { input: INPUT, aggregate: 'SUM' as const, shape: settings.shape };
    const drive = new OperatorDrive((context) => windowOperatorOver(over, settings, context), [INPUT]);
    drive.clock(0);
    return {
      handle(event) {
        const before = drive.drops.length;
        const fired = happen(drive, event, settings.time === 'processing').map(resultOf);
        if (!config.flag('lateOutput')) return fired;
        const late = drive.drops.slice(before).map(({ row, time }) => ({
          late: true,
          key: JSON.parse(String(row.key)) as Json,
          value: row.value,
          ts: time,
        }));
        return [...fired, ...late];
      },
      facts: () => ({ stateEntries: drive.operator.state!.rows }),
    };
  }),
};

function happen(drive: OperatorDrive, event: Item, byClock: boolean): Emission[] {
  if (event.snapshotRestore === true) {
    drive.snapshotRestore();
    return [];
  }
  if (event.watermark !== undefined) return drive.advance(numberOf(event.watermark));
  if (event.processingTime !== undefined) return drive.clock(numberOf(event.processingTime));
  // On the clock the time of an event is ignored (S2.9).
  const time = byClock ? 0 : numberOf(event.ts);
  return drive.row([JSON.stringify(event.key ?? null), numberOf(event.value)], { time });
}

const resultOf = ({ row, time }: Emission): Item => ({
  key: JSON.parse(String(row.key)) as Json,
  value: row.value,
  window: [Number(row.window_start), Number(row.window_end)],
  ts: time,
});

/** Sessions whose gap depends on the row have an assigner of their own. */
function windowOf(config: Settings): { shape: WindowShape; assigner?: Assigner } {
  const type = config.word('type');
  const session = { kind: 'session' as const, gap: 1 };
  if (type === 'session-dynamic') {
    const rules = config.list('gapRule').map(ruleOf);
    const assigner = sessions((batch, row) => {
      const value = batch.columns[1].data[row];
      const key = JSON.parse(batch.columns[0].dictionary!.strings[batch.columns[0].data[row]]) as Json;
      const rule = rules.find(({ holds }) => holds(key, value));
      if (!rule) throw new CaseFault(`no gap for the value ${value}`);
      return rule.gap;
    });
    return { shape: session, assigner };
  }
  if (type === 'session-point') {
    const point = config.number('pointValue');
    const gap = config.number('gap');
    assignerOf({ kind: 'session', gap });
    return { shape: session, assigner: sessions(({ columns }, row) => (columns[1].data[row] === point ? 0 : gap)) };
  }
  return { shape: shapeOf(config) };
}

interface Rule {
  gap: number;
  holds: (key: Json, value: number) => boolean;
}

/** Of a line that is taken when none before it was: its gap may stand at this name. */
const ELSE = ['otherwise', 'default', 'else'];
/** Names under which the conditions of a line may stand together. */
const WHEN = ['when', 'if', 'match'];

/**
 * One line of a gap rule: what it names has to be so; a line that names nothing, or `null` or `"*"`, always holds.
 * `{key?, value?, gap}`, `{when: {key?, value?}, gap}`, `{default: gap}`, `[gap]`, `[match, gap]`, `[key, value, gap]`.
 * A list is any of its members.
 */
function ruleOf(line: Json): Rule {
  if (isList(line)) return ruleOf(outputOf(line));
  if (typeof line === 'number') return ruleOf({ gap: line });
  if (!isItem(line)) throw new CaseFault(`${JSON.stringify(line)} is not a gap rule`);
  const { gap, ...rest } = line;
  const last = ELSE.find((name) => name in rest);
  const when = rest[WHEN.find((name) => name in rest) ?? ''];
  if (when !== undefined && !isItem(when)) return ruleOf(outputOf([when, gap]));
  const conditions = when ?? rest;
  return {
    gap: numberOf(gap ?? (last === undefined ? gap : rest[last])),
    holds: (key, value) =>
      Object.entries(conditions).every(([name, wanted]) => {
        if (wanted === null || wanted === '*' || ELSE.includes(name)) return true;
        const among = (one: Json): boolean => (isList(wanted) ? wanted.includes(one) : wanted === one);
        if (name === 'key') return among(key);
        if (name === 'value') return among(value);
        throw new CaseFault(`a gap rule with ${name}`);
      }),
  };
}

function outputOf(line: readonly Json[]): Item {
  const gap = line[line.length - 1] ?? null;
  if (line.length === 3) return { key: line[0], value: line[1], gap };
  const [match] = line;
  if (line.length === 1) return { gap };
  if (isItem(match)) return { when: match, gap };
  return typeof match === 'number' ? { value: match, gap } : { key: match, gap };
}

function triggerOf(trigger: Settings): Trigger {
  const type = trigger.word('type');
  if (type === 'count') return { type, n: trigger.number('n') };
  if (type === 'continuous-event-time') return { type, interval: trigger.number('interval') };
  return { type: 'window-end' };
}

const evictorOf = (evictor: Settings): Evictor => ({
  type: evictor.word('type') === 'count' ? 'count' : 'time',
  keep: evictor.number('keep'),
  when: evictor.word('when', 'before') === 'after' ? 'after' : 'before',
});
