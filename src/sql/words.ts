/** What Tidemark does not run: what it is and why, and what to write instead. */
export interface Refusal {
  what: string;
  hint: string;
}

export const CROSS: Refusal = {
  what: 'every row with every other: on streams both sides would have to be kept for ever',
  hint: 'Write JOIN … ON with at least one equality, such as ON l.id = r.id.',
};
export const USING: Refusal = { what: 'USING is not known here', hint: 'Write ON l.id = r.id.' };
export const UNION: Refusal = {
  what: 'UNION alone drops repeated rows, for which all rows would have to be remembered',
  hint: 'Write UNION ALL; SELECT a, b … GROUP BY a, b over it gives each row once.',
};
export const SUBQUERIES: Refusal = {
  what: 'a subquery cannot stand for a value here',
  hint: 'Join it in FROM: JOIN (SELECT …) AS x ON …; conditions may be EXISTS (SELECT …) or x IN (SELECT …).',
};
export const DISTINCT: Refusal = {
  what: 'DISTINCT is not known here',
  hint: 'GROUP BY the same columns gives each of them once.',
};
export const ALL_COLUMNS: Refusal = { what: '* stands for all columns', hint: 'Write the columns that you want.' };
export const GROUPINGS: Refusal = {
  what: 'several groupings in one SELECT are not run here',
  hint: 'Write one SELECT … GROUP BY for each of them, with UNION ALL between.',
};
const SETS = (instead: string): Refusal => ({
  what: 'set operations other than UNION ALL are not run here',
  hint: `Write WHERE ${instead} (SELECT … WHERE r.id = l.id).`,
});
const TOP =
  'the first rows of each key: number them by ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS rn in a subquery';
const ORDER: Refusal = {
  what: 'a stream has no last row, so its result cannot be sorted',
  hint: `Leave ORDER BY out. For ${TOP}, and keep WHERE rn <= 3 outside.`,
};
export const CUTS: Refusal = {
  what: 'a stream has no order in which it could be cut off',
  hint: `WHERE and HAVING pick rows by what they say. For ${TOP}, and keep WHERE rn <= 3 outside.`,
};
const PATTERNS: Refusal = {
  what: 'texts are not searched for patterns here',
  hint: 'Compare with = or IN; UPPER, LOWER and CHAR_LENGTH are there.',
};
const CONSOLE: Refusal = {
  what: 'this is a command of a console, and the page is none',
  hint: 'A definition is SELECT …, with CREATE VIEW name AS SELECT …; before it where it needs one.',
};
const NUMBERED =
  'Number the rows by ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS rn in a subquery, and keep WHERE rn = 1 outside.';
const CHANGES: Refusal = {
  what: 'tables are not changed by hand here',
  hint: 'Rows come from the scenario; write SELECT … or INSERT INTO … SELECT ….',
};
const SEMI: Refusal = {
  what: 'semi and anti joins have no words of their own in SQL',
  hint: 'Write WHERE EXISTS (SELECT … FROM r WHERE r.id = l.id), or NOT EXISTS.',
};

/** Refusals by the keyword that the reader would write. */
export const REFUSED_WORDS: ReadonlyMap<string, Refusal> = new Map([
  ['RECURSIVE', { what: 'a query that reads itself is not run here', hint: 'Write WITH name AS (SELECT …) SELECT ….' }],
  ['ORDER', ORDER],
  ['FETCH', CUTS],
  ['OFFSET', CUTS],
  ['CROSS', CROSS],
  ['NATURAL', { what: 'a join by whatever names are equal is not run here', hint: 'Write JOIN … ON l.id = r.id.' }],
  ['USING', USING],
  ['SEMI', SEMI],
  ['ANTI', SEMI],
  ['LATERAL', { what: 'LATERAL is not run here', hint: 'Join by JOIN … ON, or compute in a subquery in FROM.' }],
  [
    'MATCH_CONDITION',
    { what: 'the times of an ASOF JOIN are compared in ON', hint: 'Write ON l.id = r.id AND l.ts >= r.ts.' },
  ],
  ['EXCEPT', SETS('NOT EXISTS')],
  ['MINUS', SETS('NOT EXISTS')],
  ['INTERSECT', SETS('EXISTS')],
  ['DISTINCT', DISTINCT],
  ['SETS', GROUPINGS],
  ['QUALIFY', { what: 'QUALIFY is not known here', hint: NUMBERED }],
  ['TOP', CUTS],
  ['DIV', { what: 'DIV is not known here', hint: 'Write FLOOR(a / b).' }],
  ['MOD', { what: 'MOD stands in front of its operands', hint: 'Write MOD(a, b), or a % b.' }],
  ['OUTER', { what: 'an outer join says which side is kept', hint: 'Write LEFT JOIN, RIGHT JOIN or FULL JOIN.' }],
  [
    'WITHIN',
    {
      what: 'WITHIN is not known here',
      hint: "A join is bounded in ON: … AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE; a median is MEDIAN(x).",
    },
  ],
  [
    'WINDOW',
    {
      what: 'windows are made in FROM',
      hint: "Write FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY window_start, window_end.",
    },
  ],
  ['INTO', { what: 'INTO stands at the beginning', hint: 'Write INSERT INTO name SELECT ….' }],
  ['THEN', { what: 'a choice is an expression here', hint: 'Write CASE WHEN condition THEN a ELSE b END.' }],
  ['INDEX', { what: 'streams have no indexes', hint: 'Leave it out: state is kept by the keys of the query.' }],
  [
    'FUNCTION',
    { what: 'functions cannot be declared here', hint: 'Give a query a name: CREATE VIEW name AS SELECT ….' },
  ],
  ['=>', { what: '=> gives a value to a parameter', hint: 'Greater or equal is written >=.' }],
  ['.', { what: 'the name of a table has one part here', hint: 'Write the table alone: FROM payments.' }],
  [
    'NULLS',
    { what: 'where nulls sort is settled: null is less than every value', hint: 'Leave NULLS FIRST and LAST out.' },
  ],
  ...['LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'SIMILAR', 'CONTAINS'].map((word) => [word, PATTERNS] as const),
  ...['EXPLAIN', 'DESCRIBE', 'SHOW', 'USE', 'BEGIN', 'COMMIT', 'DECLARE', 'ANALYZE'].map(
    (word) => [word, CONSOLE] as const,
  ),
  ...['UPDATE', 'DELETE', 'DROP', 'ALTER', 'VALUES', 'MERGE', 'TRUNCATE'].map((word) => [word, CHANGES] as const),
]);
