import { field, STRING } from '../../../src/index';
import { RegroupedTableOperator } from '../../../src/engine/nodes/aggregate/regroupedTable';
import { type Suppress } from '../../../src/engine/nodes/aggregate/regroupedTableBuffer';
import { OperatorDrive } from '../../support/operatorDrive';
import { either, flag, nothing, number, words, type Check } from '../../../src/cases/fields';
import {
  isItem,
  isList,
  numberOf,
  textOf,
  type Case,
  type Driver,
  type Json,
  type Kind,
} from '../../../src/cases/kind';

/** Keys and values go in and out as JSON, whatever they are. */
const INPUT = [field('key', STRING), field('value', STRING, true)] as const;

const limits: Check = { says: 'an object', holds: (value) => isItem(value) };

/** A changelog table grouped by something else, counted. */
export const tableGroupCount: Kind = {
  kind: 'table-group-count',
  profiles: ['kafka'],
  compares: ['ordered', 'set-per-event', 'set', 'multiset'],
  config: {
    groupBy: words('value', 'key'),
    aggregate: words('count'),
    suppress: either(nothing, limits),
    'suppress.timeLimit': number,
    'suppress.maxRecords': number,
    versionedSource: flag,
  },
  events: ['key ts value'],
  expected: ['after', 'key', 'value', 'ts'],
  start: (theCase) => regrouped(theCase, 'count'),
};

/** The same with a log of what was added and subtracted. */
export const tableGroupLog: Kind = {
  ...tableGroupCount,
  kind: 'table-group-log',
  config: { ...tableGroupCount.config, aggregate: words('log') },
  expected: ['after', 'key', 'log', 'ts'],
  // `+1-1`, or a list of its entries, or behind the empty log's 0, as Kafka's own tests write it.
  normal: (expected) =>
    expected.map((item) => (isItem(item) && item.log !== undefined ? { ...item, log: logText(item.log) } : item)),
  start: (theCase) => regrouped(theCase, 'log'),
};

function regrouped({ config }: Case, aggregate: 'count' | 'log'): Driver {
  const settings = {
    groupBy: config.word('groupBy', 'value') === 'key' ? ('key' as const) : ('value' as const),
    aggregate,
    versioned: config.flag('versionedSource'),
    suppress: suppressOf(config.at('suppress')),
    retract: false,
  };
  const drive = new OperatorDrive((context) => new RegroupedTableOperator(INPUT, settings, context), [INPUT]);
  return {
    feed({ key = null, ts, value = null }) {
      const row = [JSON.stringify(key), value === null ? null : JSON.stringify(value)];
      return drive.row(row, { time: numberOf(ts) }).map((one) => {
        const [group, result] = Object.values(one.row);
        const said = { key: JSON.parse(String(group)) as Json, ts: one.time };
        if (aggregate === 'count') return { ...said, value: result };
        return { ...said, log: (JSON.parse(String(result)) as string[]).map(plain).join('') };
      });
    },
  };
}

const logText = (log: Json): Json => {
  const text = isList(log) ? log.map(textOf).join('') : log;
  return typeof text === 'string' ? text.replace(/^0(?=[+-]|$)/, '') : text;
};

/** `+"v"` as `+v`. */
const plain = (entry: string): string => entry[0] + String(JSON.parse(entry.slice(1)));

function suppressOf(suppress: Json | undefined): Suppress | null {
  if (!isItem(suppress)) return null;
  const { timeLimit, maxRecords } = suppress;
  if (typeof maxRecords === 'number') return { maxRecords };
  return typeof timeLimit === 'number' ? { timeLimit } : null;
}
