import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../../src/engine/batch';
import { OperatorDrive, type Emission } from '../../../support/operatorDrive';
import { type Operator } from '../../../../src/engine/stream/operator';
import {
  LookupJoinOperator,
  StreamTableJoinOperator,
  TemporalJoinOperator,
} from '../../../../src/engine/nodes/join/temporalJoin';
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
import { type Expression } from '../../../../src/sql/plan';
import { scan } from '../../../support/plans';
import { compared, temporal } from '../../../support/joins';

const runs = process.env.LONG ? 5_000 : 300;

const ORDERS: Schema = [field('k', STRING, true), field('id', BIGINT), field('ts', TIMESTAMP)];
const RATES: Schema = [field('rk', STRING, true), field('rate', BIGINT), field('rts', TIMESTAMP)];
const orders = scan('orders', ORDERS, 'ts');
const rates = scan('rates', RATES, 'rts');
const KINDS = { '+I': INSERT, '-U': UPDATE_BEFORE, '+U': UPDATE_AFTER, '-D': DELETE };

interface Options {
  kind?: 'inner' | 'left';
  where?: Expression | null;
  changes?: boolean;
  how?: 'event' | 'now' | { grace: number };
}
const planOf = ({ kind = 'inner', where = null }: Options) =>
  temporal(orders, rates, { kind, keys: [['k', 'rk']], where });

function driveOf(options: Options): OperatorDrive {
  const { changes = false, how = 'event' } = options;
  const plan = planOf(options);
  return new OperatorDrive(
    (context): Operator =>
      how === 'event'
        ? new TemporalJoinOperator(plan, changes, context)
        : how === 'now'
          ? new LookupJoinOperator(plan, changes, context)
          : new StreamTableJoinOperator(plan, changes, how.grace, context),
    [ORDERS, RATES],
  );
}

const written = ({ change, row }: Emission): string =>
  [change.replace('−', '-'), row.k ?? '-', row.id, `@${Number(row.ts)}`, row.rate ?? '-'].join(' ');

/** `order +I a 1 @5`, `rate +U a 100 @3`, `watermark 7`; what comes out as `+I a 1 @5 100`. */
class Join {
  readonly drive: OperatorDrive;

  constructor(options: Options = {}) {
    this.drive = driveOf(options);
  }

  arrive(text: string): string[] {
    const [what, sign, key, value, at] = text.split(' ');
    if (what === 'watermark') return this.drive.advance(Number(sign)).map(written);
    const time = Number(at.slice(1));
    const port = what === 'order' ? 0 : 1;
    const ids = port === 0 ? ([Number(value) % 10, 0, 0] as [number, number, number]) : undefined;
    const values = [key === '-' ? null : key, Number(value), time];
    return this.drive.row(values, { port, time, kind: KINDS[sign as keyof typeof KINDS], ids }).map(written);
  }

  all(...texts: string[]): string[] {
    return texts.flatMap((text) => this.arrive(text));
  }
}

describe('S9 event time', () => {
  test('S9.1 a row at t sees the version with the largest time at or before t', () => {
    const join = new Join();
    join.all('rate +I a 100 @10', 'rate +U a 200 @20', 'rate +U a 300 @30');
    join.all('order +I a 1 @9', 'order +I a 2 @10', 'order +I a 3 @29', 'order +I a 4 @30');
    expect(join.arrive('watermark 30')).toEqual(['+I a 2 @10 100', '+I a 3 @29 200', '+I a 4 @30 300']);
  });

  test('S9.2 a row waits for the watermark, so versions may come out of order up to it', () => {
    const join = new Join({ kind: 'left' });
    expect(join.all('rate +I a 100 @10', 'order +I a 1 @25', 'watermark 24')).toEqual([]);
    expect(join.arrive('rate +U a 200 @25')).toEqual([]);
    expect(join.arrive('watermark 25')).toEqual(['+I a 1 @25 200']);
  });

  test('S9.2 rows are answered in order of time over all keys, ties as they came', () => {
    const join = new Join({ kind: 'left' });
    join.all('order +I a 1 @7', 'order +I b 2 @3', 'order +I c 3 @7', 'order +I a 4 @5');
    expect(join.arrive('watermark 9')).toEqual(['+I b 2 @3 -', '+I a 4 @5 -', '+I a 1 @7 -', '+I c 3 @7 -']);
  });

  test('S9.2 a late row is answered with the next watermark, from what is kept', () => {
    const join = new Join({ kind: 'left' });
    join.all('rate +I a 100 @1', 'rate +U a 200 @5', 'watermark 6');
    expect(join.all('order +I a 1 @5', 'order +I a 2 @4')).toEqual([]);
    expect(join.arrive('watermark 7')).toEqual(['+I a 2 @4 -', '+I a 1 @5 200']);
  });

  test('S9.3 a deleted version matches nothing from its delete time on', () => {
    const changes = ['rate +I a 100 @1', 'rate -D a 100 @5', 'rate +I a 300 @9'];
    const asked = ['order +I a 1 @4', 'order +I a 2 @5', 'order +I a 3 @8', 'order +I a 4 @9', 'watermark 10'];
    expect(new Join().all(...changes, ...asked)).toEqual(['+I a 1 @4 100', '+I a 4 @9 300']);
    expect(new Join({ kind: 'left' }).all(...changes, ...asked)).toEqual([
      '+I a 1 @4 100',
      '+I a 2 @5 -',
      '+I a 3 @8 -',
      '+I a 4 @9 300',
    ]);
  });

  test('S9.3 a delete at the time of its version makes that version never valid', () => {
    const join = new Join({ kind: 'left' });
    expect(join.all('rate +I a 100 @1', 'rate -D a 100 @1', 'order +I a 1 @4', 'watermark 4')).toEqual(['+I a 1 @4 -']);
  });

  test('S9.3 a deletion is remembered: an older version that comes late does not return', () => {
    const join = new Join({ kind: 'left' });
    join.all('rate -D a 100 @5', 'watermark 9', 'rate +I a 100 @3', 'order +I a 1 @10');
    expect(join.arrive('watermark 10')).toEqual(['+I a 1 @10 -']);
  });

  test('S9.3 −U is no version: the update that follows it is', () => {
    const join = new Join();
    join.all('rate +I a 100 @1', 'rate -U a 100 @1', 'rate +U a 200 @6', 'order +I a 1 @4', 'order +I a 2 @6');
    expect(join.arrive('watermark 9')).toEqual(['+I a 1 @4 100', '+I a 2 @6 200']);
  });

  test('S9.4 a filter on the version does not fall back to an older one', () => {
    const where = compared(orders, rates, 'rate', '<', 150);
    const arrive = ['rate +I a 100 @1', 'rate +U a 200 @5', 'order +I a 1 @4', 'order +I a 2 @6', 'watermark 9'];
    expect(new Join({ where }).all(...arrive)).toEqual(['+I a 1 @4 100']);
    expect(new Join({ where, kind: 'left' }).all(...arrive)).toEqual(['+I a 1 @4 100', '+I a 2 @6 -']);
  });

  test('S9.5 updates and deletes on the left withdraw what was said', () => {
    const join = new Join({ changes: true });
    expect(join.all('rate +I a 100 @1', 'order +I a 1 @4', 'watermark 4')).toEqual(['+I a 1 @4 100']);
    // The version of its time is long gone; what was said with it is still known.
    join.all('rate +U a 200 @5', 'watermark 8');
    expect(join.all('order -U a 1 @4', 'order +U a 11 @9', 'watermark 9')).toEqual(['-U a 1 @4 100', '+U a 11 @9 200']);
    expect(join.all('order -D a 11 @9', 'watermark 10')).toEqual(['-D a 11 @9 200']);
    expect(join.drive.operator.state!.rows).toBe(1);
  });

  test('S9.5 a row that matched nothing has nothing to withdraw', () => {
    const arrive = ['order +I a 1 @4', 'watermark 4', 'rate +I a 100 @2', 'order -D a 1 @4', 'watermark 5'];
    expect(new Join({ changes: true }).all(...arrive)).toEqual([]);
    expect(new Join({ changes: true, kind: 'left' }).all(...arrive)).toEqual(['+I a 1 @4 -', '-D a 1 @4 -']);
  });

  test('S9.5 a row retracted while it waits is emitted and retracted at the same watermark', () => {
    const join = new Join({ changes: true });
    join.all('rate +I a 100 @1', 'order +I a 1 @4', 'order -D a 1 @4');
    expect(join.arrive('watermark 4')).toEqual(['+I a 1 @4 100', '-D a 1 @4 100']);
  });

  test('S9.6 of two versions with one time the last to arrive wins', () => {
    const join = new Join();
    join.all('rate +I a 100 @5', 'rate +I a 200 @5', 'order +I a 1 @5');
    expect(join.arrive('watermark 5')).toEqual(['+I a 1 @5 200']);
  });

  test('S8.5 a null key matches nothing', () => {
    const join = new Join({ kind: 'left' });
    expect(join.all('rate +I - 100 @1', 'order +I - 1 @2', 'watermark 2')).toEqual(['+I - 1 @2 -']);
  });

  test('S9.2 only the version at the watermark and newer ones are kept', () => {
    const join = new Join();
    for (let at = 1; at <= 9; at += 1) join.arrive(`rate +U a ${at} @${at}`);
    expect(join.drive.operator.state!.rows).toBe(9);
    join.arrive('watermark 5');
    expect(join.drive.operator.state!.rows).toBe(5);
    join.arrive('rate +U a 0 @2');
    expect(join.drive.operator.state!.rows).toBe(6);
    join.arrive('watermark 6');
    expect(join.drive.operator.state!.rows).toBe(4);
  });
});

describe('S9.7 processing time', () => {
  test('S9.7 a row sees what the table holds when it comes', () => {
    const join = new Join({ how: 'now', kind: 'left' });
    expect(join.arrive('order +I a 1 @9')).toEqual(['+I a 1 @9 -']);
    join.arrive('rate +I a 100 @50');
    expect(join.arrive('order +I a 2 @9')).toEqual(['+I a 2 @9 100']);
    join.arrive('rate +U a 200 @1');
    expect(join.arrive('order +I a 3 @9')).toEqual(['+I a 3 @9 200']);
    join.arrive('rate -D a 200 @1');
    expect(join.arrive('order +I a 4 @9')).toEqual(['+I a 4 @9 -']);
    expect(join.drive.operator.state!.rows).toBe(0);
  });

  test('S9.7 it is not reproducible: another order of arrival gives another result', () => {
    const arrive = ['rate +I a 100 @1', 'order +I a 1 @9'];
    expect(new Join({ how: 'now' }).all(...arrive)).not.toEqual(new Join({ how: 'now' }).all(...arrive.toReversed()));
  });
});

describe('S9.9 stream-table join with grace', () => {
  test('S9.9 a record waits until stream time − grace has reached its time', () => {
    const join = new Join({ how: { grace: 2 } });
    join.arrive('rate +I a 100 @0');
    expect(join.arrive('order +I a 1 @0')).toEqual([]);
    expect(join.arrive('order +I a 2 @1')).toEqual([]);
    expect(join.arrive('order +I a 3 @2')).toEqual(['+I a 1 @0 100']);
    expect(join.arrive('rate +U a 200 @9')).toEqual([]);
    expect(join.arrive('rate +U a 150 @1')).toEqual([]);
    expect(join.arrive('order +I a 4 @4')).toEqual(['+I a 2 @1 150', '+I a 3 @2 150']);
  });

  test('S9.9 an out-of-order record joins immediately with the version at its own time', () => {
    const join = new Join({ how: { grace: 2 } });
    join.all('rate +I a 100 @0', 'rate +U a 200 @5', 'order +I a 1 @9');
    expect(join.arrive('order +I a 2 @3')).toEqual(['+I a 2 @3 100']);
    expect(join.arrive('order +I a 3 @6')).toEqual(['+I a 3 @6 200']);
    expect(join.arrive('order +I a 4 @7')).toEqual(['+I a 4 @7 200']);
    expect(join.arrive('order +I a 5 @8')).toEqual([]);
  });

  test('S9.9 what waits is joined at the end of the input', () => {
    const join = new Join({ how: { grace: 2 } });
    join.all('rate +I a 100 @0', 'order +I a 1 @1', 'watermark 50');
    expect(join.drive.end().map(written)).toEqual(['+I a 1 @1 100']);
  });
});

interface Event {
  port: number;
  key: string | null;
  value: number;
  time: number;
  arrives: number;
  isDeleted: boolean;
}
const BOUND = 30;
const events: fc.Arbitrary<Event[]> = fc
  .array(
    fc.record({
      port: fc.nat(1),
      key: fc.constantFrom('x', 'y', 'y', null),
      value: fc.nat(9),
      time: fc.integer({ min: -20, max: 100 }),
      delay: fc.nat(BOUND),
      isDeleted: fc.boolean(),
    }),
    { maxLength: 50 },
  )
  .map((list) =>
    list
      .map(({ delay, isDeleted, port, ...event }) => ({
        ...event,
        port,
        isDeleted: isDeleted && port === 1,
        arrives: event.time + delay,
      }))
      .sort((a, b) => a.arrives - b.arrives),
  );

/** The rows, in ranges of at most `size`, with the watermark behind each range that comes alone; then the end. */
function stream(drive: OperatorDrive, list: Event[], size: number, restoreAt = -1): Emission[] {
  const found: Emission[] = [];
  let newest = -Infinity;
  for (let at = 0; at < list.length;) {
    const { port } = list[at];
    let end = at + 1;
    while (end < list.length && list[end].port === port && end % 10 !== 0) end += 1;
    for (let first = at; first < end; first += size) {
      if (first === restoreAt) drive.keyframeRestore();
      const range = list.slice(first, Math.min(end, first + size));
      const given = range.map(({ key, value, time, isDeleted }) => ({
        values: [key, value, time],
        time,
        kind: isDeleted ? DELETE : INSERT,
      }));
      found.push(...drive.rows(given, port));
    }
    for (; at < end; at += 1) newest = Math.max(newest, list[at].time);
    found.push(...drive.advance(newest - BOUND - 1));
  }
  return [...found, ...drive.end()];
}

const texts = (rows: Value[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const options = fc.record({
  kind: fc.constantFrom('inner' as const, 'left' as const),
  where: fc.constantFrom(null, compared(orders, rates, 'rate', '>', 'id')),
  changes: fc.boolean(),
});

describe('properties', () => {
  test('S9.1 any arrival within the bound gives what a search over all versions gives', () => {
    fc.assert(
      fc.property(options, events, fc.nat(50), (how, list, restoreAt) => {
        const came = stream(driveOf(how), list, 1, restoreAt).map(({ row }) => Object.values(row));
        const wanted = list.flatMap(({ port, key, value, time }): Value[][] => {
          if (port === 1) return [];
          let found: Event | null = null;
          for (const one of list) {
            if (one.port === 0 || key === null || one.key !== key || one.time > time) continue;
            if (found === null || one.time >= found.time) found = one;
          }
          const row = [key, value, time];
          if (found && !found.isDeleted && (how.where === null || found.value > value))
            return [[...row, found.key, found.value, found.time]];
          return how.kind === 'left' ? [[...row, null, null, null]] : [];
        });
        expect(texts(came)).toEqual(texts(wanted));
      }),
      { numRuns: runs },
    );
  });

  test('S17.6 the stream gives what the batch gives, in the same order', () => {
    fc.assert(
      fc.property(options, events, (how, list) => {
        const kept = list.filter(({ isDeleted }) => !isDeleted);
        const side = (port: number): Value[][] =>
          kept.filter((one) => one.port === port).map(({ key, value, time }) => [key, value, time]);
        const tables = { orders: tableOf(ORDERS, side(0)), rates: tableOf(RATES, side(1)) };
        const { table } = runBatch(planOf(how), (name) => tables[name as keyof typeof tables]);
        const whole = Array.from({ length: table.length }, (_, row) => readRow(table, row));
        expect(stream(driveOf(how), kept, 1).map(({ row }) => Object.values(row))).toEqual(whole);
      }),
      { numRuns: runs },
    );
  });

  test('S9.5 what stands is the join of the left rows that stand', () => {
    fc.assert(
      fc.property(options, events, fc.array(fc.nat(40)), fc.nat(50), (how, list, taken, restoreAt) => {
        // Left rows that are taken back some time later, under the identity that they came with.
        const whole = driveOf({ ...how, changes: true });
        const view = new Map<string, number>();
        const count = (found: Emission[]): void => {
          for (const { change, row } of found) {
            const text = JSON.stringify(Object.values(row));
            view.set(text, (view.get(text) ?? 0) + (change === '+I' ? 1 : -1));
          }
        };
        let newest = -Infinity;
        const gone = new Set<number>();
        list.forEach(({ port, key, value, time, isDeleted }, i) => {
          if (i === restoreAt) whole.keyframeRestore();
          const kind = isDeleted ? DELETE : INSERT;
          count(whole.row([key, value, time], { port, time, kind, ids: [port, 0, i] }));
          const back = taken[i] ?? i + 1;
          if (back <= i && list[back].port === 0 && !gone.has(back)) {
            gone.add(back);
            const old = list[back];
            const ids: [number, number, number] = [0, 0, back];
            count(whole.row([old.key, old.value, old.time], { time: old.time, kind: DELETE, ids }));
          }
          newest = Math.max(newest, time);
          count(whole.advance(newest - BOUND - 1));
        });
        count(whole.end());
        const rest = stream(
          driveOf(how),
          list.filter((_, i) => !gone.has(i)),
          1,
        );
        const standing = [...view].flatMap(([text, n]) => Array.from({ length: n }, () => text));
        expect(standing.sort()).toEqual(texts(rest.map(({ row }) => Object.values(row))));
      }),
      { numRuns: runs },
    );
  });

  test('ranges of 1, 7 and 256 rows emit the same, on either clock', () => {
    const clocks = fc.constantFrom('event' as const, 'now' as const, { grace: 10 });
    fc.assert(
      fc.property(options, clocks, events, (how, clock, list) => {
        const [one, ...others] = [1, 7, 256].map((size) => stream(driveOf({ ...how, how: clock }), list, size));
        for (const other of others) expect(other).toEqual(one);
      }),
      { numRuns: runs },
    );
  });
});
