import { expect, test } from 'vitest';
import { graphOf, meetsItself, resultNode, type Graph } from '../../../src/engine/run/graph';
import { plan } from '../../../src/sql';
import { explainGraph } from '../../../src/engine/run/explainGraph';
import { topicOf } from '../../../src/engine/log/topic';
import { makeTable } from '../../../src/model';
import { inputsOf, nodesOf, type Plan } from '../../../src/sql/plan';
import { explainExpression } from '../../../src/sql/explain';
import { nodeOf, optionsOf, SCHEMA, SETTINGS } from '../state/settings';
import { scan, unionAll } from '../../support/graph';
import { catalog, given, payments, type Drive } from '../../support/stream';

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
  expect([...made.operators[join].topics]).toEqual([0, 1]);
  expect(made.sources.map(({ scan: { table } }) => table)).toEqual(['payments', 'refunds']);
  expect(meetsItself(made.operators)).toBe(false);
});

test('one event meets itself where two inputs have one topic', () => {
  const twice = unionAll(scan('payments'), scan('payments'));
  const { options } = given(twice, []);
  expect(meetsItself(graphOf(twice, options, [payments([])]).operators)).toBe(true);
});

/** Every stream that a setting may read, without an event. */
const STREAMS = ['s', 'r', 'u'].map((name) =>
  topicOf(
    {
      name,
      table: makeTable(SCHEMA),
      time: new Float64Array(0),
      append: new Float64Array(0),
      partition: new Int32Array(0),
    },
    1,
  ),
);

/** What each node does with what its inputs do, as Flink's planner has it: stated here once more, by hand. */
const WRITES: Record<string, (retracts: boolean, node: Plan) => boolean> = {
  filter: (retracts) => retracts,
  project: (retracts) => retracts,
  'union all': (retracts) => retracts,
  over: (retracts) => retracts,
  'interval join': (retracts) => retracts,
  'window join': (retracts) => retracts,
  'temporal join': (retracts) => retracts,
  'window aggregate': (retracts) => retracts,
  join: (retracts, node) => retracts || ('kind' in node && node.kind !== 'inner'),
  aggregate: () => true,
  deduplicate: () => true,
  'top n': () => true,
  normalize: () => true,
};
const firesAgain = ({ options: { lateness, trigger, profile } = {} }: (typeof SETTINGS)[number]): boolean =>
  Boolean(lateness || trigger || profile === 'kafka' || profile === 'beam');

test.each(SETTINGS)('the edges of $name', (setting) => {
  const plan = nodeOf(setting);
  const options = optionsOf(setting);
  const { operators } = graphOf(plan, options, STREAMS);
  const top = operators.at(-1)!;
  expect(top.remembers).toBe(true);
  // With other keys than below rows change places; those of one key stay together.
  for (const { partitioning } of top.inputs) {
    expect(partitioning.by === 'hash' && partitioning.keys.map(explainExpression)).toEqual(setting.key);
  }
  for (const { plan: node, mode, inputs } of operators) {
    const reads = inputs.map(({ nodeIndex }) => (nodeIndex < 0 ? 'append' : operators[nodeIndex].mode.writes));
    expect(inputs.map(({ changelog }) => changelog)).toEqual(reads);
    const again = node.node === 'window aggregate' && firesAgain(setting);
    const takesBack = again || WRITES[node.node](reads.includes('retract'), node);
    expect(mode.writes).toBe(!takesBack ? 'append' : options.upsert && node === plan ? 'upsert' : 'retract');
    if (inputs.every(({ changelog }) => changelog === 'append')) expect(mode.retractions).not.toBe('recompute');
  }
  expect(top.mode.retractions).toBe(setting.recomputed ? 'recompute' : 'incremental');
  expect(new Set(operators.map((one) => one.plan))).toEqual(
    new Set(nodesOf(plan).filter((one) => inputsOf(one).length > 0)),
  );
});

const PER_CARD = 'SELECT card, COUNT(*) AS n FROM payments GROUP BY card';
const LAST = (from: string): string =>
  `SELECT card, amount, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ts DESC) AS place FROM ${from}) AS t
   WHERE place = 1`;
const TUMBLED = `SELECT card, window_start, window_end, COUNT(*) AS n
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY card, window_start, window_end`;
const LATER = `SELECT n, SUM(n) AS total FROM (${PER_CARD}) AS t WHERE n > 1 GROUP BY n`;

const lines = (sql: string, drive: Drive = {}): string[] => {
  const query = plan(sql, { ...catalog, refunds: scan('refunds') }).query;
  const { setup, options } = given(query, [], { others, ...drive });
  return explainGraph(graphOf(query, options, setup.topics), setup.topics).split('\n');
};

test.each([
  [
    'a group by another key than below: rows change places once more',
    LATER,
    [
      '1 aggregate COUNT(*) per card [payments hash(card); incremental; retract]',
      '2 project card, COUNT(*) AS n [1 forward; pass; retract]',
      '3 filter n > 1 [2 forward; pass; retract]',
      '4 aggregate SUM(n) per n [3 hash(n); incremental; retract]',
      '5 project n, SUM(n) AS total [4 forward; pass; retract]',
    ],
  ],
  [
    'a group by the same key: its rows are in their place',
    `SELECT card, MAX(amount) AS most FROM (${LAST('payments')}) AS t WHERE amount > 0 GROUP BY card`,
    [
      '1 deduplicate last row per card [payments hash(card); incremental; retract]',
      '2 project card, amount, ts [1 forward; pass; retract]',
      '3 project card, amount, ts [2 forward; pass; retract]',
      '4 filter amount > 0.00 [3 forward; pass; retract]',
      '5 aggregate MAX(amount) per card [4 forward; incremental; retract]',
      '6 project card, MAX(amount) AS most [5 forward; pass; retract]',
    ],
  ],
  [
    'a window that fires once',
    TUMBLED,
    [
      '1 window aggregate TUMBLE 1 min, COUNT(*) per card [payments hash(card); incremental; append]',
      '2 project card, window_start, window_end, COUNT(*) AS n [1 forward; pass; append]',
    ],
  ],
  [
    'a regular join, of which one side is in its place',
    `SELECT p.card, n FROM (${PER_CARD}) AS p LEFT JOIN refunds AS r ON p.card = r.card`,
    [
      '1 aggregate COUNT(*) per card [payments hash(card); incremental; retract]',
      '2 project card, COUNT(*) AS n [1 forward; pass; retract]',
      '3 join left: card = card [2 forward, refunds hash(card); incremental; retract]',
      '4 project card, n [3 forward; pass; retract]',
    ],
  ],
  [
    'without keys there is one place',
    'SELECT SUM(n) AS total FROM (SELECT COUNT(*) AS n FROM payments) AS t',
    [
      '1 aggregate COUNT(*) [payments hash(); incremental; retract]',
      '2 project COUNT(*) AS n [1 forward; pass; retract]',
      '3 aggregate SUM(n) [2 forward; incremental; retract]',
      '4 project SUM(n) AS total [3 forward; pass; retract]',
    ],
  ],
  [
    'an outer join may have no key on its left: its rows change places',
    `SELECT card, COUNT(*) AS n FROM (SELECT p.card, r.amount FROM payments AS p FULL JOIN refunds AS r ON p.card = r.card) AS t GROUP BY card`,
    [
      '1 join full: card = card [payments hash(card), refunds hash(card); incremental; retract]',
      '2 project card, amount [1 forward; pass; retract]',
      '3 aggregate COUNT(*) per card [2 hash(card); incremental; retract]',
      '4 project card, COUNT(*) AS n [3 forward; pass; retract]',
    ],
  ],
] as const)('%s', (_, sql, expected) => {
  expect(lines(sql)).toEqual(expected);
});

test('only the result itself is an upsert stream', () => {
  expect(lines(LATER, { upsert: true }).map((line) => /\w+(?=\]$)/.exec(line)![0])).toEqual([
    'retract',
    'retract',
    'retract',
    'upsert',
    'upsert',
  ]);
});
