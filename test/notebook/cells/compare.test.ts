import { expect, test } from 'vitest';
import { minutes, TidemarkError } from '../../../src/model';
import { type CompareCell } from '../../../src/notebook/document';
import { cellsOf } from '../../../src/notebook/settle';
import { parse, SAMPLE } from '../sample';

const NIGHTLY = `\`\`\`sql id=nightly reads=day run=batch title="Every night"
SELECT card, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY card, window_start, window_end;
\`\`\`
`;

const withCell = (body: string, head = 'reads=spend') =>
  SAMPLE.replace('```exercise', () => `${NIGHTLY}\n\`\`\`compare id=four ${head}\n${body}\n\`\`\`\n\n\`\`\`exercise`);

const compareIn = (text: string): CompareCell =>
  cellsOf(parse(text)).find((one): one is CompareCell => one.kind === 'compare')!;

const RUNS = 'runs: {Flink: , Kafka: {profile: kafka, wait: none}, Slow: {wait: 5 min}}';

test('variants of one cell: each name with what is set on it', () => {
  expect(compareIn(withCell(RUNS))).toEqual({
    kind: 'compare',
    id: 'four',
    line: expect.any(Number),
    title: '',
    sides: [
      { name: 'Flink', of: 'spend', set: {} },
      { name: 'Kafka', of: 'spend', set: { profile: 'kafka', wait: 'none' } },
      { name: 'Slow', of: 'spend', set: { wait: minutes(5) } },
    ],
    by: ['value'],
    figure: null,
    options: { where: {}, color: null, value: null },
    show: { at: 'end' },
  });
});

test('several cells, each as it is, by its title or its id', () => {
  const { sides, figure, options, by, show } = compareIn(
    withCell(
      'window-lanes: {card: 4417}\nby: [value, panes]\nshow: {moment: fired, n: 2}',
      'reads=spend,nightly title="Two ways"',
    ),
  );
  expect(sides).toEqual([
    { name: 'Money per window', of: 'spend', set: {} },
    { name: 'Every night', of: 'nightly', set: {} },
  ]);
  expect([figure, options.where, by, show]).toEqual([
    'window-lanes',
    { card: 4417 },
    ['value', 'panes'],
    { at: 'moment', mark: 'fired', n: 2 },
  ]);
  expect(compareIn(withCell('', 'reads=spend,nightly')).figure).toBeNull();
});

test.each([
  ['', 'reads=spend', /nothing to compare with/],
  ['runs: {Flink: }', 'reads=spend', /nothing to compare with/],
  ['runs: {A: , B: , C: , D: , E: }', 'reads=spend', /too many runs/],
  ['runs: {A: , B: {wiat: 3 s}}', 'reads=spend', /unknown key wiat/],
  ['runs: {A: , B: {profile: storm}}', 'reads=spend', /profile is not known/],
  ['runs: {A: , B: }', 'reads=spend,nightly', /variants of several cells/],
  ['', 'reads=spend,spend', /compared with itself/],
  ['', 'reads=spend,day', /day is not a sql cell/],
  [`${RUNS}\nby: [value, value]`, 'reads=spend', /by is not what to compare by/],
  [`${RUNS}\nby: speed`, 'reads=spend', /by is not known/],
  [`${RUNS}\nwindow-lanes: {}\nlog-tape: {}`, 'reads=spend', /two pictures/],
  [`${RUNS}\nwindow-lane: {}`, 'reads=spend', /unknown key window-lane/],
  [`${RUNS}\nshow: {moment: lunch}`, 'reads=spend', /moment is not known/],
])('%s with %s is refused at its place', (body, head, what) => {
  const text = withCell(body, head);
  try {
    parse(text);
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(TidemarkError);
    const { what: message, place, expected } = (thrown as TidemarkError).facts;
    expect(message).toMatch(what);
    expect(expected).toBeTruthy();
    expect(place!.line).toBeGreaterThanOrEqual(text.split('\n').findIndex((line) => line.startsWith('```compare')) + 1);
  }
});

test('an exercise and a sentence may ask how much differs', () => {
  const text = withCell(RUNS).replace('checks: [', 'checks: [{differences: four, with: Slow, is: 0, as: same}, ');
  const exercise = cellsOf(parse(text)).find((one) => one.kind === 'exercise')!;
  expect(exercise.checks[0]).toMatchObject({
    name: 'same',
    unit: 'number',
    is: { op: '=', value: 0 },
    query: { ask: 'differences', of: 'spend', by: ['value'], sides: [{ name: 'Flink' }, { name: 'Slow' }] },
  });
  expect(() => parse(text.replace('with: Slow', 'with: Flink'))).toThrow(/with is not known/);
  expect(() => parse(text.replace('is: 0, as', 'equals: batch, as'))).toThrow(/differences are a number/);
  expect(() => parse(text.replace('{differences: four', '{differences: curve'))).toThrow(/curve is not a compare cell/);
});
