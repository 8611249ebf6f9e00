import { FIGURES, namedParts } from '../../src/figures';
import { MARKS, type Snapshot } from '../../src/model';
import { type FigureCell } from '../../src/notebook/document';
import { parseLesson } from '../../src/notebook/parse';
import { cellsOf, runSpecs } from '../../src/notebook/settle';
import { type Outcome } from '../../src/session/protocol';
import { createSession } from '../../src/session/session';

/** Runs of the real engine, small enough to be counted by hand. */
const DOCUMENT = `---
title: Pictures
part: time
minutes: 1
concepts: [67]
summary: Runs to draw.
facts: {}
---
Runs to draw.

\`\`\`scenario id=game title="Nine scores of one team"
streams:
  scores:
    columns: {score: INT, ts: TIMESTAMP}
    key: score
    events:
      - {at: "12:00:26", arrives: "12:04:59", score: 5}
      - {at: "12:02:24", arrives: "12:05:39", score: 7}
      - {at: "12:03:39", arrives: "12:06:13", score: 3}
      - {at: "12:04:19", arrives: "12:06:39", score: 4}
      - {at: "12:03:06", arrives: "12:07:06", score: 8}
      - {at: "12:06:39", arrives: "12:07:19", score: 3}
      - {at: "12:01:25", arrives: "12:08:19", score: 9}
      - {at: "12:07:26", arrives: "12:08:39", score: 8}
      - {at: "12:07:46", arrives: "12:09:00", score: 1}
    watermarks:
      heuristic: [["12:06:00", "12:02"], ["12:07:30", "12:04"], ["12:07:40", "12:06"], ["12:09:30", "12:08:30"]]
\`\`\`

\`\`\`sql id=retracting reads=game profile=beam accumulation=retracting watermark="given(heuristic)" lateness=1h end=quiet trigger="after-watermark(early: processing-delay(1 min), late: count(1))" title="Retracting"
SELECT window_start, window_end, SUM(score) AS total
FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=discarding reads=game profile=beam accumulation=discarding watermark="given(heuristic)" lateness=1h end=quiet trigger="after-watermark(early: processing-delay(1 min), late: count(1))" title="Discarding"
SELECT window_start, window_end, SUM(score) AS total
FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=sessions reads=game profile=beam accumulation=retracting watermark="given(heuristic)" lateness=1h trigger="after-watermark(early: processing-delay(1 min), late: count(1))" title="Sessions"
SELECT window_start, window_end, SUM(score) AS total
FROM TABLE(SESSION(TABLE scores, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=arrival reads=game time=processing end=quiet title="By the clock"
SELECT window_start, window_end, SUM(score) AS total
FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=paced reads=game profile=beam accumulation=discarding end=quiet trigger="repeat(processing-delay(2 min))" title="One window"
SELECT SUM(score) AS total FROM scores;
\`\`\`

\`\`\`sql id=cumulating reads=game wait=1min lateness=1min title="Cumulate"
SELECT window_start, window_end, SUM(score) AS total
FROM TABLE(CUMULATE(TABLE scores, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '4' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=classic reads=game run=batch title="Classic batch"
SELECT SUM(score) AS total FROM scores;
\`\`\`

\`\`\`sql id=fixed reads=game run=batch title="Fixed windows in batch"
SELECT window_start, window_end, SUM(score) AS total
FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTE))
WHERE score > 0
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=often reads=game run=batch every=2min title="A batch job every two minutes"
SELECT window_end, SUM(score) AS total
FROM TABLE(TUMBLE(TABLE scores, DESCRIPTOR(ts), INTERVAL '2' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`scenario id=shops title="Three shops"
streams:
  sales:
    columns: {shop: STRING, amount: INT, ts: TIMESTAMP}
    key: shop
    partitions: 3
    events:
      - {at: "10:00:10", partition: 0, shop: A, amount: 2}
      - {at: "10:00:20", partition: 1, shop: B, amount: 3}
      - {at: "10:00:30", arrives: "10:01:25", partition: 2, shop: C, amount: 5}
      - {at: "10:01:10", arrives: "10:01:30", partition: 0, shop: A, amount: 2}
      - {at: "10:01:20", arrives: "10:01:40", partition: 1, shop: B, amount: 3}
      - {at: "10:02:10", partition: 0, shop: A, amount: 2}
      - {at: "10:02:20", partition: 1, shop: B, amount: 3}
      - {at: "10:03:10", partition: 0, shop: A, amount: 2}
      - {at: "10:03:20", partition: 1, shop: B, amount: 3}
\`\`\`

\`\`\`sql id=stuck reads=shops wait=0s end=quiet title="Stuck"
SELECT window_start, window_end, SUM(amount) AS sold
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=freed reads=shops wait=0s end=quiet idle=70s title="Freed"
SELECT window_start, window_end, SUM(amount) AS sold
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;
\`\`\`

\`\`\`sql id=running reads=shops title="Running"
SELECT shop, SUM(amount) AS sold FROM sales GROUP BY shop;
\`\`\`

\`\`\`scenario id=web title="Payments and logins"
streams:
  payments:
    columns: {account: STRING, amount: INT, ts: TIMESTAMP}
    key: account
    events:
      - {at: "10:02", account: Ada, amount: 40}
      - {at: "10:06", account: Cem, amount: 90}
      - {at: "10:11", account: Ben, amount: 25}
      - {at: "10:22", account: Dora, amount: 60}
      - {at: "10:40", account: Ada, amount: 75}
  logins:
    columns: {account: STRING, ts: TIMESTAMP}
    key: account
    events:
      - {at: "10:00", account: Ada}
      - {at: "10:01", account: Ben}
      - {at: "10:18", account: Ben}
      - {at: "10:20", arrives: "10:24", account: Dora}
\`\`\`

\`\`\`sql id=rule reads=web title="Interval"
SELECT p.account, p.amount, p.ts AS paid, l.ts AS login
FROM payments AS p LEFT JOIN logins AS l
  ON p.account = l.account AND l.ts BETWEEN p.ts - INTERVAL '10' MINUTE AND p.ts;
\`\`\`

\`\`\`sql id=cut reads=web title="Windows"
SELECT p.account, p.amount, p.ts AS paid, l.ts AS login
FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE)) AS p
LEFT JOIN TABLE(TUMBLE(TABLE logins, DESCRIPTOR(ts), INTERVAL '10' MINUTE)) AS l
  ON p.account = l.account AND p.window_start = l.window_start AND p.window_end = l.window_end;
\`\`\`

\`\`\`sql id=ever reads=web ttl=10min title="Regular"
SELECT p.account, p.amount, p.ts AS paid, l.ts AS login
FROM payments AS p LEFT JOIN logins AS l ON p.account = l.account;
\`\`\`

\`\`\`scenario id=prices title="Orders and prices"
streams:
  orders:
    columns: {id: INT, item: STRING, ts: TIMESTAMP}
    key: item
    events:
      - {at: "10:02", id: 1, item: tea}
      - {at: "10:06", id: 2, item: tea}
      - {at: "10:12", id: 3, item: tea}
  prices:
    columns: {item: STRING, price: INT, ts: TIMESTAMP}
    key: item
    events:
      - {at: "10:00", item: tea, price: 4}
      - {at: "10:05", arrives: "10:08", item: tea, price: 5}
\`\`\`

\`\`\`sql id=bills reads=prices title="Versions"
CREATE VIEW list AS SELECT item, price, ts FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY item ORDER BY ts DESC) AS place FROM prices
) WHERE place = 1;
SELECT o.id, o.ts AS ordered, l.price
FROM orders AS o JOIN list FOR SYSTEM_TIME AS OF o.ts AS l ON o.item = l.item;
\`\`\`

\`\`\`sql id=latest reads=prices title="Whatever holds now"
CREATE VIEW list AS SELECT item, price, ts FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY item ORDER BY ts DESC) AS place FROM prices
) WHERE place = 1;
SELECT o.id, o.ts AS ordered, l.price
FROM orders AS o JOIN list AS l ON o.item = l.item;
\`\`\`

\`\`\`sql id=lookup reads=prices title="Whatever stands"
CREATE VIEW list AS SELECT item, price, ts FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY item ORDER BY ts DESC) AS place FROM prices
) WHERE place = 1;
SELECT o.id, o.ts AS ordered, l.price
FROM orders AS o JOIN list FOR SYSTEM_TIME AS OF PROCTIME() AS l ON o.item = l.item;
\`\`\`
`;

const place = { file: 'pictures.md', slug: 'pictures', part: 'time', partTitle: 'Time' };
const lesson = parseLesson(DOCUMENT, place);
const specs = runSpecs(lesson);
const session = createSession({ now: () => 0, pause: () => Promise.resolve() });

function must<T>(outcome: Outcome<T>): T {
  if ('ok' in outcome) return outcome.ok;
  throw new Error(JSON.stringify(outcome));
}

export const RUNS = cellsOf(lesson).flatMap((cell) => (cell.kind === 'sql' ? [cell.id] : []));

/** A run of the document as a figure wants it, under the part names `f.…`: at its end, or at a step. */
export async function pictured(
  run: string,
  figure: FigureCell['figure'],
  some: Record<string, unknown> = {},
  at: 'end' | number | (typeof MARKS)[number] = 'end',
): Promise<Snapshot> {
  const summary = must(await session.run(specs[run]));
  const options = { where: {}, color: null, value: null, ...some };
  const marks = Array.from({ length: summary.marks.length }, (_, i) => i);
  const first = marks.find((i) => MARKS[summary.marks.columns[1].data[i]] === at) ?? -1;
  const step =
    typeof at === 'number' ? at : first >= 0 && at !== 'end' ? summary.marks.columns[0].data[first] : summary.steps - 1;
  return must(await session.state(summary.id, step, namedParts('f', FIGURES[figure].parts(options))));
}
