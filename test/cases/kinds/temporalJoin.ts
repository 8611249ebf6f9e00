import { DOUBLE, field, STRING, type Expression } from '../../../src/index';
import { LookupJoinOperator, TemporalJoinOperator } from '../../../src/engine/nodes/join/temporalJoin';
import { OperatorDrive } from '../../support/operatorDrive';
import { number, words } from '../../../src/cases/fields';
import { columnOf, kindOf, onKey, opOf, pack, portOf, scanOf, sideSchema, unpack } from '../joinPlans';
import { numberOf, type Case, type Driver, type Item, type Json, type Kind } from '../../../src/cases/kind';
import { type Settings } from '../../../src/cases/settings';

const LEFT = scanOf('rows', sideSchema('left', field('id', STRING, true), field('amount', STRING, true)));
/** `number`: the value as one, for filters. */
const RIGHT = scanOf('versions', sideSchema('version', field('value', STRING, true), field('number', DOUBLE, true)));
const OPERATORS = ['<', '<=', '>', '>=', '=', '<>'] as const;

/** A stream joined with the versions of a table. */
export const temporalJoin: Kind = {
  kind: 'temporal-join',
  profiles: ['flink', 'any'],
  compares: ['ordered', 'set-per-event', 'set', 'multiset', 'final-view-by-id'],
  config: {
    join: words('inner', 'left'),
    time: words('event', 'processing'),
    'versionFilter.column': words('value'),
    'versionFilter.op': words(...OPERATORS),
    'versionFilter.value': number,
  },
  events: [
    'amount id key op side ts',
    'id key op side ts',
    'key op side ts value',
    'key op side ts',
    'watermark',
    'snapshotRestore',
  ],
  expected: ['id', 'amount', 'value', 'versionTs', 'after', 'op'],
  start,
};

function start({ config }: Case): Driver {
  const kind = config.word('join', 'inner') === 'left' ? ('left' as const) : ('inner' as const);
  const time = config.word('time', 'event') === 'processing' ? ('processing' as const) : ('event' as const);
  const plan = { node: 'temporal join' as const, ...onKey(LEFT, RIGHT, kind, filterOf(config)), time };
  const drive = new OperatorDrive(
    (context) =>
      time === 'event' ? new TemporalJoinOperator(plan, true, context) : new LookupJoinOperator(plan, true, context),
    [LEFT.schema, RIGHT.schema],
  );
  // A row is known by its id: what changes it names it again.
  const ids = new Map<string | null, number>();
  const numberOfId = (id: string | null): number => ids.get(id) ?? (ids.set(id, ids.size), ids.size - 1);
  return {
    handle(event) {
      if (event.snapshotRestore === true) drive.snapshotRestore();
      if (event.snapshotRestore === true || 'watermark' in event) {
        return 'watermark' in event ? drive.advance(numberOf(event.watermark)).map(output) : [];
      }
      const at = numberOf(event.ts);
      const given = { port: portOf(event.side), time: at, kind: kindOf(event.op) };
      const key = pack(event.key);
      if (given.port === 1) return drive.row([key, at, pack(event.value), asNumber(event.value)], given).map(output);
      const id = pack(event.id);
      const ids3 = [numberOfId(id), 0, 0] as const;
      return drive.row([key, at, id, pack(event.amount)], { ...given, ids: ids3 }).map(output);
    },
  };
}

const asNumber = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);

function output({ change, row }: { change: string; row: Record<string, unknown> }): Item {
  const { id, amount, value, versionTs } = row;
  return {
    op: opOf(change),
    id: unpack(id),
    amount: unpack(amount),
    value: unpack(value),
    versionTs: typeof versionTs === 'number' ? versionTs : null,
  };
}

function filterOf(config: Settings): Expression | null {
  if (!config.has('versionFilter')) return null;
  const operator = OPERATORS.find((one) => one === config.word('versionFilter.op'))!;
  const right: Expression = { op: 'literal', value: config.number('versionFilter.value'), type: DOUBLE };
  const left = columnOf([...LEFT.schema, ...RIGHT.schema], 'number');
  return { op: 'compare', operator, left, right, type: { name: 'BOOLEAN' } };
}
