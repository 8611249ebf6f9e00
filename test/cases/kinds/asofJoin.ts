import { words } from '../../../src/cases/fields';
import { type Case, type Driver, type Json, type Kind } from '../../../src/cases/kind';
import { field, runBatch, STRING, TIMESTAMP, type Value } from '../../../src/index';
import { pack, portOf, unpack } from '../joinPlans';

const SCHEMA = [field('k', STRING, true), field('ts', TIMESTAMP, true)];
const MATCHES = { 'R.ts < L.ts': '>', 'R.ts <= L.ts': '>=', 'R.ts > L.ts': '<', 'R.ts >= L.ts': '<=' } as const;
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
  const join = config.word('join', 'inner') === 'left' ? 'ASOF LEFT JOIN' : 'ASOF JOIN';
  const sql = `SELECT l.k AS k, l.ts AS left_ts, r.ts AS right_ts FROM lefts AS l ${join} rights AS r ON l.k = r.k AND l.ts ${match} r.ts`;
  const rows: [left: Value[][], right: Value[][]] = [[], []];
  return {
    handle({ key, side, ts }) {
      rows[portOf(side)].push([pack(key), typeof ts === 'number' ? ts : null]);
      return [];
    },
    end() {
      const [lefts, rights] = rows.map((side) => ({ schema: SCHEMA, rows: side }));
      return runBatch({ sql, tables: { lefts, rights } }).rows.map((row): Json => ({
        key: unpack(row.k),
        ts: row.left_ts,
        rightTs: row.right_ts,
      }));
    },
  };
}
