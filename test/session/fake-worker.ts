import { fakeSession } from './fake-session';
import { serve } from '../../src/session/worker';
import { DOUBLE, field, tableOf, type Table } from '../../src/model';

/** The fake session in a real worker, with ways to fail for real: chosen by the SQL text, as no engine would. */
const session = fakeSession(20);

const wide = (rows: number): Table => ({
  schema: ['a', 'b', 'c', 'd', 'e'].map((name) => field(name, DOUBLE)),
  columns: Array.from({ length: 5 }, (_, c) => ({
    type: DOUBLE,
    data: Float64Array.from({ length: rows }, (_, n) => n * 5 + c),
    valid: null,
    dictionary: null,
  })),
  length: rows,
});
const table = wide(100_000);

serve(globalThis as unknown as Parameters<typeof serve>[0], {
  ...session,
  async diagnose(sql) {
    if (sql === 'hang') for (;;);
    if (sql === 'crash') setTimeout(() => undefinedName(), 0);
    if (sql === 'count') return { errors: [{ what: String(table.columns[0].data.length) }] };
    return { errors: [] };
  },
  events: async (_scenario, stream) => ({ ok: stream === 'wide' ? table : tableOf([], []) }),
});

declare function undefinedName(): void;
