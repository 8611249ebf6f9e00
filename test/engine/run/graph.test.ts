import { expect, test } from 'vitest';
import { graphOf, meetsItself, resultNode, topicsUpstream, type Graph } from '../../../src/engine/run/graph';
import { plan } from '../../../src/sql';
import { scan, unionAll } from '../../support/graph';
import { catalog, given, payments } from '../../support/stream';

const others = { refunds: [] };

function graph(sql: string): Graph {
  const query = plan(sql, { ...catalog, refunds: scan('refunds') }).query;
  const { setup, options } = given(query, [], { others });
  return graphOf(query, options, setup.topics);
}

const channels = ({ operators }: Graph): [node: string, remembers: boolean, ...from: string[]][] =>
  operators.map(({ plan: { node }, remembers, inputs }) => [
    node,
    remembers,
    ...inputs.map(({ nodeIndex, topic }) => (nodeIndex < 0 ? `topic ${topic}` : `node ${nodeIndex}`)),
  ]);

test('filters and projections take rows where they are, an aggregate remembers them', () => {
  const made = graph('SELECT card, COUNT(*) AS n FROM payments WHERE amount > 0 GROUP BY card');
  expect(channels(made)).toEqual([
    ['filter', false, 'topic 0'],
    ['aggregate', true, 'node 0'],
    ['project', false, 'node 1'],
  ]);
  expect(made.operators.map(({ number }) => number)).toEqual([1, 2, 3]);
  expect(made.result.nodeIndex).toBe(2);
  expect(resultNode(made)).toBe(1);
});

test('a join remembers the rows of both inputs, and knows the topics upstream', () => {
  const made = graph('SELECT p.card, r.amount FROM payments AS p JOIN refunds AS r ON p.card = r.card');
  const join = made.operators.findIndex(({ plan: { node } }) => node === 'join');
  expect(channels(made)[join]).toEqual(['join', true, 'topic 0', 'topic 1']);
  expect([...topicsUpstream(made.operators)[join]]).toEqual([0, 1]);
  expect(made.sources.map(({ scan: { table } }) => table)).toEqual(['payments', 'refunds']);
  expect(meetsItself(made.operators)).toBe(false);
});

test('one event meets itself where two inputs have one topic', () => {
  const twice = unionAll(scan('payments'), scan('payments'));
  const { options } = given(twice, []);
  expect(meetsItself(graphOf(twice, options, [payments([])]).operators)).toBe(true);
});
