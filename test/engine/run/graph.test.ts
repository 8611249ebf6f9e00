import { expect, test } from 'vitest';
import { graphOf, meetsItself, nodesOf, resultNode, topicsUpstream, type Graph } from '../../../src/engine/run/graph';
import { plan } from '../../../src/sql';
import { scan, unionAll } from '../../support/graph';
import { catalog, given, payments } from '../../support/stream';

const others = { refunds: [] };

function graph(sql: string): Graph {
  const query = plan(sql, { ...catalog, refunds: scan('refunds') }).query;
  const { setup, options } = given(query, [], { others });
  return graphOf(query, options, setup.topics);
}

const channels = ({ operators }: Graph): string[][] =>
  operators.map(({ plan: { node }, inputs }) => [
    node,
    ...inputs.map(({ nodeIndex, topic, partitioning }) => {
      const keys = partitioning.by === 'hash' ? ` ${partitioning.keys.length}` : '';
      return `${nodeIndex < 0 ? `topic ${topic}` : `node ${nodeIndex}`} ${partitioning.by}${keys}`;
    }),
  ]);

test('filters and projections take rows where they are, an aggregate takes them by key', () => {
  const made = graph('SELECT card, COUNT(*) AS n FROM payments WHERE amount > 0 GROUP BY card');
  expect(channels(made)).toEqual([
    ['filter', 'topic 0 forward'],
    ['aggregate', 'node 0 hash 1'],
    ['project', 'node 1 forward'],
  ]);
  expect(made.operators.map(({ number, retracts }) => [number, retracts])).toEqual([
    [1, false],
    [2, true],
    [3, true],
  ]);
  expect(resultNode(made)).toBe(1);
});

test('an aggregate without keys has all rows in one subtask', () => {
  expect(channels(graph('SELECT COUNT(*) AS n FROM payments'))[0]).toEqual(['aggregate', 'topic 0 hash 0']);
});

test('a join takes both inputs by key, and knows the topics upstream', () => {
  const made = graph('SELECT p.card, r.amount FROM payments AS p JOIN refunds AS r ON p.card = r.card');
  const join = made.operators.findIndex(({ plan: { node } }) => node === 'join');
  expect(channels(made)[join]).toEqual(['join', 'topic 0 hash 1', 'topic 1 hash 1']);
  expect([...topicsUpstream(made.operators)[join]]).toEqual([0, 1]);
  expect(made.sources.map(({ scan: { table } }) => table)).toEqual(['payments', 'refunds']);
  expect(meetsItself(made.operators)).toBe(false);
});

test('one event meets itself where two inputs have one topic', () => {
  const twice = unionAll(scan('payments'), scan('payments'));
  const { options } = given(twice, []);
  expect(meetsItself(graphOf(twice, options, [payments([])]).operators)).toBe(true);
});

test('a source reads a topic, the sink takes the result: both are nodes like the operators', () => {
  const made = graph('SELECT card, COUNT(*) AS n FROM payments GROUP BY card');
  expect(nodesOf(made).map(({ kind, number }) => [kind, number])).toEqual([
    ['source', 0],
    ['operator', 1],
    ['operator', 2],
    ['sink', 3],
  ]);
  expect(made.sink.inputs[0].nodeIndex).toBe(1);
});
