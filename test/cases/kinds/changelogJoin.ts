import { field, STRING } from '../../../src/index';
import { RegularJoinOperator } from '../../../src/engine/nodes/join/regularJoin';
import { OperatorDrive } from '../../support/operatorDrive';
import { number, words } from '../../../src/cases/fields';
import { kindOf, onKey, opOf, pack, portOf, scanOf, sideSchema, unpack } from '../joinPlans';
import { numberOf, type Case, type Driver, type Kind } from '../../../src/cases/kind';

const LEFT = scanOf('left', sideSchema('left', field('left', STRING, true)));
const RIGHT = scanOf('right', sideSchema('right', field('right', STRING, true)));
const JOINS = ['inner', 'left', 'right', 'full'] as const;

/** A regular join of two changelogs, with a time to live for each side. Result rows are `[key, left, right]`. */
export const changelogJoin: Kind = {
  kind: 'changelog-join',
  profiles: ['flink', 'any'],
  compares: ['ordered', 'set-per-event', 'set', 'multiset'],
  config: { join: words(...JOINS), leftTtl: number, rightTtl: number },
  events: ['key now op row side', 'key op row side'],
  expected: ['after', 'op', 'row'],
  start,
};

function start({ config }: Case): Driver {
  const kind = JOINS.find((one) => one === config.word('join', 'inner'))!;
  const plan = { node: 'join' as const, ...onKey(LEFT, RIGHT, kind) };
  const life = (side: string): number | null => (config.has(side) ? config.number(side) : null);
  const ttl = { left: life('leftTtl'), right: life('rightTtl') };
  const drive = new OperatorDrive(
    (context) => new RegularJoinOperator(plan, ttl, context),
    [LEFT.schema, RIGHT.schema],
  );
  const identities = [new Identities(), new Identities()];
  return {
    handle({ key, now, op, row, side }) {
      const port = portOf(side);
      const code = kindOf(op);
      if (now !== undefined) drive.clock(numberOf(now));
      const ids = [identities[port].of(code, `${pack(key)}`, `${pack(row)}`), 0, 0] as const;
      return drive.row([pack(key), 0, pack(row)], { port, kind: code, ids }).map((one) => ({
        op: opOf(one.change),
        row: [unpack(one.row.leftKey ?? one.row.rightKey), unpack(one.row.left), unpack(one.row.right)],
      }));
    },
  };
}

/**
 * Which row a change is about. An update that stands behind its −U is a row of its own; one without says, as upsert
 * streams do, that the newest row of its key has another value now.
 */
class Identities {
  private readonly standing = new Map<string, { row: string; id: number }[]>();
  private readonly taken = new Map<string, boolean>();
  private next = 0;

  of(kind: number, key: string, row: string): number {
    const rows = this.standing.get(key) ?? [];
    this.standing.set(key, rows);
    const isUpsert = kind === 2 && this.taken.get(key) !== true;
    this.taken.set(key, kind === 1);
    if (kind === 1 || kind === 3) {
      const at = rows.findIndex((one) => one.row === row);
      return at < 0 ? this.next++ : rows.splice(at, 1)[0].id;
    }
    const newest = rows.at(-1);
    if (isUpsert && newest) {
      newest.row = row;
      return newest.id;
    }
    rows.push({ row, id: this.next });
    return this.next++;
  }
}
