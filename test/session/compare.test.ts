import { expect, test } from 'vitest';
import { parseLesson } from '../../src/notebook/parse';
import { applySetting, cellsOf, runSpecs } from '../../src/notebook/settle';
import { type CompareCell, type Query } from '../../src/notebook/document';
import { createSession } from '../../src/session/session';
import { type Comparison, type Outcome } from '../../src/session/protocol';
import { formatClock, readRow } from '../../src/model';
import { eventPhrase, keyPhrase } from '../../src/words/phrases';

const host = { now: () => performance.now(), pause: () => new Promise<void>((resolve) => setImmediate(resolve)) };

/** One card, four payments: the last belongs to the first window and comes ten seconds after its end was reached. */
const lesson = (compare: string, head = '') => `---
title: Four engines
minutes: 5
concepts: []
---

\`\`\`scenario id=day title="A day"
streams:
  payments:
    columns: {card: INT, amount: "DECIMAL(10,2)", ts: TIMESTAMP(3)}
    key: card
    events:
      - {at: "10:01", card: 1, amount: 10.00}
      - {at: "10:04", card: 1, amount: 20.00}
      - {at: "10:07", card: 1, amount: 1.00}
      - {at: "10:03", arrives: "10:08", card: 1, amount: 5.00}
      - {at: "10:12", card: 1, amount: 2.00}
\`\`\`

\`\`\`sql id=spend reads=day wait="0 s" ${head}
SELECT card, window_start, SUM(amount) AS spend FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))
GROUP BY card, window_start, window_end;
\`\`\`

\`\`\`sql id=nightly reads=day run=batch title="Every night"
SELECT card, window_start, SUM(amount) AS spend FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))
GROUP BY card, window_start, window_end;
\`\`\`

${compare}
`;

const PLACE = { file: 'lesson.md', slug: 'four', part: 'time', partTitle: 'Time' };

async function compared(
  text: string,
  head = '',
): Promise<{ found: Comparison; ask: (query: Query) => Promise<unknown> }> {
  const document = parseLesson(lesson(text, head), PLACE);
  const specs = runSpecs(document);
  const cell = cellsOf(document).find((one): one is CompareCell => one.kind === 'compare')!;
  const session = createSession(host);
  const sides = cell.sides.map(({ of, set }) => applySetting(specs[of], set));
  return {
    found: ok(await session.compare(sides, cell.by)),
    ask: async (query) => ok(await session.ask(query, specs)),
  };
}

function ok<T>(outcome: Outcome<T>): T {
  if (!('ok' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.ok;
}

/** The final values, by run. */
const ends = ({ cells }: Comparison): string[][] =>
  cells.map(({ stands }) => stands.map((one) => one.at(-1)?.text ?? ''));

const FOUR = `\`\`\`compare id=four reads=spend
runs:
  Flink:
  Patient: {lateness: 10 m}
  Kafka: {profile: kafka, wait: none, lateness: 10 m}
  Spark: {profile: spark}
\`\`\``;

test('the value of each window in each run, on one clock, and why it differs from the first', async () => {
  const { found } = await compared(FOUR);
  expect(ends(found)).toEqual([
    ['€30.00', '€35.00', '€35.00', '€30.00'],
    ['€1.00', '€1.00', '€1.00', '€1.00'],
    ['€2.00', '€2.00', '€2.00', '€2.00'],
  ]);
  const [first, ...rest] = found.cells;
  expect(rest.every(({ differs }) => differs.every((one) => one === null))).toBe(true);
  expect(keyPhrase(first.values)).toBe('card 1');
  expect(first.differs.map((one) => one && [one.cause, one.rule])).toEqual([
    null,
    ['late dropped', 'S5.1'],
    ['late dropped', expect.stringMatching(/^S5\./)],
    null,
  ]);
  const [event] = first.differs[1]!.events;
  expect([eventPhrase(event.values), formatClock(event.time), formatClock(event.processing), event.fates]).toEqual([
    'card 1, amount €5.00',
    '10:03',
    '10:08',
    ['too late', 'late, counted'],
  ]);
});

test('the current value is known at every time of the clock', async () => {
  const { found } = await compared(FOUR);
  const [flink, patient, kafka] = found.cells[0].stands.map((history) =>
    history.map(({ processing, text }) => [formatClock(processing), text]),
  );
  expect(flink).toEqual([['10:07', '€30.00']]);
  expect(patient).toEqual([
    ['10:07', '€30.00'],
    ['10:08', '€35.00'],
  ]);
  expect(kafka.map(([at]) => at)).toEqual(['10:01', '10:04', '10:08']);
  const times = Array.from({ length: found.clock.length }, (_, row) => Number(readRow(found.clock, row)[0]));
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  // Spark's clock ticks in between: where a micro-batch ends.
  expect(times.map((time) => formatClock(time)).filter((time) => time.length === 5)).toEqual([
    '10:01',
    '10:04',
    '10:07',
    '10:08',
    '10:12',
  ]);
  expect(times.length).toBeGreaterThan(5);
  const last = readRow(found.clock, found.clock.length - 1).slice(1);
  expect(last).toEqual(found.runs.map(({ steps }) => steps - 1));
});

test('a batch job is compared with a stream, and emits when it ends', async () => {
  const { found } = await compared('```compare id=both reads=spend,nightly\n```');
  expect(ends(found)[0]).toEqual(['€30.00', '€35.00']);
  expect(found.cells[0].differs[1]).toMatchObject({ cause: 'late dropped' });
  expect(found.cells[0].stands[1].map(({ processing }) => processing)).toEqual([found.runs[1].processing[1]]);
});

test('how many windows differ is a question that checks and prose may ask', async () => {
  const { found, ask } = await compared(FOUR);
  const document = parseLesson(
    lesson(`${FOUR}\n\nThey differ in [[differences: four]]; Spark in [[differences: four, with: Spark]].`),
    PLACE,
  );
  const queries: Query[] = [];
  JSON.stringify(document.blocks, (key, value: unknown) => {
    if (key === 'query') queries.push(value as Query);
    return value;
  });
  expect(await Promise.all(queries.map(ask))).toEqual([1, 0]);
  expect(found.cells.filter(({ differs }) => differs.some(Boolean))).toHaveLength(1);
});

test('a run without windows, and a job on a schedule, cannot be compared', async () => {
  const session = createSession(host);
  const [spec] = Object.values(runSpecs(parseLesson(lesson(FOUR), PLACE)));
  const plain = { ...spec, sql: 'SELECT card, amount FROM payments' };
  expect(await session.compare([plain, plain], ['value'])).toMatchObject({ failed: { what: /no windows to compare/ } });
  const often = applySetting(spec, { run: 'batch', every: '1 m' });
  expect(await session.compare([spec, often], ['value'])).toMatchObject({ failed: { found: 'every' } });
});

test('sessions that systems cut in other ways are told together, with their bounds where these are compared', async () => {
  const sessions = (text: string): string =>
    text.replaceAll(
      "TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)",
      "SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '3' MINUTE)",
    );
  const runs =
    'runs: {Flink: {wait: 10 m}, Beam: {profile: beam, wait: 10 m}, Kafka: {profile: kafka, wait: none, lateness: 1 h}}';
  const cells = async (by: string) => {
    const document = parseLesson(
      sessions(lesson(`\`\`\`compare id=cut reads=spend\n${runs}\nby: ${by}\n\`\`\``)),
      PLACE,
    );
    const [cell] = cellsOf(document).filter((one): one is CompareCell => one.kind === 'compare');
    const specs = runSpecs(document);
    return ok(
      await createSession(host).compare(
        cell.sides.map(({ of, set }) => applySetting(specs[of], set)),
        cell.by,
      ),
    ).cells;
  };
  // 10:04 and 10:07 are one gap apart.
  const [first] = await cells('value');
  expect(first.stands.map((one) => one.at(-1)?.text)).toEqual([
    '€36.00',
    expect.stringMatching(/^10:01–.*€35\.00; 10:07–10:10: €1\.00$/),
    '€36.00',
  ]);
  expect(first.differs.map((one) => one?.rule ?? null)).toEqual([null, 'S3.2', null]);
  const [bounded] = await cells('[value, bounds]');
  expect(bounded.stands.map((one) => one.at(-1)?.text)).toEqual([
    '10:01–10:10: €36.00',
    expect.any(String),
    '10:01–10:07: €36.00',
  ]);
  expect(bounded.differs.map((one) => one?.rule ?? null)).toEqual([null, 'S3.2', 'S3.2']);
});
