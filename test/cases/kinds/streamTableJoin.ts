import { field, STRING } from '../../../src/index';
import { LookupJoinOperator, StreamTableJoinOperator } from '../../../src/engine/nodes/join/temporalJoin';
import { OperatorDrive } from '../../support/operatorDrive';
import { either, flag, nothing, number, words } from '../../../src/cases/fields';
import { onKey, pack, portOf, scanOf, sideSchema, unpack } from '../joinPlans';
import { numberOf, type Case, type Driver, type Kind } from '../../../src/cases/kind';

const STREAM = scanOf('stream', sideSchema('stream', field('stream', STRING, true)));
const TABLE = scanOf('table', sideSchema('table', field('table', STRING, true)));
const INSERT = 0;
const DELETE = 3;

/** A stream joined with a table of Kafka Streams. A null value deletes from the table; in the stream it is no record. */
export const streamTableJoin: Kind = {
  kind: 'stream-table-join',
  profiles: ['kafka'],
  compares: ['ordered', 'set-per-event', 'set', 'multiset'],
  config: { join: words('inner', 'left'), grace: either(number, nothing), versionedTable: flag },
  events: ['key side ts value'],
  expected: ['after', 'key', 'stream', 'table', 'ts'],
  start,
};

function start({ config }: Case): Driver {
  const kind = config.word('join', 'inner') === 'left' ? ('left' as const) : ('inner' as const);
  const isVersioned = config.flag('versionedTable');
  const time = isVersioned ? ('event' as const) : ('processing' as const);
  const plan = { node: 'temporal join' as const, ...onKey(STREAM, TABLE, kind), time };
  const grace = config.number('grace', 0);
  const drive = new OperatorDrive(
    (context) =>
      isVersioned
        ? new StreamTableJoinOperator(plan, false, grace, context)
        : new LookupJoinOperator(plan, false, context),
    [STREAM.schema, TABLE.schema],
  );
  return {
    handle({ key, side, ts, value }) {
      const port = portOf(side);
      const time = numberOf(ts);
      if (port === 0 && (value === null || (key === null && kind === 'inner'))) return [];
      const row = [pack(key), time, pack(value)];
      return drive.row(row, { port, time, kind: value === null ? DELETE : INSERT }).map((one) => ({
        key: unpack(one.row.streamKey),
        stream: unpack(one.row.stream),
        table: unpack(one.row.table),
        ts: one.time,
      }));
    },
  };
}
