import { hashMart, hashTable, makeMartNow, makeWorldNow, streamOf, type StreamSpec } from '../../src/data';
import { DOUBLE, field, makeTable } from '../../src/model';
import { normal } from '../../src/sim/distributions';
import { cos, exp, log, pow, sin } from '../../src/sim/maths';
import { Random } from '../../src/sim/random';

export const PLAIN: StreamSpec = {
  table: 'credit_card_transactions',
  declared: {},
  columns: [],
  time: 'ts',
  key: 'cc_num',
  partitions: 4,
  from: null,
  until: null,
  only: {},
  fraud: true,
  limit: 0,
  delay: { model: 'realistic' },
  rate: 0,
  burst: null,
  duplicates: 0.01,
  dropped: 0,
  planted: [],
  watermarks: {},
};

/** Hashes that must be the same in every runtime; `golden.json` holds what they are. */
export function goldenHashes(): Record<string, string> {
  const world = makeWorldNow({ preset: 'page', seed: 7, mode: 'realistic' });
  const stream = streamOf('payments', PLAIN, world);
  const arrivals = makeTable([field('append', DOUBLE), field('partition', DOUBLE)], stream.table.length);
  arrivals.length = stream.table.length;
  arrivals.columns[0].data.set(stream.append);
  arrivals.columns[1].data.set(stream.partition);
  return {
    maths: hashTable(mathsTable()),
    'page realistic 7': hashMart(world.mart),
    'page book 7': hashMart(makeMartNow({ preset: 'page', seed: 7, mode: 'book' })),
    'lab realistic 1': hashMart(makeMartNow({ preset: 'lab', seed: 1, mode: 'realistic' })),
    'lab book 1': hashMart(makeMartNow({ preset: 'lab', seed: 1, mode: 'book' })),
    'stream events': hashTable(stream.table),
    'stream arrivals': hashTable(arrivals),
  };
}

/** Values of our own maths at 10,000 random places. */
function mathsTable() {
  const functions = [exp, log, sin, cos, (x: number) => pow(x, 1.5), (_: number, random: Random) => normal(random)];
  const rows = 10_000;
  const table = makeTable(
    functions.map((_, i) => field(`f${i}`, DOUBLE)),
    rows,
  );
  table.length = rows;
  const random = Random.of(1, 'golden');
  for (let row = 0; row < rows; row += 1) {
    const x = random.float() * 700;
    functions.forEach((f, i) => (table.columns[i].data[row] = f(x, random)));
  }
  return table;
}
