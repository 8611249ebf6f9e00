import { AGGREGATES as ENTRIES, aggregateOf, type AggregateName } from '../aggregates';
import { type Aggregate } from '../aggregates/aggregate';
import { type ColumnType, decimal, DOUBLE, INT, STRING } from '../model';
import { type FunctionName } from './plan';
import { GROUPINGS, type Refusal } from './words';

/** What an argument must be, and the type it is cast to, if any. */
type Argument = 'number' | 'double' | 'text' | 'any';

interface ScalarFunction {
  name: FunctionName;
  aliases?: readonly string[];
  takes: Argument;
  /** Any number of arguments, at least one. */
  many?: boolean;
  type: (input: ColumnType) => ColumnType;
  detail: string;
}

const toWhole = (type: ColumnType): ColumnType => (type.name === 'DECIMAL' ? decimal(type.precision, 0) : type);

const SCALARS: readonly ScalarFunction[] = [
  { name: 'ABS', takes: 'number', type: (type) => type, detail: 'ABS(number): without its sign' },
  { name: 'FLOOR', takes: 'number', type: toWhole, detail: 'FLOOR(number): down to a whole number' },
  { name: 'CEIL', aliases: ['CEILING'], takes: 'number', type: toWhole, detail: 'CEIL(number): up to a whole number' },
  { name: 'SQRT', takes: 'double', type: () => DOUBLE, detail: 'SQRT(number): square root' },
  { name: 'UPPER', takes: 'text', type: () => STRING, detail: 'UPPER(text): in capitals' },
  { name: 'LOWER', takes: 'text', type: () => STRING, detail: 'LOWER(text): in small letters' },
  {
    name: 'CHAR_LENGTH',
    aliases: ['CHARACTER_LENGTH'],
    takes: 'text',
    type: () => INT,
    detail: 'CHAR_LENGTH(text): number of characters',
  },
  { name: 'CONCAT', takes: 'any', many: true, type: () => STRING, detail: 'CONCAT(a, b, …): texts joined, as ||' },
];

/** Scalar functions by every name that they have. */
export const FUNCTIONS: ReadonlyMap<string, ScalarFunction> = new Map(
  SCALARS.flatMap((one) => [one.name, ...(one.aliases ?? [])].map((word) => [word, one] as const)),
);

/** Functions that the binder writes out as CASE or as operators; the value says how many arguments they take. */
export const SUGAR: ReadonlyMap<string, { least: number; most: number; detail: string }> = new Map([
  ['COALESCE', { least: 1, most: 100, detail: 'COALESCE(a, b, …): the first that is not null' }],
  ['NULLIF', { least: 2, most: 2, detail: 'NULLIF(a, b): null where a = b, else a' }],
  ['IF', { least: 3, most: 3, detail: 'IF(condition, a, b)' }],
  ['MOD', { least: 2, most: 2, detail: 'MOD(a, b): remainder, as a % b' }],
  ['TIMESTAMPDIFF', { least: 3, most: 3, detail: 'TIMESTAMPDIFF(SECOND, a, b): whole seconds from a to b' }],
  ['EXTRACT', { least: 2, most: 2, detail: 'EXTRACT(HOUR FROM time): one field of a time or a span' }],
]);

/** Aggregates by every name that SQL has for them. */
export const AGGREGATES: ReadonlyMap<string, Aggregate & { name: AggregateName }> = new Map(
  (Object.keys(ENTRIES) as AggregateName[]).flatMap((name) => {
    const entry = aggregateOf(name);
    return [...(entry.aliases ?? []), name].map((word) => [word, { name, ...entry }] as const);
  }),
);

interface WindowFunction {
  parameters: readonly WindowParameter[];
  detail: string;
}
export type WindowParameter = 'DATA' | 'TIMECOL' | 'SIZE' | 'SLIDE' | 'STEP' | 'GAP' | 'OFFSET';

const windowFunction = (detail: string, ...spans: WindowParameter[]): [string, WindowFunction] => [
  detail.slice(0, detail.indexOf('(')),
  { parameters: ['DATA', 'TIMECOL', ...spans], detail },
];

/** Window table functions with their parameters in order, as Flink has them; OFFSET may be left out. */
export const WINDOW_FUNCTIONS: ReadonlyMap<string, WindowFunction> = new Map([
  windowFunction('TUMBLE(TABLE t, DESCRIPTOR(time), size): one window after the other', 'SIZE', 'OFFSET'),
  windowFunction('HOP(TABLE t, DESCRIPTOR(time), slide, size): overlapping windows', 'SLIDE', 'SIZE', 'OFFSET'),
  windowFunction(
    'CUMULATE(TABLE t, DESCRIPTOR(time), step, size): windows that grow by a step up to a size',
    'STEP',
    'SIZE',
    'OFFSET',
  ),
  windowFunction('SESSION(TABLE t PARTITION BY key, DESCRIPTOR(time), gap): windows that end with a pause', 'GAP'),
]);

const places = (name: string): Refusal => ({
  what: `${name} would have to number all rows again with each new one`,
  hint: 'ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS rn in a subquery, with WHERE rn <= 3 outside, gives the first rows.',
});
const inFrom = (name: string, detail: string): Refusal => ({
  what: `${name} stands in FROM, and gives each row its window_start and window_end`,
  hint: `Write FROM TABLE(${detail.replace(/:.*/, '')}) and GROUP BY window_start, window_end.`,
});
const clock: Refusal = {
  what: 'a definition here cannot read the clock or draw chance',
  hint: 'The same input must give the same result: use the event-time column.',
};

const LISTS: Refusal = {
  what: 'a value is one number, text, time or condition here, and no list',
  hint: 'GROUP BY the values as well, and count each of them; LAST_VALUE(x) keeps one.',
};
const PARTS_OF_TEXT: Refusal = {
  what: 'texts are taken whole here',
  hint: 'Compare with = or IN; UPPER, LOWER, CHAR_LENGTH and CONCAT are there.',
};
const instead = (here: string, ...names: string[]): (readonly [string, Refusal])[] =>
  names.map((name) => [name, { what: `${name} is written otherwise here`, hint: `Write ${here}.` }] as const);

/** Functions that readers will look for: why they are not there, and what to write. */
export const REFUSED_FUNCTIONS: ReadonlyMap<string, Refusal> = new Map([
  ...['RANK', 'DENSE_RANK', 'PERCENT_RANK', 'NTILE'].map((name) => [name, places(name)] as const),
  ['LEAD', { what: 'LEAD reads rows that have not happened yet', hint: 'Ask later, about the past: LAG(x) OVER (…).' }],
  ...[
    'NOW',
    'CURRENT_TIMESTAMP',
    'PROCTIME',
    'RAND',
    'UUID',
    'LOCALTIMESTAMP',
    'CURRENT_DATE',
    'CURRENT_TIME',
    'GETDATE',
    'SYSDATE',
  ].map((name) => [name, clock] as const),
  ...[...WINDOW_FUNCTIONS].map(([name, { detail }]) => [name, inFrom(name, detail)] as const),
  ['ROLLUP', GROUPINGS],
  ['CUBE', GROUPINGS],
  ['VAR_SAMP', { what: 'VAR_SAMP is not there', hint: 'Multiply STDDEV_SAMP(x) by itself.' }],
  ['VAR_POP', { what: 'VAR_POP is not there', hint: 'Multiply STDDEV_POP(x) by itself.' }],
  ...instead('AVG(x)', 'MEAN', 'AVERAGE'),
  ...instead('CHAR_LENGTH(x)', 'LENGTH', 'LEN'),
  ...instead('COALESCE(a, b)', 'IFNULL', 'NVL', 'ISNULL'),
  ...instead('IF(condition, a, b)', 'IIF'),
  ...instead('TIMESTAMPDIFF(SECOND, a, b), or b - a', 'DATEDIFF', 'DATE_DIFF', 'TIMEDIFF', 'MONTHS_BETWEEN'),
  ...instead("ts + INTERVAL '5' MINUTE", 'DATE_ADD', 'DATEADD', 'TIMESTAMPADD', 'DATE_SUB'),
  ...['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'].flatMap((unit) => instead(`EXTRACT(${unit} FROM ts)`, unit)),
  ...instead('EXTRACT(DOW FROM ts)', 'DATE_PART', 'DAYOFWEEK', 'DOW'),
  ...instead('EXTRACT(EPOCH FROM ts)', 'UNIX_TIMESTAMP', 'TO_UNIX_TIMESTAMP', 'EPOCH'),
  ...instead('GROUP BY window_start, window_end over TABLE(TUMBLE(…))', 'DATE_TRUNC', 'DATE_BIN', 'TIME_BUCKET'),
  ...instead('CAST(ts AS STRING)', 'TO_CHAR', 'DATE_FORMAT', 'FORMAT_TIMESTAMP'),
  ...instead('CAST(x AS type)', 'CONVERT', 'TRY_CAST', 'TO_NUMBER', 'TO_DATE', 'TO_TIMESTAMP'),
  ...instead('CAST(x AS DECIMAL(10, 2))', 'ROUND', 'TRUNC'),
  ...instead('x * x', 'POWER', 'POW'),
  ...instead('FIRST_VALUE(x)', 'FIRST', 'ANY_VALUE', 'EARLIEST_BY_OFFSET'),
  ...instead('LAST_VALUE(x)', 'LAST', 'LATEST_BY_OFFSET'),
  ...instead('MEDIAN(x)', 'PERCENTILE', 'PERCENTILE_CONT', 'PERCENTILE_APPROX', 'APPROX_PERCENTILE', 'QUANTILE'),
  ...instead('COUNT(*) FILTER (WHERE condition)', 'COUNTIF', 'COUNT_IF'),
  ...instead('SUM(x) FILTER (WHERE condition)', 'SUMIF', 'SUM_IF'),
  ...instead('APPROX_COUNT_DISTINCT(x)', 'APPROX_DISTINCT', 'HLL_COUNT'),
  ...instead('x IN (1, 2)', 'ANY', 'ALL', 'SOME'),
  ...['STRING_AGG', 'ARRAY_AGG', 'LISTAGG', 'GROUP_CONCAT', 'COLLECT_LIST', 'COLLECT_SET'].map(
    (name) => [name, LISTS] as const,
  ),
  ...['SUBSTR', 'SUBSTRING', 'TRIM', 'REPLACE', 'SPLIT', 'REGEXP_EXTRACT', 'REGEXP_LIKE', 'INSTR', 'POSITION'].map(
    (name) => [name, PARTS_OF_TEXT] as const,
  ),
]);
