import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../../src/engine/batch';
import { OperatorDrive, type Emission } from '../../../support/operatorDrive';
import { RegularJoinOperator, type JoinTtl } from '../../../../src/engine/nodes/join/regularJoin';
import {
  BIGINT,
  DELETE,
  field,
  INSERT,
  readRow,
  STRING,
  tableOf,
  TIMESTAMP,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type Schema,
  type Value,
} from '../../../../src/model';
import { type Expression, JOIN_KINDS, type JoinKind } from '../../../../src/sql/plan';
import { scan } from '../../../support/plans';
import { compared, regular } from '../../../support/joins';

const runs = process.env.LONG ? 5_000 : 300;

const LEFT: Schema = [field('k', STRING, true), field('a', BIGINT), field('ts', TIMESTAMP)];
const RIGHT: Schema = [field('rk', STRING, true), field('b', BIGINT), field('rts', TIMESTAMP)];
const left = scan('left', LEFT, 'ts');
const right = scan('right', RIGHT, 'rts');
const FOREVER: JoinTtl = { left: null, right: null };

interface Options {
  ttl?: JoinTtl;
  where?: Expression | null;
  nullSafe?: boolean;
}

const planOf = (kind: JoinKind, { where = null, nullSafe = false }: Options = {}) =>
  regular(left, right, { kind, keys: [['k', 'rk']], where, nullSafe });

class Join {
  readonly drive: OperatorDrive;
  private time = 0;

  constructor(kind: JoinKind, options: Options = {}) {
    const plan = planOf(kind, options);
    this.drive = new OperatorDrive(
      (context) => new RegularJoinOperator(plan, options.ttl ?? FOREVER, context),
      [LEFT, RIGHT],
    );
  }

  /** Feeds `L+I k 1`: side, kind, key, value; answers as `+I k 1 k 2`, times left out. */
  arrive(text: string, ids?: [number, number, number]): string[] {
    const [what, key, value] = text.split(' ');
    const kind = [INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE][['+I', '-U', '+U', '-D'].indexOf(what.slice(1))];
    const port = what[0] === 'L' ? 0 : 1;
    return this.drive
      .row([key === '-' ? null : key, Number(value), 0], { port, kind, ids, time: this.time })
      .map(written);
  }
}

const written = ({ change, row }: Emission): string => {
  const cells = ['k', 'a', 'rk', 'b'].filter((name) => name in row).map((name) => row[name] ?? '-');
  return [change.replace('−', '-'), ...cells].join(' ');
};

describe('S13.5 the null row of an outer join', () => {
  test('S13.5 is withdrawn with the first partner and restored with the last deleted one', () => {
    const join = new Join('left');
    expect(join.arrive('L+I k 1')).toEqual(['+I k 1 - -']);
    expect(join.arrive('R+I k 7')).toEqual(['-D k 1 - -', '+I k 1 k 7']);
    expect(join.arrive('R+I k 8')).toEqual(['+I k 1 k 8']);
    expect(join.arrive('R-D k 7')).toEqual(['-D k 1 k 7']);
    expect(join.arrive('R-D k 8')).toEqual(['-D k 1 k 8', '+I k 1 - -']);
    expect(join.arrive('L-D k 1')).toEqual(['-D k 1 - -']);
  });

  test('S13.5 on both sides of a full join', () => {
    const join = new Join('full');
    expect(join.arrive('R+I k 7')).toEqual(['+I - - k 7']);
    expect(join.arrive('L+I k 1')).toEqual(['-D - - k 7', '+I k 1 k 7']);
    expect(join.arrive('L+I k 2')).toEqual(['+I k 2 k 7']);
    expect(join.arrive('R-U k 7')).toEqual(['-D k 1 k 7', '+I k 1 - -', '-D k 2 k 7', '+I k 2 - -']);
    expect(join.arrive('R+U k 9')).toEqual(['-D k 1 - -', '+I k 1 k 9', '-D k 2 - -', '+I k 2 k 9']);
    expect(join.arrive('L-D k 1')).toEqual(['-D k 1 k 9']);
    expect(join.arrive('L-D k 2')).toEqual(['-D k 2 k 9', '+I - - k 9']);
  });

  test('S13.5 a row that the rest of the condition excludes keeps its nulls', () => {
    const where = compared(left, right, 'a', '<', 'b');
    const join = new Join('right', { where });
    expect(join.arrive('R+I k 1')).toEqual(['+I - - k 1']);
    expect(join.arrive('L+I k 5')).toEqual([]);
    expect(join.arrive('L+I k 0')).toEqual(['-D - - k 1', '+I k 0 k 1']);
  });

  test('S8.5 a null key matches nothing, and its padded row can be retracted', () => {
    const join = new Join('full');
    expect(join.arrive('L+I - 1')).toEqual(['+I - 1 - -']);
    expect(join.arrive('R+I - 7')).toEqual(['+I - - - 7']);
    expect(join.arrive('L-D - 1')).toEqual(['-D - 1 - -']);
    expect(new Join('inner', { nullSafe: true }).arrive('L+I - 1')).toEqual([]);
    const safe = new Join('inner', { nullSafe: true });
    safe.arrive('L+I - 1');
    expect(safe.arrive('R+I - 7')).toEqual(['+I - 1 - 7']);
  });
});

describe('S13.1 changes in and out', () => {
  test('S13.1 an inner join emits a pair with the change kind of the row that made it', () => {
    const join = new Join('inner');
    join.arrive('L+I k 1');
    expect(join.arrive('R+I k 7')).toEqual(['+I k 1 k 7']);
    expect(join.arrive('R-U k 7')).toEqual(['-U k 1 k 7']);
    expect(join.arrive('R+U k 8')).toEqual(['+U k 1 k 8']);
    expect(join.arrive('L-D k 1')).toEqual(['-D k 1 k 8']);
  });

  test('S13.1 duplicates multiply, and taking one back takes one', () => {
    const join = new Join('inner');
    join.arrive('L+I k 1');
    join.arrive('L+I k 1');
    expect(join.arrive('R+I k 7')).toEqual(['+I k 1 k 7', '+I k 1 k 7']);
    expect(join.arrive('L-D k 1')).toEqual(['-D k 1 k 7']);
    expect(join.arrive('R+I k 8')).toEqual(['+I k 1 k 8']);
  });

  test('S13.1 a semi join shows a left row while it has a partner, an anti join while it has none', () => {
    const semi = new Join('semi');
    const anti = new Join('anti');
    const both = (text: string): string[][] => [semi.arrive(text), anti.arrive(text)];
    expect(both('L+I k 1')).toEqual([[], ['+I k 1']]);
    expect(both('R+I k 7')).toEqual([['+I k 1'], ['-D k 1']]);
    expect(both('R+I k 8')).toEqual([[], []]);
    expect(both('L+I k 2')).toEqual([['+I k 2'], []]);
    expect(both('R-D k 7')).toEqual([[], []]);
    expect(both('R-D k 8')).toEqual([
      ['-D k 1', '-D k 2'],
      ['+I k 1', '+I k 2'],
    ]);
    expect(both('L-D k 1')).toEqual([[], ['-D k 1']]);
  });

  test('S13.1 pairs are known by the numbers of their rows, and keep them when they are taken back', () => {
    const join = new Join('left');
    const ids = (text: string): number[][] => {
      const [what, key, value] = text.split(' ');
      const kind = what.endsWith('+I') ? INSERT : DELETE;
      const port = what[0] === 'L' ? 0 : 1;
      return join.drive.row([key, Number(value), 0], { port, kind }).map((one) => one.ids);
    };
    expect(ids('L+I k 1')).toEqual([[0, -1, 0]]);
    expect(ids('L+I k 2')).toEqual([[1, -1, 0]]);
    ids('R+I q 7');
    expect(ids('R+I k 7')).toEqual([
      [0, -1, 0],
      [0, 1, 0],
      [1, -1, 0],
      [1, 1, 0],
    ]);
    expect(ids('L-D k 2')).toEqual([[1, 1, 0]]);
  });

  test('S13.1 an upsert replaces the row with its identity', () => {
    const join = new Join('left');
    join.arrive('L+I k 1');
    join.arrive('R+I k 7', [5, 0, 0]);
    expect(join.arrive('R+U k 8', [5, 0, 0])).toEqual(['+I k 1 k 8']);
    expect(join.arrive('R-D k 8')).toEqual(['-D k 1 k 8', '+I k 1 - -']);
  });

  test('S13.1 an upsert that no longer meets the condition takes its pairs back', () => {
    const join = new Join('full', { where: compared(left, right, 'a', '<', 'b') });
    join.arrive('L+I k 1');
    expect(join.arrive('R+I k 7', [5, 0, 0])).toEqual(['-D k 1 - -', '+I k 1 k 7']);
    expect(join.arrive('R+U k 0', [5, 0, 0])).toEqual(['-D k 1 k 7', '+I k 1 - -', '+I - - k 0']);
    expect(join.arrive('R+U k 3', [5, 0, 0])).toEqual(['-D - - k 0', '-D k 1 - -', '+I k 1 k 3']);
  });
});

describe('S11.3 time to live', () => {
  const ttl: JoinTtl = { left: 4_000, right: 1_000 };

  test('S11.3 an expired row is never returned: expired when now >= last write + ttl', () => {
    const join = new Join('inner', { ttl });
    join.drive.clock(1);
    join.arrive('L+I k 1');
    join.drive.clock(4_000);
    expect(join.arrive('R+I k 7')).toEqual(['+I k 1 k 7']);
    join.drive.clock(4_001);
    expect(join.arrive('R+I k 8')).toEqual([]);
    expect(join.drive.operator.state!.rows).toBe(2);
    join.drive.clock(5_001);
    expect(join.drive.operator.state!.rows).toBe(0);
  });

  test('S11.3 a change in the number of partners of an outer row is a write', () => {
    const join = new Join('left', { ttl });
    join.drive.clock(1);
    join.arrive('L+I k 1');
    join.drive.clock(3_000);
    join.arrive('R+I k 7');
    join.drive.clock(6_999);
    expect(join.arrive('R+I k 8')).toEqual(['+I k 1 k 8']);
  });

  test('S11.3 a row that expired and is taken back withdraws its pairs', () => {
    const join = new Join('left', { ttl });
    join.drive.clock(3_000);
    join.arrive('L+I k 1');
    join.arrive('R+I k 7');
    join.drive.clock(4_000);
    expect(join.arrive('R-D k 7')).toEqual(['-D k 1 k 7', '+I k 1 - -']);
  });

  test('S11.3 a row that came after its partner had expired does not take back what it never met', () => {
    const join = new Join('left', { ttl });
    join.drive.clock(0);
    join.arrive('R+I k 7');
    join.drive.clock(1_000);
    expect(join.arrive('L+I k 1')).toEqual(['+I k 1 - -']);
    expect(join.arrive('R-D k 7')).toEqual([]);
  });

  test('S11.3 a life up to the end of time does not overflow', () => {
    const join = new Join('inner', { ttl: { left: Number.MAX_SAFE_INTEGER, right: Number.MAX_SAFE_INTEGER } });
    join.drive.clock(1_790_000_000_000);
    join.arrive('L+I k 1');
    join.drive.clock(Number.MAX_SAFE_INTEGER - 1);
    expect(join.arrive('R+I k 7')).toEqual(['+I k 1 k 7']);
  });
});

/** Changes of two sides: a row comes, or one that is there is taken back or updated. */
interface Change {
  port: number;
  key: string | null;
  value: number;
  /** Which of the standing rows of the side is taken back, as a share; null: a row comes. */
  takes: number | null;
}
const change: fc.Arbitrary<Change> = fc.record({
  port: fc.nat(1),
  key: fc.constantFrom('x', 'y', 'z', null),
  value: fc.nat(4),
  takes: fc.option(fc.double({ min: 0, max: 0.999, noNaN: true }), { freq: 2 }),
});

/** Counts by text, in one order. */
const sorted = (counts: Map<string, number>): string[] => Array.from(counts, ([text, n]) => `${n} ${text}`).sort();

describe('properties', () => {
  const where = fc.constantFrom(null, compared(left, right, 'a', '<=', 'b'));

  test('S14.1 after every change the result is the join of the current inputs, for every kind', () => {
    const options = [fc.constantFrom(...JOIN_KINDS), where, fc.boolean(), fc.array(change, { maxLength: 40 })] as const;
    fc.assert(
      fc.property(...options, fc.nat(40), (kind, condition, nullSafe, changes, restoreAt) => {
        const plan = planOf(kind, { where: condition, nullSafe });
        const drive = new OperatorDrive((context) => new RegularJoinOperator(plan, FOREVER, context), [LEFT, RIGHT]);
        const rows: Value[][][] = [[], []];
        const view = new Map<string, number>();
        changes.forEach(({ port, key, value, takes }, i) => {
          if (i === restoreAt) drive.keyframeRestore();
          const standing = rows[port];
          const taken = takes === null || standing.length === 0 ? -1 : Math.floor(takes * standing.length);
          const values = taken < 0 ? [key, value, 0] : standing.splice(taken, 1)[0];
          if (taken < 0) standing.push(values);
          for (const { change: sign, row } of drive.row(values, { port, kind: taken < 0 ? INSERT : DELETE })) {
            const text = JSON.stringify(Object.values(row));
            view.set(text, (view.get(text) ?? 0) + (sign === '+I' || sign === '+U' ? 1 : -1));
            if (view.get(text) === 0) view.delete(text);
          }
          const tables = { left: tableOf(LEFT, rows[0]), right: tableOf(RIGHT, rows[1]) };
          const { table } = runBatch(plan, (name) => tables[name as 'left' | 'right']);
          const whole = new Map<string, number>();
          for (let row = 0; row < table.length; row += 1) {
            const text = JSON.stringify(readRow(table, row));
            whole.set(text, (whole.get(text) ?? 0) + 1);
          }
          expect(sorted(view)).toEqual(sorted(whole));
        });
      }),
      { numRuns: runs },
    );
  });

  test('a range of 1, 7, 256 rows gives the same changes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...JOIN_KINDS),
        where,
        fc.array(change, { maxLength: 60 }),
        fc.option(fc.integer({ min: 1, max: 20 })),
        (kind, condition, changes, life) => {
          const plan = planOf(kind, { where: condition });
          const outputs = [1, 7, 256].map((size) => {
            const ttl = { left: life, right: life };
            const drive = new OperatorDrive((context) => new RegularJoinOperator(plan, ttl, context), [LEFT, RIGHT]);
            const found: string[] = [];
            // Runs of one side, cut into ranges; each side's rows may take back any that came, or none at all.
            for (let at = 0; at < changes.length;) {
              const { port } = changes[at];
              let end = at + 1;
              while (end < changes.length && changes[end].port === port) end += 1;
              drive.clock(at);
              for (let first = at; first < end; first += size) {
                const range = changes.slice(first, Math.min(end, first + size));
                const given = range.map(({ key, value, takes }) => ({
                  values: [key, value, 0],
                  kind: takes === null ? INSERT : DELETE,
                }));
                found.push(...drive.rows(given, port).map((one) => JSON.stringify(one)));
              }
              at = end;
            }
            return found;
          });
          expect(outputs[1]).toEqual(outputs[0]);
          expect(outputs[2]).toEqual(outputs[0]);
        },
      ),
      { numRuns: runs },
    );
  });
});
