import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBatch } from '../../src/engine/batch';
import { OperatorDrive, type Emission } from './operatorDrive';
import { type Operator, type Context } from '../../src/engine/stream/operator';
import { RowPerKeyOperator } from '../../src/engine/nodes/rank/rowPerKey';
import { GroupAggregateOperator, type ChangelogOptions } from '../../src/engine/nodes/aggregate/groupAggregate';
import { TopNOperator } from '../../src/engine/nodes/rank/topN';
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
} from '../../src/model';
import { type AggregateCall, type Deduplicate, type Plan, type TopN } from '../../src/sql/plan';
import { call, column, rowsOf, scan } from './plans';

const runs = process.env.LONG ? 5_000 : 300;

const SCHEMA: Schema = [
  field('city', STRING, true),
  field('name', STRING, true),
  field('amount', MONEY, true),
  field('ts', TIMESTAMP),
];
export const source = scan('payments', SCHEMA, 'ts');
export const of = (name: string) => column(SCHEMA, name);

export const CALLS: AggregateCall[] = [
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

export const dedup = (keep: 'first' | 'last'): Deduplicate => ({
  node: 'deduplicate',
  input: source,
  keys: [of('city')],
  keep,
  schema: SCHEMA,
  timeColumn: 3,
});

export const top = (limit: number, rank: boolean, by = 'amount', descending = true): TopN => ({
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

export function driving(plan: Plan, options: Partial<ChangelogOptions> = {}): OperatorDrive {
  const all = { ...OPTIONS, ...options };
  const make = (context: Context): Operator => {
    if (plan.node === 'aggregate') return new GroupAggregateOperator(plan, all, context);
    if (plan.node === 'deduplicate') return new RowPerKeyOperator(plan, all, context);
    return new TopNOperator(plan as TopN, all, context);
  };
  return new OperatorDrive(make, [SCHEMA]);
}

type Row = [city: string | null, name: string | null, amount: number | null, ts: number];
export const changesOf = (found: Emission[]): [string, ...Value[]][] =>
  found.map(({ change, row }) => [change, ...Object.values(row)]);

/** A changelog applied to an empty table; a row that is retracted must be in it. */
class Materialized {
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

/** The batch executor's result over the rows that are left. */
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
/** Insertions, and retractions of rows that are there. */
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

/** The rows that are left, in order of arrival; a retraction removes the row of its own identity. */
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

/**
 * What holds for every operator that turns a changelog into another. `share`: of ten changes, so many are retractions.
 */
export function changelogTests(plan: Plan, share: number): void {
  const retracting = share > 0;
  test('S14.1 after every change the result equals a batch over the rows that are left', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const drive = driving(plan, { retracting });
        const table = new Materialized();
        const steps = stepsOf(list, share);
        steps.forEach((step, i) => {
          table.take(drive.rows([given(step)]));
          expect(table.sorted()).toEqual(recomputed(plan, leftOf(steps.slice(0, i + 1))));
        });
        expect(table.take(drive.end()).sorted()).toEqual(recomputed(plan, leftOf(steps)));
      }),
      { numRuns: runs / 3 },
    );
  });

  test('S11.4 ranges of any size, and a restore between any two, give the same changes', () => {
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
          if (at >= from && at < from + size) drive.keyframeRestore();
          found.push(...drive.rows(steps.slice(from, from + size).map(given)));
        }
        expect(found).toEqual(whole);
      }),
      { numRuns: runs / 3 },
    );
  });

  test('S13.2 no update replaces a row by an equal one', () => {
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
}
