import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../../src/engine/batch';
import { OperatorDrive, type Emission } from '../../../support/operatorDrive';
import { type Operator, type Context } from '../../../../src/engine/stream/operator';
import { DeduplicateOperator } from '../../../../src/engine/nodes/rank/deduplicate';
import { GroupAggregateOperator, type ChangelogOptions } from '../../../../src/engine/nodes/aggregate/groupAggregate';
import { TopNOperator } from '../../../../src/engine/nodes/rank/topN';
import {
  BIGINT,
  DELETE,
  INSERT,
  MONEY,
  STRING,
  TIMESTAMP,
  field,
  tableOf,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type Schema,
  type Value,
} from '../../../../src/model';
import { type AggregateCall, type Deduplicate, type Plan, type TopN } from '../../../../src/sql/plan';
import { call, column, groupBy, rowsOf, scan } from '../../batch/plans';

const runs = process.env.LONG ? 5_000 : 300;

const SCHEMA: Schema = [
  field('city', STRING, true),
  field('name', STRING, true),
  field('amount', MONEY, true),
  field('ts', TIMESTAMP),
];
const source = scan('payments', SCHEMA, 'ts');
const of = (name: string) => column(SCHEMA, name);

const CALLS: AggregateCall[] = [
  call('COUNT', null),
  call('COUNT', of('amount')),
  call('SUM', of('amount')),
  call('AVG', of('amount')),
  call('MIN', of('amount')),
  call('MAX', of('name')),
  { ...call('COUNT', of('name')), distinct: true, text: 'COUNT(DISTINCT name)' },
  call('FIRST_VALUE', of('name')),
  call('LAST_VALUE', of('amount')),
];

const dedup = (keep: 'first' | 'last'): Deduplicate => ({
  node: 'deduplicate',
  input: source,
  keys: [of('city')],
  keep,
  schema: SCHEMA,
  timeColumn: 3,
});

const top = (limit: number, rank: boolean, by = 'amount', descending = true): TopN => ({
  node: 'top n',
  input: source,
  partitionBy: [of('city')],
  orderBy: [{ expression: of(by), descending }],
  limit,
  rank: rank ? 'place' : null,
  schema: rank ? [...SCHEMA, field('place', BIGINT)] : SCHEMA,
  timeColumn: 3,
});

const OPTIONS: ChangelogOptions = { retracting: true, upsert: false, ttl: null };

function driving(plan: Plan, options: Partial<ChangelogOptions> = {}): OperatorDrive {
  const all = { ...OPTIONS, ...options };
  const make = (context: Context): Operator => {
    if (plan.node === 'aggregate') return new GroupAggregateOperator(plan, 'group', all, context);
    if (plan.node === 'deduplicate') return new DeduplicateOperator(plan, 'deduplicate', all, context);
    return new TopNOperator(plan as TopN, 'top n', all, context);
  };
  return new OperatorDrive(make, [SCHEMA]);
}

type Row = [city: string | null, name: string | null, amount: number | null, ts: number];
const changesOf = (found: Emission[]): [string, ...Value[]][] =>
  found.map(({ change, row }) => [change, ...Object.values(row)]);

/** The rows that stand behind a changelog, sorted; every row that is taken back must have stood. */
class Standing {
  readonly rows: string[] = [];

  take(found: Emission[]): this {
    for (const { change, row } of found) {
      const text = JSON.stringify(Object.values(row));
      if (change === '+I' || change === '+U') this.rows.push(text);
      else {
        expect(this.rows).toContain(text);
        this.rows.splice(this.rows.indexOf(text), 1);
      }
    }
    return this;
  }

  sorted(): string[] {
    return this.rows.toSorted();
  }
}

/** What the batch engine says about the rows that are left. */
function recomputed(plan: Plan, rows: Row[]): string[] {
  const arrived = { ...tableOf(SCHEMA, rows), append: Float64Array.from(rows.keys()) };
  return rowsOf(runBatch(plan, () => arrived).table)
    .map((row) => JSON.stringify(row))
    .toSorted();
}

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom('Bonn', 'Köln', null),
  fc.constantFrom('a', 'b', 'c', null),
  fc.constantFrom(-100, 0, 250, 300, null),
  fc.nat(6),
);
/** Insertions, and takings back of rows that are there. */
const changes = fc.array(fc.tuple(row, fc.nat(), fc.integer({ min: 0, max: 9 })), { maxLength: 50 });

interface Step {
  row: Row;
  kind: number;
  id: number;
}

function stepsOf(list: [Row, number, number][], share: number): Step[] {
  const held: { row: Row; id: number }[] = [];
  return list.map(([one, at, chance], id) => {
    if (chance < share && held.length > 0) {
      const [gone] = held.splice(at % held.length, 1);
      return { ...gone, kind: at % 2 === 0 ? DELETE : UPDATE_BEFORE };
    }
    held.push({ row: one, id });
    return { row: one, id, kind: at % 2 === 0 ? INSERT : UPDATE_AFTER };
  });
}

/** The rows that are left, as they came: of equal rows the one that was meant. */
function leftOf(steps: Step[]): Row[] {
  const left = new Map<number, Row>();
  for (const { row: one, kind, id } of steps) {
    if (kind === INSERT || kind === UPDATE_AFTER) left.set(id, one);
    else left.delete(id);
  }
  return [...left.values()];
}

const given = ({ row: one, kind, id }: Step) => ({
  values: one,
  time: one[3],
  kind,
  ids: [0, 0, id] as [number, number, number],
});

const PLANS: [string, Plan, share: number, retracting: boolean][] = [
  ['group by', groupBy(source, [of('city')], CALLS), 4, true],
  ['group by of new rows only', groupBy(source, [of('city')], CALLS), 0, false],
  ['group by two keys', groupBy(source, [of('city'), of('name')], CALLS.slice(0, 5)), 4, true],
  ['group by nothing', groupBy(source, [], CALLS), 4, true],
  ['deduplicate, first', dedup('first'), 0, false],
  ['deduplicate, last', dedup('last'), 0, false],
  ['top 2', top(2, false), 4, true],
  ['top 2 with rank', top(2, true), 4, true],
  ['top 3 by text, of new rows only', top(3, false, 'name', false), 0, false],
  ['top 1 with rank, of new rows only', top(1, true, 'name'), 0, false],
];

describe.each(PLANS)('%s', (_name, plan, share, retracting) => {
  test('S14.1 what stands is what the batch says, after every change', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const drive = driving(plan, { retracting });
        const standing = new Standing();
        const steps = stepsOf(list, share);
        steps.forEach((step, i) => {
          standing.take(drive.rows([given(step)]));
          expect(standing.sorted()).toEqual(recomputed(plan, leftOf(steps.slice(0, i + 1))));
        });
        expect(standing.take(drive.end()).sorted()).toEqual(recomputed(plan, leftOf(steps)));
      }),
      { numRuns: runs / 3 },
    );
  });

  test('the same in ranges of any size, and from a snapshot taken anywhere (S11.4)', () => {
    fc.assert(
      fc.property(changes, fc.constantFrom(1, 7, 256), fc.nat(50), (list, size, at) => {
        const steps = stepsOf(list, share);
        const whole = steps.flatMap(
          (() => {
            const drive = driving(plan, { retracting });
            return (step: Step) => drive.rows([given(step)]);
          })(),
        );
        const drive = driving(plan, { retracting });
        const found: Emission[] = [];
        for (let from = 0; from < steps.length; from += size) {
          if (at >= from && at < from + size) drive.snapshotRestore();
          found.push(...drive.rows(steps.slice(from, from + size).map(given)));
        }
        expect(found).toEqual(whole);
      }),
      { numRuns: runs / 3 },
    );
  });

  test('S13.2 no row is replaced by itself', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const drive = driving(plan, { retracting });
        for (const step of stepsOf(list, share)) {
          const found = changesOf(drive.rows([given(step)]));
          found.forEach(([change, ...values], i) => {
            if (change !== '−U') return;
            expect(found[i + 1][0]).toBe('+U');
            expect(found[i + 1].slice(1)).not.toEqual(values);
          });
        }
      }),
      { numRuns: runs / 3 },
    );
  });
});

describe('continuous GROUP BY', () => {
  const counts = groupBy(source, [of('city')], [call('COUNT', null), call('MAX', of('amount'))]);
  const put = (drive: OperatorDrive, city: string, amount: number | null, kind = INSERT) =>
    changesOf(drive.row([city, 'x', amount, 0], { kind }));

  test('S13.1 +I, then −U before +U, then −D with the old values', () => {
    const drive = driving(counts);
    expect(put(drive, 'Bonn', 300)).toEqual([['+I', 'Bonn', 1, 300]]);
    expect(put(drive, 'Bonn', 500)).toEqual([
      ['−U', 'Bonn', 1, 300],
      ['+U', 'Bonn', 2, 500],
    ]);
    expect(put(drive, 'Bonn', 500, DELETE)).toEqual([
      ['−U', 'Bonn', 2, 500],
      ['+U', 'Bonn', 1, 300],
    ]);
    expect(put(drive, 'Bonn', 300, UPDATE_BEFORE)).toEqual([['−D', 'Bonn', 1, 300]]);
    expect(put(drive, 'Bonn', 7)).toEqual([['+I', 'Bonn', 1, 7]]);
  });

  test('S13.1 an upsert stream replaces by key: +U alone', () => {
    const drive = driving(counts, { upsert: true });
    put(drive, 'Bonn', 300);
    expect(put(drive, 'Bonn', 500)).toEqual([['+U', 'Bonn', 2, 500]]);
    put(drive, 'Bonn', 500, DELETE);
    expect(put(drive, 'Bonn', 300, DELETE)).toEqual([['−D', 'Bonn', 1, 300]]);
  });

  test('S13.2 a change that leaves the result equal is not sent', () => {
    const drive = driving(groupBy(source, [of('city')], [call('MAX', of('amount'))]));
    put(drive, 'Bonn', 300);
    expect(put(drive, 'Bonn', 200)).toEqual([]);
    expect(put(drive, 'Bonn', 200, DELETE)).toEqual([]);
  });

  test('S14.3 an emptied group vanishes, and taking back from it does nothing', () => {
    const drive = driving(counts);
    put(drive, 'Bonn', 300);
    put(drive, 'Bonn', 300, DELETE);
    expect(drive.counters.stateRows).toBe(0);
    expect(put(drive, 'Bonn', 300, DELETE)).toEqual([]);
  });

  test('S16 null is a group; of nulls alone COUNT(*) is their number, COUNT(x) 0 and the rest null', () => {
    const plan = groupBy(source, [of('city')], CALLS);
    const drive = driving(plan);
    drive.row([null, null, null, 0]);
    const found = changesOf(drive.row([null, null, null, 0]));
    expect(found.at(-1)).toEqual(['+U', null, 2, 0, null, null, null, null, 0, null, null]);
  });

  test('S16 without keys there is one row, over nothing too; it is changed, never deleted', () => {
    const total = groupBy(source, [], [call('COUNT', null), call('SUM', of('amount'))]);
    expect(changesOf(driving(total).end())).toEqual([['+I', 0, null]]);
    const drive = driving(total);
    put(drive, 'Bonn', 5);
    expect(put(drive, 'Bonn', 5, DELETE)).toEqual([
      ['−U', 1, 5],
      ['+U', 0, null],
    ]);
    expect(drive.end()).toEqual([]);
  });

  test('S11.3 a group is forgotten when it was not written for its lifetime, and starts anew', () => {
    const drive = driving(counts, { ttl: 10 });
    drive.clock(0);
    put(drive, 'Bonn', 1);
    drive.clock(9);
    expect(put(drive, 'Bonn', 2)).toHaveLength(2);
    drive.clock(18);
    expect(drive.counters.stateRows).toBe(1);
    drive.clock(19);
    expect(drive.counters.stateRows).toBe(0);
    expect(put(drive, 'Bonn', 3)).toEqual([['+I', 'Bonn', 1, 3]]);
  });
});

describe('deduplicate', () => {
  const put = (drive: OperatorDrive, name: string, ts: number) =>
    changesOf(drive.row(['Bonn', name, 1, ts], { time: ts })).map(([change, , who]) => [change, who]);

  test('S13.4 keep last: replaced by a row of the same time or later', () => {
    const drive = driving(dedup('last'));
    expect(put(drive, 'a', 5)).toEqual([['+I', 'a']]);
    expect(put(drive, 'b', 4)).toEqual([]);
    expect(put(drive, 'c', 5)).toEqual([
      ['−U', 'a'],
      ['+U', 'c'],
    ]);
  });

  test('S13.4 keep first: replaced by an earlier row only', () => {
    const drive = driving(dedup('first'));
    put(drive, 'a', 5);
    expect(put(drive, 'b', 5)).toEqual([]);
    expect(put(drive, 'c', 4)).toEqual([
      ['−U', 'a'],
      ['+U', 'c'],
    ]);
  });

  test('S13.2 a row just like the one shown is not sent', () => {
    const drive = driving(dedup('last'));
    put(drive, 'a', 5);
    expect(put(drive, 'a', 5)).toEqual([]);
  });

  test('S11.3 a key whose row has expired starts anew', () => {
    const drive = driving(dedup('first'), { ttl: 10 });
    drive.clock(0);
    put(drive, 'a', 5);
    drive.clock(9);
    expect(put(drive, 'b', 7)).toEqual([]);
    drive.clock(10);
    expect(put(drive, 'b', 7)).toEqual([['+I', 'b']]);
    expect(drive.counters.stateRows).toBe(1);
  });
});

describe('top n', () => {
  const put = (drive: OperatorDrive, name: string, amount: number | null, kind = INSERT, time = 0) =>
    changesOf(drive.row(['Bonn', name, amount, time], { kind, time, ids: [0, 0, name.charCodeAt(0)] })).map(
      ([change, , who, , , place]) => (place === undefined ? [change, who] : [change, who, place]),
    );

  test('without rank rows enter and leave', () => {
    const drive = driving(top(2, false));
    expect(put(drive, 'a', 10)).toEqual([['+I', 'a']]);
    put(drive, 'b', 20);
    expect(put(drive, 'c', 5)).toEqual([]);
    expect(put(drive, 'd', 15)).toEqual([
      ['−D', 'a'],
      ['+I', 'd'],
    ]);
    expect(put(drive, 'b', 20, DELETE)).toEqual([
      ['−D', 'b'],
      ['+I', 'a'],
    ]);
  });

  test('with rank whoever moves replaces what stood in its place', () => {
    const drive = driving(top(2, true));
    put(drive, 'a', 10);
    expect(put(drive, 'b', 20)).toEqual([
      ['−U', 'a', 1],
      ['+U', 'b', 1],
      ['+I', 'a', 2],
    ]);
    expect(put(drive, 'b', 20, DELETE)).toEqual([
      ['−U', 'b', 1],
      ['+U', 'a', 1],
      ['−D', 'a', 2],
    ]);
  });

  test('S19 rows that order equally stand by event time, then as they came', () => {
    const drive = driving(top(2, false));
    put(drive, 'a', 10, INSERT, 7);
    put(drive, 'b', 10, INSERT, 7);
    expect(put(drive, 'c', 10, INSERT, 7)).toEqual([]);
    expect(put(drive, 'd', 10, INSERT, 3)).toEqual([
      ['−D', 'b'],
      ['+I', 'd'],
    ]);
  });

  test('of new rows only, no more is remembered than is shown', () => {
    const drive = driving(top(2, false), { retracting: false });
    for (let i = 0; i < 50; i += 1) put(drive, 'a', (i * 37) % 50);
    expect(drive.counters.stateRowsMax).toBe(2);
  });

  test('null is the least', () => {
    const drive = driving(top(1, false));
    put(drive, 'a', null);
    expect(put(drive, 'b', -5)).toEqual([
      ['−D', 'a'],
      ['+I', 'b'],
    ]);
  });
});
