import { expect, test } from 'vitest';
import { catalogOf, plan, runBatch, runStream, TIMESTAMP, type Plan, type StreamInput } from '../../../src';
import { driveNode } from '../../support/operatorDrive';

const payments: StreamInput = { schema: [{ name: 'ts', type: TIMESTAMP, nullable: false }], rows: [[1], [2]] };
const scan = plan('SELECT * FROM payments', catalogOf({ payments })).query;
const unknown = { ...scan, node: 'sample', input: scan } as unknown as Plan;

test('a node without a batch operator is refused, not answered with an empty result', () => {
  expect(() => runBatch({ plan: unknown, tables: { payments } })).toThrow(/no batch operator for the node sample/);
  const above = { ...scan, node: 'union all', inputs: [unknown] } as unknown as Plan;
  expect(() => runBatch({ plan: above, tables: { payments } })).toThrow(/no batch operator for the node sample/);
});

test('a node without a stream operator is refused', () => {
  expect(() => runStream({ plan: unknown, streams: { payments } })).toThrow(/for the node sample/);
  expect(() => driveNode(unknown)).toThrow(/for the node sample/);
});
