import { BIGINT, field, STRING, TIMESTAMP, type Over, type Plan } from '../../../src/index';
import { RegroupedTable } from '../../support/regroupedTable';
import { LookupOperator } from '../../../src/engine/nodes/over/lookup';
import { kafkaWindowsOver } from '../../support/kafkaWindows';
import { driveNode, OperatorDrive } from '../../support/operatorDrive';
import { columnOf, pack, scanOf, unpack } from '../joinPlans';
import { CaseFault, isList, numberOf, type Case, type Driver, type Item, type Json } from '../../../src/cases/kind';
import { callOf, resultFields } from '../queryPlans';
import { assignWindows } from './assignWindows';
import { sessionWindows } from './sessionWindows';
import { shapeOf } from './windowShape';

const EVENTS = [field('key', STRING, true), field('value', BIGINT, true), field('ts', TIMESTAMP)];
const REQUESTS = [field('key', STRING, true), field('ts', TIMESTAMP)];
const COUNT = callOf('COUNT', null);
const SUM = callOf('SUM', columnOf(EVENTS, 'value'));
const INSERT = 0;
const DELETE = 3;

/** What an aggregate over the last `lookback` says at the time `query`: both ends are inclusive (S7.1, S7.5). */
export function lookbacks({ config, profile, events }: Case): Driver {
  if (profile === 'beam') throw new CaseFault('no rolling aggregates of beam');
  const query = config.has('query.ref') ? config.number('query.ref') : config.number('query');
  const plan: Over = {
    node: 'over',
    input: { ...scanOf('events', EVENTS), timeColumn: 2 },
    partitionBy: [columnOf(EVENTS, 'key')],
    frame: { unit: 'range', preceding: config.number('lookback') },
    aggregates: [COUNT, SUM],
    schema: [...EVENTS, ...resultFields([COUNT, SUM])],
    timeColumn: 2,
  };
  const asked = { edge: 'closed', answer: 'rescan', requests: REQUESTS } as const;
  const drive = new OperatorDrive((context) => new LookupOperator(plan, asked, context), [EVENTS, REQUESTS]);
  const counts = config.word('aggregate', 'count') === 'count';
  return {
    handle({ key = null, ts, value = null, time, watermark }) {
      if (time === undefined && watermark === undefined) {
        drive.row([pack(key), value === null ? null : numberOf(value), numberOf(ts)], { time: numberOf(ts) });
      }
      return [];
    },
    end() {
      const keys = [...new Set(events.filter((one) => 'ts' in one).map(({ key = null }) => pack(key)))];
      return keys.flatMap((key) =>
        drive.row([key, query], { port: 1, time: query }).map(({ row }): Item => {
          const [count, sum] = [row[COUNT.text], row[SUM.text]];
          return { key: unpack(key), query, ts: query, count, sum, value: counts ? count : sum };
        }),
      );
    },
  };
}

/** The count of each key's rows while they come and go: what is left of a group without any (S13.2, S13.6). */
export function counts({ profile }: Case): Driver {
  const schema = [field('key', STRING, true)];
  const output = (key: Json, count: number | null, op: string): Item => ({ key, value: count, count, op });
  if (profile === 'kafka') {
    const table = new RegroupedTable({ groupBy: 'value', versioned: false, suppress: null });
    // A table of Kafka has one row per key, so each row that comes has one of its own, and the group as its value.
    const living = new Map<string, string[]>();
    let rows = 0;
    return {
      handle({ key = null, op }) {
        const group = JSON.stringify(key);
        const own = living.get(group) ?? [];
        living.set(group, own);
        const isNew = comes(op);
        const row = isNew ? String(rows++) : own.pop();
        if (row === undefined) return [];
        if (isNew) own.push(row);
        return table
          .put(row, isNew ? group : null, 0)
          .map(({ name, count }) => output(JSON.parse(name) as Json, count, '+U'));
      },
    };
  }
  if (profile === 'beam') throw new CaseFault('no tables of beam');
  const events = { ...scanOf('events', schema), timeColumn: -1 };
  const keys = [columnOf(schema, 'key')];
  // The input takes rows back: it stands for a query that does.
  const changing: Plan = { node: 'deduplicate', input: events, keys, keep: 'last', schema, timeColumn: -1 };
  const out = [...schema, ...resultFields([COUNT])];
  const drive = driveNode({
    node: 'aggregate',
    input: changing,
    keys,
    aggregates: [COUNT],
    schema: out,
    timeColumn: -1,
  });
  return {
    handle: ({ key = null, op }) =>
      drive
        .row([pack(key)], { kind: comes(op) ? INSERT : DELETE })
        .filter(({ change }) => change !== '−U')
        .map(({ change, row }) => {
          const gone = change === '−D';
          return output(unpack(row.key), gone ? null : Number(row[COUNT.text]), gone ? '-D' : change);
        }),
  };
}

/** Whether a change adds a row. */
function comes(op: Json): boolean {
  if (op === '+I' || op === '+U' || op === '+' || op === 'insert' || op === 'add') return true;
  if (op === '-D' || op === '-U' || op === '-' || op === 'delete' || op === 'remove') return false;
  throw new CaseFault(`${JSON.stringify(op)} is not a kind of change`);
}

/** Which windows bare times get, without anything that would fire them. */
export function assignments(theCase: Case): Driver {
  const { config, profile } = theCase;
  if (config.word('window.type') === 'session') {
    const top: Item = profile === 'kafka' ? { windowBounds: 'inclusive' } : {};
    return sessionWindows.start({ ...theCase, compare: 'final', top });
  }
  const assigned = profile === 'kafka' ? updatedBy(theCase) : assignWindows.start(theCase);
  return {
    handle: (event, index) =>
      assigned
        .handle(event, index)
        .flatMap(({ windows }) => (isList(windows) ? windows.map((window) => ({ window })) : [])),
  };
}

/** The windows that a record updates when it is the first of all. */
function updatedBy({ config }: Case): Driver {
  const settings = {
    shape: shapeOf(config.part('window')),
    emit: 'update',
    retract: false,
    grace: 0,
  } as const;
  const input = [field('key', STRING), field('value', BIGINT, true)] as const;
  const make = (): OperatorDrive =>
    new OperatorDrive((context) => kafkaWindowsOver(input, 'COUNT', settings, context), [input]);
  make();
  return {
    handle({ ts }) {
      const updates = make().row(['null', 0], { time: numberOf(ts) });
      return [{ windows: updates.map(({ row }) => [Number(row.window_start), Number(row.window_end)]) }];
    },
  };
}
