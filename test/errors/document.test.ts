import { expect, test } from 'vitest';
import { TidemarkError, type TidemarkErrorFacts } from '../../src/model';
import { broken, parse, PLACE } from '../notebook/sample';

/** What went wrong, with the text that the error points at. */
function failure(text: string): TidemarkErrorFacts & { at: string } {
  try {
    parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TidemarkError)) throw thrown;
    const { place } = thrown.facts;
    return { ...thrown.facts, at: place ? text.slice(place.from).split('\n')[0] : '' };
  }
  throw new Error('the document was accepted');
}

interface Broken {
  piece: string;
  by: string;
  what: RegExp;
  /** The text that the error's place begins with. */
  at: string;
  hint?: RegExp;
}

const CASES: Broken[] = [
  // Front matter.
  { piece: '---\ntitle', by: 'title', what: /without front matter/, at: 'title: The event', hint: /Begin with ---/ },
  { piece: 'value: 6}}\n---\n', by: 'value: 6}}\n', what: /does not end/, at: '---', hint: /Close it/ },
  { piece: 'title: The', by: 'titel: The', what: /unknown key titel/, at: 'titel', hint: /mean title/ },
  { piece: 'title: The event that came late\n', by: '', what: /title is missing/, at: 'part: time', hint: /Add title/ },
  { piece: 'minutes: 12', by: 'minutes: soon', what: /minutes is not a number/, at: 'soon' },
  { piece: 'minutes: 12', by: 'minutes: 900', what: /minutes is out of range/, at: '900' },
  { piece: 'concepts: [66, 67]', by: 'concepts: [66, 240]', what: /out of range/, at: '240' },
  { piece: 'concepts: [66, 67]', by: 'concepts: [66, 66]', what: /66 is listed twice/, at: '66]' },
  { piece: '[M3]\nsum', by: '[M3, M25]\nsum', what: /no such misconception/, at: 'M25' },
  { piece: 'part: time', by: 'part: log', what: /part is another folder/, at: 'log', hint: /leave part out/ },
  { piece: '"10:15": planted in day', by: '"10:15": ""', what: /nothing vouches for 10:15/, at: '""' },
  { piece: 'title: The event', by: 'title: [The event', what: /front matter is not YAML/, at: '' },
  // Cells as such.
  {
    piece: '```figure id=plane',
    by: '```figur id=plane',
    what: /no such kind of cell/,
    at: 'figur',
    hint: /mean figure/,
  },
  {
    piece: '```figure id=plane',
    by: '```chart id=plane',
    what: /no such kind of cell/,
    at: 'chart',
    hint: /scenario, sql/,
  },
  { piece: '```figure id=plane ', by: '```figure ', what: /id is missing/, at: 'figure reads=spend', hint: /Add id/ },
  { piece: 'id=plane', by: 'id=spend', what: /two cells are called spend/, at: 'spend reads=spend' },
  { piece: 'id=plane', by: 'id=4', what: /not an id/, at: '4 reads' },
  { piece: 'id=plane reads=spend', by: 'id=plane reads=spend wide', what: /stray word/, at: 'wide' },
  {
    piece: 'id=plane reads=spend',
    by: 'id=plane reeds=spend',
    what: /unknown key reeds/,
    at: 'reeds',
    hint: /mean reads/,
  },
  {
    piece: 'id=plane reads=spend',
    by: 'id=plane reads=spend reads=spend',
    what: /reads is given twice/,
    at: 'reads=spend\n'.trim(),
  },
  {
    piece: '```figure id=plane',
    by: '- x\n\n  ```figure id=plane',
    what: /a cell inside something else/,
    at: 'figure id=plane',
    hint: /Move it out/,
  },
  {
    piece: 'explain: Lateness keeps the window.\n```\n\n```python\na = 1\n```\n',
    by: '',
    what: /cell keep does not end/,
    at: 'exercise id=keep',
    hint: /Close the cell/,
  },
  // References.
  {
    piece: 'id=plane reads=spend',
    by: 'id=plane reads=spent',
    what: /no cell spent above/,
    at: 'spent',
    hint: /mean spend/,
  },
  { piece: 'id=plane reads=spend', by: 'id=plane reads=day', what: /day is not a sql cell/, at: 'day' },
  {
    piece: 'id=spend reads=day',
    by: 'id=spend reads=curve',
    what: /no cell curve above/,
    at: 'curve',
    hint: /scenario cells/,
  },
  { piece: 'wait=$wait', by: 'wait=$weight', what: /no knob \$weight/, at: '$weight' },
  { piece: 'wait=$wait', by: 'wait=$wiat', what: /no knob \$wiat/, at: '$wiat', hint: /mean wait/ },
  { piece: '[[count: spend]]', by: '[[count: spnd]]', what: /no cell spnd/, at: 'spnd', hint: /mean spend/ },
  // Options of a sql cell.
  { piece: 'run=stream', by: 'run=steam', what: /run is not known/, at: 'steam', hint: /mean stream/ },
  { piece: 'lateness=10m', by: 'lateness=10', what: /lateness: not a duration/, at: '10 title' },
  { piece: 'lateness=10m', by: 'latness=10m', what: /unknown key latness/, at: 'latness', hint: /mean lateness/ },
  {
    piece: 'ask: What does',
    by: 'ask: Is it [[late:spend]]? What does',
    what: /a number of a run in a cell/,
    at: 'Is it',
    hint: /prose above/,
  },
  { piece: 'ask: What does', by: 'ask: Is it :lat[so]? What does', what: /no term lat/, at: 'ask: Is it' },
  { piece: 'lateness=10m', by: 'every=4h', what: /only a batch run has a schedule/, at: '4h' },
  { piece: 'lateness=10m', by: 'evictor=last(3)', what: /no evictor last/, at: 'last(3)' },
  { piece: 'lateness=10m', by: 'evictor=count($x)', what: /no knob \$x/, at: 'count($x)' },
  { piece: 'lateness=10m', by: 'output-time=middle', what: /output-time/, at: 'middle' },
  { piece: 'lateness=10m', by: 'changelog=append', what: /changelog/, at: 'append' },
  {
    piece: 'run=stream wait=$wait lateness=10m',
    by: 'run=batch changelog=upsert',
    what: /only a stream has such an option/,
    at: 'upsert',
  },
  { piece: 'lateness=10m', by: 'answer=state', what: /only a lookup is answered/, at: 'state' },
  { piece: 'lateness=10m', by: 'lookup=payment', what: /lookup is not known/, at: 'payment', hint: /mean payments/ },
  // Scenario.
  { piece: 'preset: page', by: 'preset: huge', what: /preset is not known/, at: 'huge' },
  { piece: 'seed: 7', by: 'seed: -1', what: /seed is out of range/, at: '-1' },
  {
    piece: 'data: {preset: page, seed: 7}',
    by: 'data: {preset: none}',
    what: /no data is made/,
    at: '',
    hint: /preset/,
  },
  { piece: 'partitions: 2', by: 'partitions: 0', what: /partitions is out of range/, at: '0' },
  {
    piece: 'partitions: 2',
    by: 'partition: 2',
    what: /unknown key partition/,
    at: 'partition: 2',
    hint: /mean partitions/,
  },
  {
    piece: 'table: credit_card_transactions',
    by: 'table: credit_card_transaction',
    what: /table is not known/,
    at: 'credit_card_transaction',
    hint: /mean credit_card_transactions/,
  },
  {
    piece: 'columns: [card, amount, ts]',
    by: 'columns: [card, amont, ts]',
    what: /no column amont/,
    at: 'amont',
    hint: /mean amount/,
  },
  { piece: 'key: card\n', by: 'key: crad\n', what: /no column crad/, at: 'crad', hint: /mean card/ },
  { piece: 'delay: realistic', by: 'delay: real', what: /delay is not known/, at: 'real' },
  { piece: 'delay: realistic', by: 'delay: {uniform: [2 min, 0 s]}', what: /swapped/, at: '0 s' },
  {
    piece: 'arrives: "11:10"',
    by: 'arrives: "10:10"',
    what: /arrives before it happened/,
    at: '"10:10"',
    hint: /event time/,
  },
  { piece: 'arrives: "11:10"', by: 'arrives: "25:10"', what: /arrives: not a time/, at: '"25:10"' },
  { piece: ', amount: 40.00}', by: '}', what: /amount is missing/, at: '{at: "10:15"' },
  { piece: 'amount: 40.00', by: 'amount: 40.001', what: /not an amount/, at: '40.001' },
  {
    piece: 'only: {card: [4417]}',
    by: 'only: {cards: [4417]}',
    what: /no column cards/,
    at: 'cards',
    hint: /mean card/,
  },
  { piece: 'value: 2 min, min', by: 'value: 20 min, min', what: /outside its range/, at: '20 min' },
  { piece: 'step: 10 s', by: 'step: 0 s', what: /step of a knob/, at: '0 s' },
  { piece: 'value: 2 min, min', by: 'value: 2 mints, min', what: /not a duration/, at: '2 mints' },
  // Knobs of a stream.
  {
    piece: 'delay: realistic',
    by: 'burst: {at: "10:05", for: 1 s, rate: 200}',
    what: /a burst without a rate/,
    at: '{at: "10:05"',
    hint: /departs from the rate/,
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    burst: {at: "10:05", for: 1 s}',
    what: /rate is missing/,
    at: '{at: "10:05"',
    hint: /to burst/,
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    burst: {at: "10:05", four: 1 s, rate: 200}',
    what: /unknown key four/,
    at: 'four',
    hint: /mean for/,
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    burst: {at: "10:05", for: 0 s, rate: 200}',
    what: /a burst of no length/,
    at: '0 s',
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    burst: {at: "10:05", for: 1 s, rate: -1}',
    what: /rate is out of range/,
    at: '-1',
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    burst: {at: noon, for: 1 s, rate: 200}',
    what: /at: not a time/,
    at: 'noon',
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    from: "10:06"\n    burst: {at: "10:05", for: 1 min, rate: 200}',
    what: /over before the stream begins/,
    at: '"10:05"',
  },
  {
    piece: 'delay: realistic',
    by: 'rate: 10\n    until: "10:05"\n    burst: {at: "10:05", for: 1 s, rate: 200}',
    what: /begins when the stream is over/,
    at: '"10:05"',
  },
  { piece: 'delay: realistic', by: 'rate: 1001', what: /rate is out of range/, at: '1001' },
  { piece: 'delay: realistic', by: 'dropped: 1.5', what: /dropped is out of range/, at: '1.5' },
  { piece: 'delay: realistic', by: 'dropped: some', what: /dropped is not a number/, at: 'some' },
  { piece: 'delay: realistic', by: 'duplicates: -0.1', what: /duplicates is out of range/, at: '-0.1' },
  { piece: 'delay: realistic', by: 'fraud: 0', what: /not a truth value/, at: '0' },
  {
    piece: 'columns: [card, amount, ts]',
    by: 'columns: [card, ts]\n    dropped: 0.01',
    what: /no field that could be lost/,
    at: '0.01',
    hint: /the key are never lost/,
  },
  {
    piece: 'table: credit_card_transactions\n    columns: [card, amount, ts]\n    key: card',
    by: 'table: page_views\n    key: user_id\n    fraud: false',
    what: /no fraud to leave out/,
    at: 'false',
    hint: /honest or fraudulent/,
  },
  {
    piece: 'table: credit_card_transactions\n    columns: [card, amount, ts]\n    key: card\n',
    by: 'table: page_views\n',
    what: /key is missing/,
    at: 'table: page_views',
    hint: /Add key/,
  },
  {
    piece: 'table: credit_card_transactions\n    columns: [card, amount, ts]',
    by: 'columns: {card: INT, amount: "DECIMAL(10,2)", ts: TIMESTAMP}\n    dropped: 0.5',
    what: /no field that could be lost/,
    at: '0.5',
    hint: /written by hand/,
  },
  // Figure, table.
  {
    piece: 'event-time-plane:',
    by: 'event-time-plain:',
    what: /unknown key event-time-plain/,
    at: 'event-time-plain',
    hint: /mean event-time-plane/,
  },
  {
    piece: 'event-time-plane: {card: 4417}',
    by: 'event-time-plane: {colour: 4417}',
    what: /unknown key colour/,
    at: 'colour',
    hint: /mean color/,
  },
  { piece: 'moment: late', by: 'moment: lste', what: /moment is not known/, at: 'lste', hint: /mean late/ },
  { piece: 'show: {moment: late, n: 1}', by: 'show: {moment: late, n: 0}', what: /n is out of range/, at: '0' },
  {
    piece: 'stream: payments',
    by: 'stream: payment',
    what: /stream is not known/,
    at: 'payment',
    hint: /mean payments/,
  },
  {
    piece: 'where: {card: 4417}\nlimit',
    by: 'where: {crad: 4417}\nlimit',
    what: /no column crad/,
    at: 'crad',
    hint: /mean card/,
  },
  // Predict.
  { piece: 'breaks: M3', by: 'breaks: M4', what: /M4 is not among the misconceptions/, at: 'M4', hint: /front matter/ },
  {
    piece: ', breaks: M3, because: it fires again',
    by: '',
    what: /a wrong choice does not say why/,
    at: '[{value: 102.00}',
  },
  { piece: ', because: it fires again', by: '', what: /a wrong choice does not say why/, at: '{value: 62.00' },
  { piece: 'value: 62.00', by: 'value: 102.00', what: /same value/, at: '{value: 102.00, breaks' },
  {
    piece: 'answer: {final: spend, where',
    by: 'answer: {fina: spend, where',
    what: /unknown key fina/,
    at: 'fina',
    hint: /mean final/,
  },
  {
    piece: 'answer: {final: spend,',
    by: 'answer: {final: spend, count: spend,',
    what: /two questions in one/,
    at: '{final: spend, count',
  },
  { piece: 'ask: What', by: 'asks: What', what: /unknown key asks/, at: 'asks', hint: /mean ask/ },
  // Sweep, exercise.
  { piece: 'knob: wait', by: 'knob: wiat', what: /not a knob/, at: 'wiat', hint: /mean wait/ },
  { piece: 'values: [0 s, 10 s, 1 min]', by: 'values: [0 s, 1 h]', what: /outside its knob/, at: '1 h' },
  { piece: 'x: latencyP50', by: 'x: latency', what: /x is not known/, at: 'latency', hint: /mean latencyP50|choices/ },
  { piece: 'fails: dropped', by: 'fails: droped', what: /fails is not known/, at: 'droped', hint: /mean dropped/ },
  { piece: '{dropped: 0}', by: '{dropped: few}', what: /not a claim/, at: 'few' },
  {
    piece: '{dropped: 0}',
    by: '{dropped: 0}, {dropped: 1}',
    what: /two checks are called dropped/,
    at: '{dropped: 1}',
    hint: /as:/,
  },
  { piece: '"<= 90 s"', by: '"<= 90"', what: /not a duration/, at: '"<= 90"' },
  {
    piece: 'set: {lateness: 1m}',
    by: 'set: {latness: 1m}',
    what: /unknown key latness/,
    at: 'latness',
    hint: /mean lateness/,
  },
  { piece: 'start: {wait: 0 s', by: 'start: {wait: 1 h', what: /wait is outside its knob/, at: '1 h' },
  { piece: 'task: Lose nothing.', by: 'task: &t Lose nothing.', what: /anchors, aliases/, at: 'Lose' },
  { piece: 'task: Lose nothing.', by: 'task: a: b', what: /not YAML/, at: '' },
  // Prose.
  { piece: '## What', by: '# What', what: /no such heading/, at: '# What', hint: /front matter/ },
  { piece: ':late[', by: ':laet[', what: /no term laet/, at: 'A phone', hint: /mean late/ },
  {
    piece: '[a link](https://example.org/)',
    by: '![a picture](x.png)',
    what: /no pictures/,
    at: '- another',
    hint: /figure cell/,
  },
  { piece: 'https://example.org/', by: 'ftp://example.org/', what: /leads nowhere safe/, at: '- another' },
  { piece: '[[count: spend]]', by: '[[count spend]]', what: /no question|unknown key/, at: 'count spend' },
  { piece: '- one **item**', by: '4. one **item**', what: /begins at 1/, at: '4. one' },
];

test.each(CASES)('$by: $what', ({ piece, by, what, at, hint }) => {
  const text = broken(piece, by);
  const found = failure(text);
  expect(found.what).toMatch(what);
  expect(found.where).toBe(PLACE.file);
  expect(found.expected).toBeTruthy();
  expect(found.found).toBeTruthy();
  expect(found.at.slice(0, at.length)).toBe(at);
  if (hint) expect(found.hint).toMatch(hint);
  const before = text.slice(0, found.place!.from).split('\n');
  expect([found.place!.line, found.place!.column]).toEqual([before.length, before.at(-1)!.length + 1]);
});
