import { type AsOfJoin, type Value } from '../../../src/index';
import { runBatch as runBatchPlan } from '../../../src/engine/batch/run';
import { readRow, tableOf } from '../../../src/model';
import { words } from '../../../src/cases/fields';
import { onKey, pack, portOf, scanOf, sideSchema, unpack } from '../joinPlans';
import { type Case, type Driver, type Json, type Kind } from '../../../src/cases/kind';

const LEFT = scanOf('left', sideSchema('left'));
const RIGHT = scanOf('right', sideSchema('right'));
const MATCHES = { 'R.ts < L.ts': '<', 'R.ts <= L.ts': '<=', 'R.ts > L.ts': '>', 'R.ts >= L.ts': '>=' } as const;
type Match = keyof typeof MATCHES;

/** ASOF JOIN over whole tables. */
export const asofJoin: Kind = {
  kind: 'asof-join',
  profiles: ['any'],
  compares: ['set', 'multiset', 'set-final', 'final-set', 'final'],
  config: { join: words('inner', 'left'), match: words(...Object.keys(MATCHES)) },
  events: ['key side ts'],
  expected: ['key', 'ts', 'rightTs'],
  start,
};

function start({ config }: Case): Driver {
  const match = MATCHES[config.word('match', 'R.ts <= L.ts') as Match];
  const kind = config.word('join', 'inner') === 'left' ? ('left' as const) : ('inner' as const);
  const plan: AsOfJoin = { node: 'asof join', ...onKey(LEFT, RIGHT, kind), match };
  const rows: [left: Value[][], right: Value[][]] = [[], []];
  return {
    feed({ key, side, ts }) {
      rows[portOf(side)].push([pack(key), typeof ts === 'number' ? ts : null]);
      return [];
    },
    end() {
      const tables = { left: tableOf(LEFT.schema, rows[0]), right: tableOf(RIGHT.schema, rows[1]) };
      const { table } = runBatchPlan(plan, (name) => tables[name as keyof typeof tables]);
      return Array.from({ length: table.length }, (_, row): Json => {
        const [key, ts, , rightTs] = readRow(table, row);
        return { key: unpack(key), ts, rightTs };
      });
    },
  };
}
