import { pipelineDriver } from '../../../src/cases';
import { either, list, names, number, words } from '../../../src/cases/fields';
import { CaseFault, isList, numberOf, type Case, type Driver, type Kind } from '../../../src/cases/kind';
import { Settings } from '../../../src/cases/settings';
import { field, runStream, TIMESTAMP } from '../../../src/index';
import { inSql } from './inSql';

const WINDOW = {
  'window.type': words('tumbling', 'sliding', 'cumulate', 'session'),
  'window.size': number,
  'window.slide': number,
  'window.step': number,
  'window.max': number,
  'window.offset': number,
  'window.gap': number,
};
const VALUES = ['count', 'sumDec', 'maxDbl', 'minFlt', 'countDistinctStr'];

/** Windowed SQL aggregates. Grouping sets are one query each; their results together are the answer (S16). */
export const sqlWindow: Kind = {
  kind: 'sql-window',
  profiles: ['flink'],
  compares: ['set-final', 'set-per-event', 'set', 'multiset'],
  config: { ...WINDOW, groupBy: either(names, list), aggregates: names },
  events: ['dbl dec flt int key str ts', 'watermark'],
  expected: ['after', 'key', 'window', ...VALUES, 'grouping'],
  start: (theCase) => (theCase.config.list('groupBy', []).some(isList) ? groupingSets(theCase) : inSql(theCase)),
};

function groupingSets(theCase: Case): Driver {
  const { raw } = theCase.config;
  const sets = theCase.config.list('groupBy') as readonly (readonly string[])[];
  const all = ['key', 'str', 'int'].filter((name) => sets.some((set) => set.includes(name)));
  const asked = theCase.asked.filter((name) => name !== 'grouping' && !all.includes(name));
  const queries = sets.map((set) => {
    const driver = pipelineDriver({ ...theCase, config: new Settings({ ...raw, groupBy: set }), asked });
    if (!driver) throw new CaseFault(`SQL cannot group by ${JSON.stringify(set)}`);
    const grouping = all.reduce((flags, name) => flags * 2 + (set.includes(name) ? 0 : 1), 0);
    return { driver, rest: { ...Object.fromEntries(all.map((name) => [name, null])), grouping } };
  });
  return {
    handle: (event, index) =>
      queries.flatMap(({ driver, rest }) => driver.handle(event, index).map((output) => ({ ...rest, ...output }))),
  };
}

/** The columns that a window adds to a row. */
export const sqlWindowColumns: Kind = {
  kind: 'sql-window-columns',
  profiles: ['flink'],
  compares: ['ordered', 'set-per-event'],
  config: { 'window.type': words('tumbling'), 'window.size': number, 'window.offset': number },
  events: ['ts'],
  expected: ['after', 'windowStart', 'windowEnd', 'windowTime'],
  start({ config }) {
    const spans = [
      config.number('window.size'),
      ...(config.has('window.offset') ? [config.number('window.offset')] : []),
    ];
    const intervals = spans.map((span) => `INTERVAL '${span / 1_000}' SECOND`).join(', ');
    const columns = 'window_start, window_end, window_time';
    const sql = `SELECT ${columns}, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), ${intervals})) GROUP BY ${columns}`;
    const rowsOf = (times: number[]) =>
      runStream({ sql, streams: { events: { schema: [field('ts', TIMESTAMP)], rows: times.map((time) => [time]) } } })
        .rows;
    // Refused settings are refused before the first row.
    rowsOf([]);
    return {
      handle: ({ ts }) =>
        rowsOf([numberOf(ts)]).map((row) => ({
          windowStart: Number(row.window_start),
          windowEnd: Number(row.window_end),
          windowTime: Number(row.window_time),
        })),
    };
  },
};
