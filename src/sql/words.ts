/** Words that cannot be names unless they stand in backticks. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'ALL AND AS BETWEEN BY CASE CAST CREATE CROSS CURRENT DESCRIPTOR DISTINCT ELSE END EXCEPT EXISTS FALSE FETCH FOR ' +
    'FROM FULL GROUP HAVING IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN LEFT LIKE LIMIT NATURAL NOT NULL ON OR ' +
    'ORDER OUTER OVER PARTITION RIGHT SELECT SET TABLE THEN TRUE UNBOUNDED UNION VALUES WHEN WHERE WINDOW WITH'
  ).split(' '),
);

/** What Tidemark does not run yet, or never will: what it is, and what to write instead. */
export interface Refusal {
  what: string;
  hint: string;
}

const later = (feature: string, hint: string): Refusal => ({ what: `${feature} not run by this engine yet`, hint });

export const JOINS = later(
  'joins are',
  'Read one table or stream in FROM; WHERE, GROUP BY, TUMBLE, HOP and OVER work on it.',
);
export const SUBQUERIES = later(
  'subqueries inside expressions are',
  'Put the subquery into FROM, as FROM (SELECT …) AS x, or write the values out.',
);
export const DISTINCT = later('DISTINCT is', 'GROUP BY the same columns gives each of them once.');
const SETS = later('set operations such as UNION are', 'Write one SELECT; OR in its WHERE joins two conditions.');
const CUTS = later(
  'a cut of the result, such as LIMIT, is',
  'Leave it out; WHERE or HAVING picks rows by what they say.',
);
const CHANGES: Refusal = {
  what: 'tables are not changed by hand here',
  hint: 'Rows come from the scenario; write SELECT … or INSERT INTO … SELECT ….',
};

/** Refusals by the keyword that the reader would write. */
export const REFUSED_WORDS: ReadonlyMap<string, Refusal> = new Map([
  ['WITH', later('common table expressions are', 'Write CREATE VIEW name AS SELECT …; in front, and read from name.')],
  ['ORDER', later('ORDER BY is', 'Leave ORDER BY out: a stream has no last row to sort up to.')],
  ['JOIN', JOINS],
  ['CROSS', JOINS],
  ['NATURAL', JOINS],
  ['LIMIT', CUTS],
  ['FETCH', CUTS],
  ['UNION', SETS],
  ['EXCEPT', SETS],
  ['INTERSECT', SETS],
  ['DISTINCT', DISTINCT],
  ['EXISTS', SUBQUERIES],
  ['LIKE', later('LIKE is', 'Compare with = or IN; UPPER, LOWER and CHAR_LENGTH are there.')],
  ['UPDATE', CHANGES],
  ['DELETE', CHANGES],
  ['DROP', CHANGES],
  ['ALTER', CHANGES],
  ['VALUES', CHANGES],
]);
