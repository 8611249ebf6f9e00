import { expect, test } from 'vitest';
import { streamSchema } from '../../src/data';
import { catalogOf } from '../../src/notebook/catalog';
import { type ScenarioCell } from '../../src/notebook/document';
import { cellsOf } from '../../src/notebook/settle';
import { plan } from '../../src/sql';
import { broken, parse, SAMPLE } from './sample';

const catalog = (text: string) => {
  const scenario = cellsOf(parse(text)).find((one): one is ScenarioCell => one.kind === 'scenario')!;
  return catalogOf(scenario.scenario, streamSchema);
};

test('streams are found by lower-case name and keep the name that they have', () => {
  const text = SAMPLE.replaceAll('payments', 'Payments').replace('title="A day of Payments"', 'title="A day"');
  const scan = catalog(text).payments;
  expect(scan).toMatchObject({
    node: 'scan',
    table: 'Payments',
    watermark: null,
    primaryKey: [],
    options: { connector: 'tidemark' },
  });
  expect(scan.schema.map(({ name }) => name)).toEqual(['card', 'amount', 'ts']);
  expect(scan.schema[scan.timeColumn].name).toBe('ts');
});

test('the event time is the column that the stream says it is', () => {
  const own = 'columns: [ts, amount, card]';
  expect(catalog(broken('columns: [card, amount, ts]', own)).payments.timeColumn).toBe(0);
});

test('what reads a column that can lose its value has to expect null', () => {
  const sums = 'SELECT card, MAX(amount) AS most FROM payments GROUP BY card';
  const nullable = (text: string) => plan(sums, catalog(text)).query.schema.map((one) => one.nullable);
  expect(nullable(SAMPLE)).toEqual([false, false]);
  expect(nullable(broken('delay: realistic', 'dropped: 0.01'))).toEqual([false, true]);
});
