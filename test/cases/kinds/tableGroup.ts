import { RegroupedTable, type Suppress } from '../../support/regroupedTable';
import { either, flag, nothing, number, words, type FieldCheck } from '../../../src/cases/fields';
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

const limits: FieldCheck = { label: 'an object', holds: (value) => isItem(value) };

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
  const table = new RegroupedTable({
    groupBy: config.word('groupBy', 'value') === 'key' ? 'key' : 'value',
    versioned: config.flag('versionedSource'),
    suppress: suppressOf(config.at('suppress')),
  });
  return {
    handle({ key = null, ts, value = null }) {
      // Keys and values go in and out as JSON, whatever they are.
      const text = value === null ? null : JSON.stringify(value);
      return table.put(JSON.stringify(key), text, numberOf(ts)).map(({ name, count, log, time }) => {
        const group = { key: JSON.parse(name) as Json, ts: time };
        return aggregate === 'count' ? { ...group, value: count } : { ...group, log: log.map(plain).join('') };
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
