import { expect, test } from 'vitest';
import { USUAL } from '../../src/notebook/options';
import { hours, minutes, parseTime, seconds, type TidemarkError } from '../../src/model';
import { type Cell, type Prose } from '../../src/notebook/document';
import { STORY_DAY } from '../../src/notebook/item';
import { cellsOf } from '../../src/notebook/settle';
import { broken, parse, SAMPLE } from './sample';

const cell = <K extends Cell['kind']>(text: string, kind: K): Extract<Cell, { kind: K }> =>
  cellsOf(parse(text)).find((one): one is Extract<Cell, { kind: K }> => one.kind === kind)!;

const clock = (text: string): number => parseTime(text, STORY_DAY);

test('a clock time is on 2 November 2026 unless it is dated', () => {
  expect(STORY_DAY).toBe(Date.UTC(2026, 10, 2));
  const { planted } = cell(broken('arrives: "11:10"', 'arrives: "2026-11-03 01:00"'), 'scenario').scenario.streams
    .payments;
  expect(planted).toEqual([
    { at: clock('10:15'), arrives: STORY_DAY + hours(25), partition: null, values: { card: 4417, amount: 4_000 } },
  ]);
});

test('money is written in euros and kept in cents, exactly', () => {
  for (const [written, cents] of [
    ['0.07', 7],
    ['1.1', 110],
    ['-5', -500],
    ['123456789.01', 12_345_678_901],
  ] as const) {
    const { planted } = cell(broken('amount: 40.00', `amount: ${written}`), 'scenario').scenario.streams.payments;
    expect(planted[0].values.amount).toBe(cents);
  }
});

test('an event arrives at once unless it says otherwise', () => {
  const [event] = cell(broken('arrives: "11:10", ', ''), 'scenario').scenario.streams.payments.planted;
  expect(event.arrives).toBe(event.at);
});

test('a stream without a table declares its columns', () => {
  const own = `
  requests:
    columns: {user_id: INT, price: "DECIMAL(10,2)", ts: TIMESTAMP(3)}
    key: user_id
    events: [{at: "10:33", user_id: 7, price: 1.50}]
knobs:`;
  const { requests } = cell(broken('knobs:', own.trimStart().replace(/^/, '  ')), 'scenario').scenario.streams;
  expect(requests.table).toBeNull();
  expect(requests.declared).toEqual({
    user_id: { name: 'INT' },
    price: { name: 'DECIMAL', precision: 10, scale: 2 },
    ts: { name: 'TIMESTAMP' },
  });
  expect(requests.planted[0].values).toEqual({ user_id: 7, price: 150 });
});

test.each([
  ['none', { model: 'none' }],
  ['0 s', { model: 'fixed', delay: 0 }],
  ['30 s', { model: 'fixed', delay: seconds(30) }],
  ['{uniform: [0 s, 2 min]}', { model: 'uniform', least: 0, most: minutes(2) }],
])('delay: %s', (written, delay) => {
  expect(cell(broken('delay: realistic', `delay: ${written}`), 'scenario').scenario.streams.payments.delay).toEqual(
    delay,
  );
});

const stream = (text: string) => cell(text, 'scenario').scenario.streams.payments;

test('the knobs of a continuous stream', () => {
  const knobs = [
    'rate: 10',
    'burst: {at: "10:05", for: 1 s, rate: 200}',
    'duplicates: 0.02',
    'dropped: 0.01',
    'fraud: false',
  ];
  expect(stream(broken('delay: realistic', knobs.join('\n    ')))).toMatchObject({
    rate: 10,
    burst: { at: clock('10:05'), for: seconds(1), rate: 200 },
    duplicates: 0.02,
    dropped: 0.01,
    fraud: false,
  });
  expect(stream(broken('delay: realistic', 'fraud: true')).fraud).toBe(true);
});

test('a burst may begin before its stream, and may be a silence', () => {
  const by = 'rate: 10\n    from: "10:05"\n    until: "10:06"\n    burst: {at: "10:04:30", for: 1 min, rate: 0}';
  expect(stream(broken('delay: realistic', by)).burst).toEqual({ at: clock('10:04:30'), for: minutes(1), rate: 0 });
});

test('a stream is as plain as it can be where it says nothing', () => {
  const { table, columns, key, planted, ...rest } = stream(
    broken(/columns: \[card, amount, ts\]\n[^]*?only: .*\n/, 'columns: [card, amount, ts]\n'),
  );
  expect([table, columns, key, planted.length]).toEqual([
    'credit_card_transactions',
    ['card', 'amount', 'ts'],
    'cc_num',
    1,
  ]);
  expect(rest).toEqual({
    declared: {},
    time: 'ts',
    partitions: 1,
    from: null,
    until: null,
    only: {},
    fraud: true,
    limit: 0,
    delay: { model: 'none' },
    rate: 0,
    burst: null,
    duplicates: 0,
    dropped: 0,
    watermarks: {},
  });
});

test('a knob without a unit is a number', () => {
  const { knobs } = cell(broken('knobs: {', 'knobs: {width: {value: 3, max: 9}, '), 'scenario');
  expect(knobs.map(({ name, unit, step, min }) => [name, unit, step, min])).toEqual([
    ['width', 'number', 1, 0],
    ['wait', 'duration', seconds(10), 0],
  ]);
});

test('the head of a sql cell settles every option', () => {
  expect(cell(SAMPLE, 'sql').options).toEqual({
    ...USUAL,
    mode: 'stream',
    wait: '$wait',
    lateness: minutes(10),
    edge: 'closed',
    lookup: null,
    answer: 'state',
    every: null,
    end: 'flush',
  });
  const head = SAMPLE.slice(0, SAMPLE.indexOf('```figure'));
  const bare = cell(head.replace(' run=stream wait=$wait lateness=10m title="Money per window"', ''), 'sql');
  expect([bare.title, bare.options.wait, bare.options.lateness]).toEqual(['', null, 0]);
});

test('wrong SQL is an error at its place in the document', () => {
  const text = broken('SUM(amount)', 'SUM(amont)');
  try {
    parse(text);
    expect.unreachable();
  } catch (thrown) {
    const { place, hint } = (thrown as TidemarkError).facts;
    expect(text.slice(place!.from, place!.to)).toBe('amont');
    expect(text.split('\n')[place!.line - 1].slice(place!.column - 1)).toMatch(/^amont/);
    expect(hint).toMatch(/amount/);
  }
});

test('a column in a figure is a short where', () => {
  expect(cell(SAMPLE, 'figure').options).toEqual({ where: { card: 4417 }, color: null, value: null });
  const long = broken(
    'event-time-plane: {card: 4417}',
    'event-time-plane: {where: {card: 4417, window_start: "10:00"}, value: spend}',
  );
  expect(cell(long, 'figure').options).toEqual({
    where: { card: 4417, window_start: clock('10:00') },
    color: null,
    value: 'spend',
  });
});

test.each([
  ['show: end', { at: 'end' }],
  ['show: {step: 12}', { at: 'step', step: 12 }],
  ['show: {moment: late}', { at: 'moment', mark: 'late', n: 1 }],
])('%s', (written, show) => {
  expect(cell(broken('show: {moment: late, n: 1}', written), 'figure').show).toEqual(show);
});

test('choices are in the unit of their answer', () => {
  const { unit, choices } = cell(SAMPLE, 'predict');
  expect(unit).toMatchObject({ name: 'DECIMAL', scale: 2 });
  expect(choices.map(({ text, value, breaks }) => [text, value, breaks])).toEqual([
    ['€102.00', 10_200, null],
    ['€62.00', 6_200, 'M3'],
  ]);
});

test('emphasis, code and terms of a bet and of a task are prose', () => {
  const bet = broken(
    'ask: What does the 10:00 window end with?',
    'ask: "What does *it* say of `SUM(*)`, :late[late]?"',
  );
  expect(cell(bet, 'predict').ask).toEqual([
    { tag: 'text', text: 'What does ' },
    { tag: 'em', children: [{ tag: 'text', text: 'it' }] },
    { tag: 'text', text: ' say of ' },
    { tag: 'code', text: 'SUM(*)' },
    { tag: 'text', text: ', ' },
    { tag: 'term', term: 'late', children: [{ tag: 'text', text: 'late' }] },
    { tag: 'text', text: '?' },
  ]);
  expect(cell(SAMPLE, 'exercise').task).toEqual([{ tag: 'text', text: 'Lose nothing.' }]);
});

test.each([
  ['{late: spend}', { ask: 'metric', of: 'spend', metric: 'late', set: {} }, 'number'],
  ['{metric: spend, name: completeness}', { ask: 'metric', of: 'spend', metric: 'completeness', set: {} }, 'share'],
  [
    '{latencyP50: spend, set: {wait: 0 s}}',
    { ask: 'metric', of: 'spend', metric: 'latencyP50', set: { wait: 0 } },
    'duration',
  ],
  ['{count: spend, where: {card: 4417}}', { ask: 'count', of: 'spend', where: { card: 4417 }, set: {} }, 'number'],
  ['{panes: spend, where: {card: 4417}}', { ask: 'panes', of: 'spend', where: { card: 4417 }, set: {} }, 'number'],
  ['{agrees: spend, set: {lateness: 1 h}}', { ask: 'agrees', of: 'spend', set: { lateness: hours(1) } }, 'boolean'],
  [
    '{pane: spend, n: 1, column: card}',
    { ask: 'pane', of: 'spend', where: {}, n: 1, column: 'card', set: {} },
    { name: 'INT' },
  ],
  ['{value: 3 h 59 min}', { ask: 'value', value: minutes(239), unit: 'duration' }, 'duration'],
  ['{value: 60}', { ask: 'value', value: 60, unit: 'number' }, 'number'],
  ['{value: a word}', { ask: 'value', value: 'a word', unit: 'text' }, 'text'],
])('the query %s', (written, query, unit) => {
  const text = broken(/choices: .*\nanswer: .*/, `answer: ${written}`);
  expect(cell(text, 'predict')).toMatchObject({ answer: query, unit, choices: [] });
});

test('the column of a query is the last of the result unless it is named', () => {
  const text = broken('window_start: "10:00"}, column: spend}\nbecause', 'window_start: "10:00"}}\nbecause');
  expect(cell(text, 'predict').answer).toMatchObject({ column: 'spend' });
});

test('checks have names, claims and units', () => {
  expect(cell(SAMPLE, 'exercise').checks.map(({ name, is, unit }) => [name, is, unit])).toEqual([
    ['final', { op: 'equals', run: 'batch' }, 'boolean'],
    ['dropped', { op: '=', value: 0 }, 'number'],
    ['latencyP50', { op: '<=', value: seconds(90) }, 'duration'],
  ]);
  const named = broken('{dropped: 0}', '{final: spend, where: {card: 4417}, is: "> 40.00", as: much}');
  const check = cell(named.replace('fails: dropped', 'fails: much'), 'exercise').checks[1];
  expect(check).toMatchObject({
    name: 'much',
    is: { op: '>', value: 4_000 },
    query: { ask: 'final', column: 'spend' },
  });
});

test('a setting names options; a knob stands for the options that it turns', () => {
  const text = broken('wait=$wait', 'lateness=$wait')
    .replace(' lateness=10m', '')
    .replace('start: {wait: 0 s, lateness: 0}', 'start: {wait: 3 min}');
  expect(cell(text.replace('knob: wait\n', 'knob: $wait\n'), 'exercise').start).toEqual({ lateness: minutes(3) });
});

test('a sweep holds values of its knob', () => {
  expect(cell(SAMPLE, 'sweep')).toMatchObject({
    knobs: [{ name: 'wait', values: [0, seconds(10), minutes(1)] }],
    x: 'latencyP50',
    y: 'completeness',
  });
});

test('cells keep the line of their fence', () => {
  for (const one of cellsOf(parse(SAMPLE)))
    expect(SAMPLE.split('\n')[one.line - 1]).toBe(
      SAMPLE.split('\n').find((line) => line.includes(`id=${one.id} `) || line.endsWith(`id=${one.id}`)),
    );
});

const prose = (body: string): Prose[] =>
  parse(`---\ntitle: x\nminutes: 1\n---\n${body}`).blocks.flatMap((one) => (one.block === 'prose' ? one.nodes : []));
const text = (value: string): Prose => ({ tag: 'text', text: value });

test('prose never becomes markup', () => {
  expect(prose('<b onclick="x()">bold</b>')).toEqual([{ tag: 'p', children: [text('<b onclick="x()">bold</b>')] }]);
  expect(prose('<script>\nx()\n</script>')[0].tag).toBe('p');
  expect(prose('[x](javascript:alert(1))')).toEqual([{ tag: 'p', children: [text('[x](javascript:alert(1))')] }]);
});

test('words of the legend have their colour', () => {
  expect(prose('It is :late[very *late*].')).toEqual([
    {
      tag: 'p',
      children: [
        text('It is '),
        { tag: 'term', term: 'late', children: [text('very '), { tag: 'em', children: [text('late')] }] },
        text('.'),
      ],
    },
  ]);
  expect(prose('see: [x](y)')[0]).toMatchObject({ children: [text('see: '), { tag: 'a', href: 'y' }] });
});

test('a value in prose holds its query, and stands in tables too', () => {
  expect(prose('so [[value: 3 h]] and `[[value: 3]]`')).toEqual([
    {
      tag: 'p',
      children: [
        text('so '),
        { tag: 'value', query: { ask: 'value', value: hours(3), unit: 'duration' }, unit: 'duration', text: '' },
        text(' and '),
        { tag: 'code', text: '[[value: 3]]' },
      ],
    },
  ]);
});

test('a listing in another language is prose', () => {
  expect(prose('```python\nx = 1\n```')).toEqual([{ tag: 'pre', text: 'x = 1\n', language: 'python' }]);
});

test('prose may speak of cells below it, a cell only of cells above', () => {
  const order = SAMPLE.indexOf('[[final: spend') < SAMPLE.indexOf('```sql id=spend');
  expect(order).toBe(true);
  expect(() => parse(broken('reads=spend\nevent-time-plane', 'reads=later\nevent-time-plane'))).toThrow(
    /no cell later above/,
  );
});
